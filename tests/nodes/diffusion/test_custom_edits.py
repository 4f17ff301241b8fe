"""Custom blocks that hold a whole pipeline expand, collapse and take in blocks as pipeline nodes do: same pictures."""

from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.graph.document import Graph, load_graph
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.block_edits import Editor, block_ids
from tests.fakes.diffusion import Direct
from tests.fakes.diffusion_graphs import WORKFLOWS, as_one_node, as_stages, by_modular_pipeline

REPO = "tiny/sdxl"
CUSTOM = "diffusion.custom"


@pytest.fixture
def editor(models: Path, tmp_path: Path) -> Editor:
    return Editor(Direct(tmp_path, models))


@pytest.fixture(params=[f"{workflow}{how}" for how in ("", " with a pipeline") for workflow in WORKFLOWS])
def graph(request: pytest.FixtureRequest) -> Graph:
    """A custom block that is all of the tiny pipeline; a connected pipeline lends it guidance and precision."""
    workflow, _, connected = str(request.param).partition(" ")
    return whole(workflow, connected=bool(connected))


@pytest.fixture
def expected(editor: Editor, graph: Graph) -> list[bytes]:
    return editor.pictures(graph, "decode")


def whole(workflow: str, *, connected: bool = False, chosen: bool = True, **params: Any) -> Graph:
    graph = as_one_node(REPO, workflow)
    if not connected:
        graph["nodes"] = [node for node in graph["nodes"] if node["id"] != "load"]
        graph["edges"] = [edge for edge in graph["edges"] if edge["source"] != "load"]
    node = graph["nodes"][-1]
    del node["params"]["block"]
    own = {"repo": REPO} | ({"workflow": workflow} if chosen else {})
    node |= {"type": CUSTOM, "params": {**own, **node["params"], **params}}
    return load_graph(graph)


def test_it_expands_into_stages_and_these_collapse_into_it_again(
    editor: Editor, graph: Graph, expected: list[bytes]
) -> None:
    stages = editor.expand(graph, "decode").applied(graph)
    assert len(block_ids(stages)) > 2 and editor.direct.settle(stages).problems == ()
    assert editor.pictures(stages, "decode") == expected
    edit = editor.collapse(stages, block_ids(stages))
    (node,), whole = edit.add_nodes, graph.nodes[-1]
    assert (node.type, node.params["repo"], node.params["workflow"]) == (CUSTOM, REPO, whole.params["workflow"])
    assert editor.pictures(edit.applied(stages), node.id) == expected


def test_it_expands_to_single_blocks(editor: Editor, graph: Graph, expected: list[bytes]) -> None:
    single = editor.leaves(graph)
    assert len(block_ids(single)) > 5
    assert editor.pictures(single, "decode") == expected


def test_some_of_its_stages_become_one_node(editor: Editor, graph: Graph, expected: list[bytes]) -> None:
    stages = editor.expand(graph, "decode").applied(graph)
    edit = editor.collapse(stages, block_ids(stages)[-2:])
    assert editor.pictures(edit.applied(stages), edit.add_nodes[0].id) == expected


def test_with_its_pipeline_it_is_what_diffusers_makes(editor: Editor, models: Path) -> None:
    expected = [image.tobytes() for image in by_modular_pipeline(models / REPO, "text2image")]
    assert editor.pictures(whole("text2image", connected=True), "decode") == expected
    assert editor.pictures(whole("text2image"), "decode") != expected


@pytest.mark.parametrize("workflow", ["text2image", "inpainting"])
def test_the_workflow_that_follows_from_the_edges_is_the_one_that_expands(editor: Editor, workflow: str) -> None:
    graph = whole(workflow, chosen=False)
    stages = editor.expand(graph, "decode").applied(graph)
    assert editor.pictures(stages, "decode") == editor.pictures(whole(workflow), "decode")


def test_a_workflow_and_its_stages_are_published_as_they_are(editor: Editor) -> None:
    graph = whole("image2image")
    expected = editor.pictures(graph, "decode")
    stages = editor.expand(graph, "decode").applied(graph)
    editor.publish(graph, ["decode"], "one")
    editor.publish(stages, block_ids(stages), "several")
    for name in ("one", "several"):
        node = graph.nodes[-1]
        params = {key: value for key, value in node.params.items() if key != "workflow"} | {"repo": name}
        copy = node.model_copy(update={"params": params})
        assert editor.pictures(graph.model_copy(update={"nodes": [*graph.nodes[:-1], copy]}), "decode") == expected


# Insert


def test_a_block_goes_into_a_custom_block_in_its_workflow(editor: Editor, tmp_path: Path) -> None:
    blocks.expander(tmp_path / "blocks" / "expander")
    editor.repos.approvals.approve("expander", ANY_COMMIT)
    graph = whole("text2image", prompt=None, old_prompt="a large red circle", style="plain")
    edit = editor.insert(graph, "decode", "expander", before="text_encoder")
    made = editor.pictures(edit.applied(graph), "decode")
    assert made == editor.pictures(whole("text2image", prompt="a large red circle"), "decode")


@pytest.mark.parametrize("custom", [False, True])
def test_a_block_of_the_nodes_own_pipeline_goes_in(editor: Editor, custom: bool) -> None:
    """Stages without their decoder get it again."""
    start = whole("text2image") if custom else load_graph(as_stages(REPO, "text2image"))
    graph = editor.expand(start, "decode").applied(start) if custom else start
    half = editor.collapse(graph, block_ids(graph)[:2])
    graph = half.applied(graph)
    edit = editor.insert(graph, half.add_nodes[0].id, "", block="decode")
    assert editor.pictures(edit.applied(graph), half.add_nodes[0].id) == editor.pictures(start, "decode")


def test_what_the_pipeline_has_not_and_nothing_at_all_do_not_go_in(editor: Editor) -> None:
    graph = load_graph(as_stages(REPO, "text2image"))
    codes = []
    for block in ("no_such_block", ""):
        with pytest.raises(NodeError) as refused:
            editor.insert(graph, "denoise", "", block=block)
        codes.append((refused.value.problems[0].code, bool(refused.value.problems[0].remedy)))
    assert codes == [("unknown_block", True), ("no_block", True)]


def test_a_node_of_which_nothing_is_known_yet_says_what_it_lacks(editor: Editor) -> None:
    def remedy(type: str) -> str:
        nodes = [{"id": "a", "type": type, "params": {}}]
        with pytest.raises(NodeError) as refused:
            editor.expand(load_graph({"format": "blockloom/1", "nodes": nodes, "edges": []}), "a")
        return f"{refused.value.problems[0].message} {refused.value.problems[0].remedy}"

    assert "repo" in remedy(CUSTOM) and "Load pipeline" not in remedy(CUSTOM)
    assert "pipeline" in remedy("diffusion.block")
