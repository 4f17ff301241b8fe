"""Bad input over HTTP: each answers with problem+json that says what, where and what to do."""

import json

import httpx
import pytest

SHOW = {"id": "show", "type": "fake.echo", "params": {}}


def _body(**graph: object) -> bytes:
    return json.dumps({"graph": {"format": "blockloom/1", "nodes": [SHOW], **graph}}).encode()


def _with_value(value: bytes) -> bytes:
    return b'{"graph": {"nodes": [{"id": "n", "type": "fake.echo", "params": {"value": ' + value + b"}}]}}"


CASES = {
    "no JSON": (b'{"graph": \n  nothing}', 400, "line 2, column 3"),
    "not UTF-8": (b'{"graph": "\xff"}', 400, "UTF-8"),
    "nested too deeply": (b"[" * 100_000, 400, "deep"),
    "an integer of thousands of digits": (b'{"priority": ' + b"9" * 5000 + b"}", 400, "digits"),
    "no graph": (b"{}", 422, "graph_id"),
    "an unknown field": (b'{"grpah": {}}', 422, "'grpah' does not exist"),
    "a list": (b"[]", 422, "not a JSON object"),
    "a graph without its envelope": (b'{"format": "blockloom/1", "nodes": []}', 422, 'Send it as {\\"graph\\": '),
    "wrong format": (_body(format="comfy/9"), 422, "format"),
    "NaN in a param": (_with_value(b"NaN"), 422, "NaN"),
    "a huge number": (_with_value(b"1e999"), 422, "infinite"),
    "unknown node type": (_body(nodes=[{"id": "n", "type": "fake.nope"}]), 422, "fake.nope"),
    "NaN in an override": (_body()[:-1] + b', "overrides": {"show.value": Infinity}}', 422, "show"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "words"), CASES.values(), ids=CASES.keys())
def test_a_bad_submission_is_refused_with_a_clear_problem(server, body, status, words):
    answer = server.http.post("/api/runs", content=body)
    _is_problem(answer, status)
    assert words in answer.text


@pytest.mark.parametrize("body", [b"null", b"[]", b"NaN", b"7", b'"{}"'])
def test_a_body_that_is_no_object_is_no_graph(server, body):
    for answer in (server.http.post("/api/compile", content=body), server.http.put("/api/graphs/x", content=body)):
        problem = _is_problem(answer, 422)["problems"][0]
        assert problem["code"] == "bad_graph" and "A graph is a JSON object" in problem["message"]


HUGE = 2**70


@pytest.mark.parametrize(
    ("method", "path", "rest", "status"),
    [
        ("GET", f"/api/graphs?offset={HUGE}", {}, 422), ("GET", f"/api/graphs/x?revision={HUGE}", {}, 422),
        ("POST", "/api/graphs/x/restore", {"json": {"revision": HUGE}}, 422),
        ("PUT", "/api/graphs/x", {"json": {"format": "blockloom/1"}, "headers": {"if-match": "9" * 5000}}, 412),
    ],
)  # fmt: skip
def test_numbers_that_nothing_counts_to_are_refused(server, method, path, rest, status):
    _is_problem(server.http.request(method, path, **rest), status)


def test_a_text_of_100_megabytes_is_refused_with_its_param_named(server):
    answer = server.http.post("/api/runs", content=_with_value(b'"' + b"x" * 100_000_000 + b'"'))
    problem = _is_problem(answer, 422)["problems"][0]
    assert (problem["node"], problem["port"], problem["code"]) == ("n", "value", "too_long")
    assert server.http.get("/health").status_code == 200


def test_a_body_beyond_the_limit_is_refused(helpers, tmp_path):
    with helpers.serving(tmp_path, json_bytes=1000) as server:
        _is_problem(server.http.post("/api/runs", content=b"x" * 2000), 413)
        _is_problem(server.http.post("/api/compile", content=iter([b"x" * 600] * 3)), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404), ("GET", "/api/nowhere", 404), ("PATCH", "/api/runs", 405),
        ("GET", "/static/none", 404),
        ("GET", "/api/runs/none", 404), ("DELETE", "/api/runs/none", 404), ("GET", "/api/runs/none/events", 404),
        ("GET", "/api/runs?limit=0", 422), ("GET", "/api/runs?state=odd", 422),
        ("GET", "/api/runs?cursor=rubbish", 422), ("POST", "/api/runs?wait=soon", 422),
        ("GET", "/api/graphs/none", 404), ("GET", "/api/graphs/no%20id", 422), ("DELETE", "/api/graphs/none", 404),
        ("GET", "/api/templates/none", 404), ("GET", "/api/templates/..%2F..%2Fpyproject", 404),
        ("GET", "/api/artifacts/none", 404), ("GET", "/api/artifacts/..%2Fruns.sqlite", 404),
        ("GET", "/static/..%2Fapp.py", 404), ("DELETE", "/api/models/no/such", 404),
    ],
)  # fmt: skip
def test_every_error_is_problem_json(server, method, path, status):
    _is_problem(server.http.request(method, path), status)


def test_an_unexpected_failure_is_a_problem_too(server, monkeypatch, caplog):
    monkeypatch.setattr(server.app.state.blockloom.engine, "runs", lambda **_: 1 / 0)
    # A connection of its own: uvicorn closes one that saw an exception.
    problem = _is_problem(httpx.get(f"{server.url}/api/runs"), 500)
    assert "ZeroDivisionError" in problem["detail"]


def test_freeing_something_unknown_says_what_there_is(server):
    problem = _is_problem(server.http.post("/api/system/free", json={"what": "everything"}), 422)
    assert "results" in problem["detail"]


def _is_problem(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"] and problem["problems"] and problem["type"].startswith("urn:blockloom:problem:")
    return problem
