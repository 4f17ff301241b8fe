"""Saved graphs: revisions, no lost update, nothing lost by deleting; and graphs inside pictures."""

import io
import sqlite3
import time

import pytest
from PIL import Image

from engine.graph.document import Graph
from engine.graph.embedded import embed
from server.graphs import GraphStore


@pytest.fixture
def path(server, helpers, request) -> str:
    """A graph saved once, under an id of this test's own."""
    path = f"/api/graphs/{request.node.originalname}"
    answer = server.http.put(path, json=helpers.graph(helpers.node("show", "echo", value=1), name="First"))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    return path


def test_a_saved_graph_comes_back_as_it_was(server, helpers, path):
    answer = server.http.get(path)
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["nodes"][0]["params"] == {"value": 1}
    assert server.http.get(path, headers={"If-None-Match": '"1"'}).status_code == 304


def test_saving_over_the_revision_one_saw_makes_a_new_one(server, helpers, path):
    answer = server.http.put(path, json=helpers.graph(name="Second"), headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["revision"], answer.headers["etag"]) == (200, 2, '"2"')
    assert server.http.get(f"{path}?revision=1").json()["name"] == "First"


def test_a_lost_update_is_refused(server, helpers, path):
    server.http.put(path, json=helpers.graph(name="Theirs"), headers={"If-Match": '"1"'})
    answer = server.http.put(path, json=helpers.graph(name="Mine"), headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (412, '"2"')
    assert server.http.get(path).json()["name"] == "Theirs"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 428), ({"If-Match": '"7"'}, 412), ({"If-Match": "nonsense"}, 412), ({"If-Match": "*"}, 200)],
)  # fmt: skip
def test_a_graph_is_not_overwritten_blindly(server, helpers, headers, status):
    path = f"/api/graphs/blind-{status}-{len(str(headers))}"
    server.http.put(path, json=helpers.graph())
    assert server.http.put(path, json=helpers.graph(name="New"), headers=headers).status_code == status


def test_if_match_never_creates(server, helpers):
    assert server.http.put("/api/graphs/absent", json=helpers.graph(), headers={"If-Match": "*"}).status_code == 412
    assert server.http.get("/api/graphs/absent").status_code == 404


def test_a_graph_is_deleted_at_the_revision_one_saw(server, path):
    assert server.http.delete(path, headers={"If-Match": '"9"'}).status_code == 412
    assert server.http.delete(path, headers={"If-Match": '"1"'}).status_code == 204
    assert server.http.get(path).status_code == 404


def test_graphs_are_listed_by_name(server, path):
    page = server.http.get("/api/graphs?search=FIRST").json()
    assert page["total"] >= 1
    assert {graph["name"] for graph in page["graphs"]} == {"First"}


def test_a_bad_document_is_not_saved(server):
    assert server.http.put("/api/graphs/bad", json={"format": "blockloom/1", "nodes": 3}).status_code == 422
    assert server.http.get("/api/graphs/bad").status_code == 404


def test_revisions_are_listed_newest_first(server, helpers, path):
    server.http.put(path, json=helpers.graph(name="Second"), headers={"If-Match": '"1"'})
    revisions = server.http.get(f"{path}/revisions").json()["revisions"]
    assert [(item["revision"], item["name"], item["nodes"]) for item in revisions] == [
        (2, "Second", 0),
        (1, "First", 1),
    ]
    assert revisions[0]["saved"] >= revisions[1]["saved"] > time.time() - 60
    assert server.http.get("/api/graphs/absent/revisions").status_code == 404


def test_an_earlier_revision_becomes_the_newest(server, helpers, path):
    server.http.put(path, json=helpers.graph(name="Second"), headers={"If-Match": '"1"'})
    answer = server.http.post(f"{path}/restore", json={"revision": 1}, headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["name"], answer.headers["etag"]) == (200, "First", '"3"')
    assert server.http.get(path).json() == server.http.get(f"{path}?revision=1").json()
    assert server.http.get(f"{path}?revision=2").json()["name"] == "Second"


@pytest.mark.parametrize(
    ("revision", "headers", "status"),
    [(7, {}, 404), (1, {"If-Match": '"9"'}, 412), (0, {}, 422), ("x", {}, 422)],
)  # fmt: skip
def test_a_restore_that_cannot_be_is_refused(server, helpers, revision, headers, status):
    path = f"/api/graphs/restore-{status}-{revision}"
    server.http.put(path, json=helpers.graph())
    assert server.http.post(f"{path}/restore", json={"revision": revision}, headers=headers).status_code == status
    assert server.http.get(path).headers["etag"] == '"1"'


def test_a_deleted_graph_comes_back_with_its_revisions(server, helpers, path):
    server.http.put(path, json=helpers.graph(name="Second"), headers={"If-Match": '"1"'})
    server.http.delete(path)
    assert server.http.get(f"{path}/revisions").status_code == 404
    assert path.rpartition("/")[2] not in {item["id"] for item in server.http.get("/api/graphs").json()["graphs"]}
    for _ in range(2):
        assert server.http.post(f"{path}/undelete").headers["etag"] == '"2"'
    assert server.http.get(f"{path}?revision=1").json()["name"] == "First"
    assert server.http.post("/api/graphs/absent/undelete").status_code == 404


def test_a_new_graph_under_a_deleted_id_goes_on_from_its_revisions(server, helpers, path):
    server.http.delete(path)
    assert server.http.put(path, json=helpers.graph(name="Stale"), headers={"If-Match": '"1"'}).status_code == 412
    answer = server.http.put(path, json=helpers.graph(name="New"))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    assert server.http.get(f"{path}?revision=1").json()["name"] == "First"


def test_what_was_deleted_long_ago_is_gone(tmp_path, monkeypatch):
    store = GraphStore(tmp_path / "graphs.sqlite")
    for name in ("old", "other"):
        store.put(name, Graph(), expected=None)
    monkeypatch.setattr("server.graphs.KEPT_DELETED", -1.0)
    store.delete("old")
    with pytest.raises(KeyError):
        store.undelete("old")
    assert store.page(search=None, limit=9, offset=0).total == 1
    store.close()


def test_artifacts_of_all_kept_revisions_are_in_use(tmp_path):
    store = GraphStore(tmp_path / "graphs.sqlite")
    ids = [f"{digit * 64}.png" for digit in "abc"]
    for number, artifact in enumerate(ids):
        node = {"id": "n", "type": "image.load", "params": {"image": artifact, "deep": [{"mask": artifact}]}}
        store.put("g", Graph.model_validate({"nodes": [node]}), expected=number or None)
    store.delete("g")
    assert store.artifacts() == set(ids)
    store.close()


def test_a_database_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    artifact = f"{'d' * 64}.png"
    with sqlite3.connect(tmp_path / "graphs.sqlite") as database:
        database.executescript(
            "CREATE TABLE graphs (id TEXT PRIMARY KEY, name TEXT, revision INTEGER, created REAL, updated REAL);"
            "CREATE TABLE revisions (id TEXT, revision INTEGER, updated REAL, graph TEXT, PRIMARY KEY (id, revision));"
            "INSERT INTO graphs VALUES ('g', 'Old', 1, 5, 5);"
            f'INSERT INTO revisions VALUES (\'g\', 1, 5, \'{{"name": "Old", "view": {{"a": "{artifact}"}}}}\');'
        )
    database.close()
    store = GraphStore(tmp_path / "graphs.sqlite")
    assert store.get("g")[1].name == "Old" and store.artifacts() == {artifact}
    store.close()


def picture(kind="PNG"):
    data = io.BytesIO()
    Image.new("RGB", (4, 4)).save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_graph_in_a_picture_is_read(server, helpers, kind):
    data = embed(picture(kind), '{"format":"blockloom/1","name":"Inside","nodes":[{"id":"a","type":"fake.add"}]}')
    for answer in (
        server.http.post("/api/graphs/read", content=data),
        server.http.post("/api/graphs/read", files={"file": ("a", data)}),
    ):
        assert (answer.status_code, answer.json()["name"], answer.json()["nodes"][0]["id"]) == (200, "Inside", "a")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (picture(), 404, "no_graph"),
        (picture("JPEG"), 404, "no_graph"),
        (b"", 404, "no_graph"),
        (picture()[:-9], 404, "no_graph"),
        (embed(picture(), "{"), 422, "bad_json"),
        (embed(picture(), '{"format":"other/1"}'), 422, None),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 3_000_000, 413, "too_large"),
    ],
)
def test_a_file_without_a_sound_graph_says_so(server, data, status, code):
    answer = server.http.post("/api/graphs/read", content=data)
    assert answer.status_code == status
    assert code in (None, answer.json()["problems"][0]["code"])
