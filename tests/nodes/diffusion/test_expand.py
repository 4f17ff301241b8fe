"""One node ⇄ many: whatever is expanded or collapsed, the pictures are the same, bit by bit."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import NodeError
from engine.graph.document import Edge, Graph, load_graph
from nodes.diffusion.edits import GraphEdit
from tests.fakes.block_edits import Editor, block_ids
from tests.fakes.diffusion import Direct
from tests.fakes.diffusion_graphs import SEED, WORKFLOWS, as_one_node, as_stages, by_modular_pipeline
from tests.fakes.parity import Parity, comparable
from tests.fakes.tiny import TINY

REPO = "tiny/sdxl"
FAMILIES = [
    (name, workflow)
    for name in ("flux", "flux2-klein", "z-image", "sd3", "wan", "wan-vace", "ltx")
    for workflow in TINY[name].workflows
]


@pytest.fixture(scope="session")
def editor(direct: Direct) -> Editor:
    return Editor(direct)


@pytest.fixture(scope="session", params=WORKFLOWS)
def workflow(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def expected(models: Path, workflow: str) -> list[bytes]:
    return [image.tobytes() for image in by_modular_pipeline(models / REPO, workflow)]


def ends(edges: list[Edge]) -> set[str]:
    return {str(edge).replace(" → ", " ") for edge in edges}


# The same pictures


def test_expanded_into_stages(editor: Editor, workflow: str, expected: list[bytes]) -> None:
    graph = load_graph(as_one_node(REPO, workflow))
    stages = editor.expand(graph, "decode").applied(graph)
    assert editor.direct.settle(stages).problems == ()
    assert editor.pictures(stages, "decode") == expected


def test_expanded_into_leaves_and_collapsed_again(editor: Editor, workflow: str, expected: list[bytes]) -> None:
    graph = editor.leaves(load_graph(as_one_node(REPO, workflow)))
    assert editor.pictures(graph, "decode") == expected
    edit = editor.collapse(graph, block_ids(graph))
    assert [node.params["block"] for node in edit.add_nodes] == [""] and not edit.problems
    assert editor.pictures(edit.applied(graph), edit.add_nodes[0].id) == expected


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("first", [0, -1])
def test_some_stages_collapsed(editor: Editor, workflow: str, expected: list[bytes], first: int, count: int) -> None:
    graph = load_graph(as_stages(REPO, workflow))
    chosen = block_ids(graph)[:count] if first == 0 else block_ids(graph)[-count:]
    edit = editor.collapse(graph, chosen)
    last = edit.add_nodes[0].id if "decode" in chosen else "decode"
    assert editor.pictures(edit.applied(graph), last) == expected


@pytest.fixture(scope="session", params=FAMILIES, ids=lambda case: " ".join(case).strip())
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Parity, Editor, Graph]:
    """One workflow of another family, as a graph with the whole in one node."""
    name, workflow = request.param
    folder = tmp_path_factory.mktemp("family")
    TINY[name].build(folder / "tiny" / name)
    direct = Direct(tmp_path_factory.mktemp("data"), folder)
    parity = Parity(direct, folder, f"tiny/{name}", workflow, TINY[name].given)
    return parity, Editor(direct), whole(f"tiny/{name}", workflow, parity.given)


def test_other_families_expanded_and_collapsed(family: tuple[Parity, Editor, Graph]) -> None:
    parity, editor, graph = family
    expanded = editor.leaves(graph)
    collapsed = editor.collapse(expanded, block_ids(expanded))
    one = collapsed.applied(expanded)
    assert made(editor, expanded, parity.names) == made(editor, one, parity.names) == parity.expected


def whole(repo: str, workflow: str, given: dict[str, Any]) -> Graph:
    """load → the whole pipeline; pictures come from nodes, the rest is set."""
    load = {"repo": repo} | ({"workflow": workflow} if workflow else {})
    params: dict[str, Any] = {"block": "", "seed": SEED}
    nodes = {"load": {"id": "load", "type": "diffusion.pipeline", "params": load}}
    edges = [wire("load.pipeline whole.pipeline")]
    for name, value in given.items():
        source = "mask.mask" if name == "mask_image" else "clip.frames" if name == "video" else "picture.image"
        if isinstance(value, Image.Image | list):
            kind = source.partition(".")[0]
            nodes[kind] = {"id": kind, "type": f"test.{kind}"}
            edges.append(wire(f"{source} whole.{name}"))
        else:
            params[name] = value
    nodes["whole"] = {"id": "whole", "type": "diffusion.block", "params": params}
    return load_graph({"format": "blockloom/1", "nodes": list(nodes.values()), "edges": edges})


def made(editor: Editor, graph: Graph, names: list[str]) -> dict[str, Any]:
    """The outputs of these names, each of the last node that has it."""
    results = editor.direct.run_graph(graph.model_dump(mode="json"))
    outputs = {name: value for node in block_ids(graph) for name, value in results[node].items()}
    return {name: comparable(outputs[name]) for name in names}


def wire(text: str) -> dict[str, str]:
    (source, output), (target, input) = (end.split(".") for end in text.split())
    return {"source": source, "sourceHandle": output, "target": target, "targetHandle": input}


# Edges, params, ids and places


def test_all_edges_are_made_and_values_go_where_they_are_taken(editor: Editor) -> None:
    graph = load_graph(as_one_node(REPO, "image2image"))
    edit = editor.expand(graph, "decode")
    assert {node.id: set(node.params) - {"block", "prompt"} for node in edit.add_nodes} == {
        "encode": set(),
        "encode_image": {"height", "width", "seed"},
        "denoise": {"num_inference_steps", "strength"},
        "decode": set(),
    }
    assert ends(edit.add_edges) == {
        *(f"load.pipeline {node}.pipeline" for node in ("encode", "encode_image", "denoise", "decode")),
        "picture.image encode_image.image",
        "encode.embeddings denoise.embeddings",
        "encode_image.image_latents denoise.image_latents",
        "encode_image.generator denoise.generator",
        "denoise.latents decode.latents",
    }


def test_edges_out_of_the_whole_start_at_the_stage_that_makes_the_value(editor: Editor) -> None:
    document = as_one_node(REPO, "text2image")
    document["nodes"].append({"id": "show", "type": "test.picture"})
    document["edges"].append(wire("decode.images show.image"))
    graph = load_graph(document)
    assert "decode.images show.image" in ends(editor.expand(graph, "decode").add_edges)


def test_new_nodes_lie_from_left_to_right_and_over_no_other(editor: Editor) -> None:
    document = as_one_node(REPO, "text2image")
    document["nodes"][-1]["position"] = {"x": 500, "y": 100}
    document["nodes"].append({"id": "other", "type": "test.picture", "position": {"x": 900, "y": 120}})
    places = [node.position for node in editor.expand(load_graph(document), "decode").add_nodes]
    assert [place.x for place in places] == sorted({place.x for place in places}) and places[0].x == 500
    assert len({place.y for place in places}) == 1 and places[0].y >= 120


def test_a_name_that_is_taken_gets_a_number(editor: Editor) -> None:
    document = as_one_node(REPO, "text2image")
    document["nodes"].append({"id": "encode", "type": "test.picture"})
    assert next(node.id for node in editor.expand(load_graph(document), "decode").add_nodes) == "encode_2"


# What can't be


def refused(editor: Editor, graph: dict[str, Any], nodes: list[str]) -> str:
    with pytest.raises(NodeError) as error:
        editor.collapse(load_graph(graph), nodes)
    problem = error.value.problems[0]
    assert problem.remedy and problem.message
    return problem.code


def stages_with(
    *edges: str, workflow: str = "text2image", without: str = "", **params: dict[str, Any]
) -> dict[str, Any]:
    graph = as_stages(REPO, workflow)
    graph["edges"] = [edge for edge in graph["edges"] if f"{edge['source']}.{edge['sourceHandle']}" != without]
    graph["edges"] += [wire(edge) for edge in edges]
    for node in graph["nodes"]:
        node["params"] = node.get("params", {}) | params.get(node["id"], {})
    return graph


def test_a_path_that_leaves_and_comes_back_is_refused(editor: Editor) -> None:
    assert refused(editor, stages_with(), ["encode", "decode"]) == "not_convex"


def test_nodes_of_two_pipelines_are_refused(editor: Editor) -> None:
    graph = as_stages(REPO, "text2image")
    graph["nodes"].insert(1, {"id": "other", "type": "diffusion.pipeline", "params": {"repo": REPO}})
    graph["edges"] = [edge for edge in graph["edges"] if edge["target"] != "decode" or edge["source"] != "load"]
    graph["edges"].append(wire("other.pipeline decode.pipeline"))
    assert refused(editor, graph, ["denoise", "decode"]) == "mixed_pipelines"


def test_random_numbers_that_start_anew_in_each_node_are_refused(editor: Editor) -> None:
    graph = stages_with(workflow="image2image", without="encode_image.generator", denoise={"seed": SEED})
    assert refused(editor, graph, ["encode_image", "denoise"]) == "other_value"


def test_different_values_of_one_name_are_refused(editor: Editor) -> None:
    graph = stages_with(workflow="image2image", without="encode_image.generator")
    again = {"id": "again", "type": "diffusion.block", "params": {"block": "vae_encoder", "height": 64}}
    graph["nodes"].insert(3, again)
    graph["edges"] += [wire("load.pipeline again.pipeline"), wire("picture.image again.image")]
    assert refused(editor, graph, ["encode_image", "again"]) in ("different_values", "other_value")


def test_a_value_under_another_name_is_refused(editor: Editor) -> None:
    graph = stages_with("encode_image.image_latents decode.latents", workflow="image2image", without="denoise.latents")
    assert refused(editor, graph, ["encode_image", "decode"]) == "renamed"


def test_an_output_that_a_later_block_makes_anew_is_refused_while_it_is_used(editor: Editor) -> None:
    graph = stages_with("encode.embeddings spy.pipeline")
    graph["nodes"].append({"id": "spy", "type": "diffusion.block", "params": {"block": "decode"}})
    assert refused(editor, graph, ["encode", "denoise"]) in ("no_port", "other_value")


@pytest.mark.parametrize(("node", "code"), [("load", "no_block"), ("nobody", "no_node"), ("decode", "single_block")])
def test_what_can_not_be_expanded_says_why(editor: Editor, node: str, code: str) -> None:
    with pytest.raises(NodeError) as error:
        editor.expand(load_graph(as_stages(REPO, "text2image")), node)
    assert error.value.problems[0].code == code


def test_an_edit_with_nothing_in_it_changes_nothing() -> None:
    graph = load_graph(as_stages(REPO, "text2image"))
    assert GraphEdit().applied(graph) == graph
