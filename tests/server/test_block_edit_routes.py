"""Block nodes edited over REST: the real diffusion pack, a worker, tiny weights."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.graph.document import Graph
from nodes.diffusion.edits import GraphEdit
from tests.fakes.diffusion_graphs import as_one_node, as_stages
from tests.fakes.tiny import tiny_sdxl

REPO = "tiny/sdxl"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_sdxl(folder / "tiny" / "sdxl")
    return folder


@pytest.fixture(scope="module")
def server(models: Path, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    packs = ("nodes:load", "tests.fakes.pictures:load")
    with serving(tmp_path_factory.mktemp("data"), packs=packs, models=models, offline=True) as running:
        yield running


def edited(server: Any, how: str, graph: dict[str, Any], **wish: Any) -> GraphEdit:
    answer = server.http.post(f"/api/blocks/{how}", json={"graph": graph, **wish})
    assert answer.status_code == 200, answer.text
    return GraphEdit.model_validate(answer.json())


def after(graph: dict[str, Any], edit: GraphEdit) -> dict[str, Any]:
    return edit.applied(Graph.model_validate(graph)).model_dump(mode="json")


def images(server: Any, graph: dict[str, Any], node: str) -> list[str]:
    """The artifacts of the pictures, which are named by their content."""
    ended = server.run(graph).json()
    assert ended["state"] == "succeeded", ended
    return [item["artifact"]["id"] for item in ended["outputs"][node]["images"]["items"]]


def test_a_pipeline_expands_into_stages_and_collapses_again_with_the_same_picture(server: Any) -> None:
    whole = as_one_node(REPO, "inpainting")
    edit = edited(server, "expand", whole, node="decode")
    assert not edit.problems
    stages = after(whole, edit)
    chosen = [node["id"] for node in stages["nodes"] if node["type"] == "diffusion.block"]
    assert chosen == ["encode", "encode_image", "denoise", "decode"]
    one = edited(server, "collapse", stages, nodes=chosen)
    assert [node.params["block"] for node in one.add_nodes] == [""]
    assert (
        images(server, whole, "decode")
        == images(server, stages, "decode")
        == images(server, after(stages, one), one.add_nodes[0].id)
    )


def test_what_can_not_be_edited_changes_nothing_and_says_why(server: Any) -> None:
    graph = as_stages(REPO, "text2image")
    edit = edited(server, "collapse", graph, nodes=["encode", "decode"])
    assert [problem.code for problem in edit.problems] == ["not_convex"]
    assert edit.problems[0].node == "denoise" and edit.problems[0].remedy
    assert not (edit.remove_nodes or edit.add_nodes or edit.remove_edges or edit.add_edges)


def test_the_doc_of_a_block_tells_its_blocks_and_where_its_components_come_from(server: Any) -> None:
    graph = as_stages(REPO, "text2image")
    doc = server.http.post("/api/blocks/doc", json={"graph": graph, "node": "denoise"}).json()
    assert doc["title"] == "denoise" and "| `num_inference_steps` |" in doc["doc"]
    assert doc["tree"][0]["path"] == "denoise.input" and doc["tree"][0]["depth"] == 0
    assert any(block["loop"] and block["class_name"] for block in doc["tree"])
    unet = next(component for component in doc["components"] if component["name"] == "unet")
    assert unet["repo"] == REPO and unet["loaded_from"].startswith(f"{REPO}@") and unet["loaded_from"].endswith("/unet")


def test_the_doc_says_what_can_be_inserted_where_and_that_goes_in(server: Any) -> None:
    graph = as_one_node(REPO, "text2image")
    doc = server.http.post("/api/blocks/doc", json={"graph": graph, "node": "decode"}).json()
    assert doc["parts"] == ["text_encoder", "denoise", "decode"]
    assert {"text_encoder", "denoise", "denoise.input"} <= set(doc["own_blocks"])
    edit = edited(server, "insert", graph, node="decode", block="text_encoder", before="denoise", name="again")
    (node,) = edit.add_nodes
    assert [part["name"] for part in node.params["parts"]] == ["text_encoder", "again", "denoise", "decode"]  # type: ignore[index, union-attr, call-overload]
    assert [problem.code for problem in edited(server, "insert", graph, node="decode").problems] == ["no_block"]


def test_a_node_that_is_no_block_is_refused(server: Any) -> None:
    graph = as_stages(REPO, "text2image")
    answer = server.http.post("/api/blocks/doc", json={"graph": graph, "node": "load"})
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "no_block"


def test_published_nodes_are_a_custom_block_at_once(server: Any) -> None:
    graph = as_stages(REPO, "text2image")
    wish = {"graph": graph, "nodes": ["encode", "denoise", "decode"], "name": "drawer"}
    published = server.http.post("/api/blocks/publish", json=wish).json()
    assert {"block.py", "modular_config.json", "README.md"} <= set(published["files"]) and published["url"] is None
    assert published["local"] == [REPO] and (Path(published["folder"]) / "block.py").is_file()
    custom = {
        "format": "blockloom/1",
        "nodes": [{"id": "draw", "type": "diffusion.custom", "params": {"repo": "drawer"}}],
    }
    assert images(server, custom, "draw") == images(server, graph, "decode")


def test_a_bad_name_and_a_push_while_offline_are_refused(server: Any) -> None:
    wish = {"graph": as_stages(REPO, "text2image"), "nodes": ["decode"], "name": "../up"}
    assert server.http.post("/api/blocks/publish", json=wish).status_code == 422
    answer = server.http.post("/api/blocks/publish", json=wish | {"name": "pixels", "push_to": "org/pixels"})
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "offline"
