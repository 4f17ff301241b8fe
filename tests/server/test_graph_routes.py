"""Saved graphs: revisions, and no lost update."""

import pytest


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
