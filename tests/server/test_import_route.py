"""POST /api/import: another program's workflow in, a graph with a report out."""

import json
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "nodes" / "diffusion" / "mellon"


@pytest.mark.parametrize("name", ["text_to_image", "dynamic_node"])
def test_a_workflow_of_mellon_becomes_a_graph_that_compiles(server, name):
    answer = server.http.post("/api/import", content=(SAMPLES / f"{name}.json").read_bytes())
    assert answer.status_code == 200, answer.text
    graph, report = answer.json()["graph"], answer.json()["report"]
    assert {line["status"] for line in report} == {"mapped"}
    assert set(server.http.post("/api/compile", json=graph).json()["nodes"]) == {node["id"] for node in graph["nodes"]}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [("{", 400, "bad_json"), ("[]", 422, "not_mellon"), ('{"nodes": [], "edges": []}', 422, "not_mellon"),
     ("[" * 100_000, 400, "bad_json")],
)  # fmt: skip
def test_other_bodies_are_refused(server, body, status, code):
    answer = server.http.post("/api/import", content=body)
    assert answer.status_code == status
    assert code in json.dumps(answer.json())


def test_a_body_beyond_the_limit_is_refused(server):
    limit = server.app.state.blockloom.settings.json_bytes
    assert server.http.post("/api/import", content=b" " * (limit + 1)).status_code == 413
