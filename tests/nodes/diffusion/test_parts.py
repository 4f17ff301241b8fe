"""Nodes composed of parts, of the pipeline and of other repos; and the quickstart of Modular Diffusers as graphs."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import Cancelled, NodeError
from engine.graph.document import Graph, load_graph
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from nodes.diffusion import asking
from nodes.diffusion.parts import parse_parts
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.block_edits import Editor
from tests.fakes.diffusion import Direct
from tests.fakes.diffusion_graphs import STEPS, as_one_node, as_stages, by_modular_pipeline
from tests.fakes.tiny import TINY

REPO = "tiny/sdxl"
STAGES = ["text_encoder", "denoise", "decode"]
PARTS = [{"name": name, "block": name} for name in STAGES]


@pytest.fixture
def editor(models: Path, tmp_path: Path) -> Editor:
    return Editor(Direct(tmp_path, models))


def composed(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole pipeline, said as parts."""
    graph = as_one_node(REPO, "text2image")
    graph["nodes"][-1]["params"] |= {"parts": parts}
    return graph


def add_block(editor: Editor, data: Path, name: str = "expander", *, approved: bool = True, **more: Any) -> Path:
    """A prompt expander among the local blocks."""
    folder = blocks.expander(data / "blocks" / name, **more)
    if approved:
        editor.repos.approvals.approve(name, ANY_COMMIT)
    return folder


# Parts of the pipeline


def test_parts_in_sequence_are_the_whole(editor: Editor, models: Path) -> None:
    made = editor.pictures(load_graph(composed(PARTS)), "decode")
    assert made == [image.tobytes() for image in by_modular_pipeline(models / REPO, "text2image")]


def test_progress_and_previews_come_of_parts_and_cancel_ends_them(editor: Editor) -> None:
    node = composed(PARTS)["nodes"][-1]["params"]
    given = {"pipeline": editor.direct.ref(REPO, workflow="text2image"), **node}
    _, seen = editor.direct.run("diffusion.block", given, previews=True)
    assert seen.steps == [(step, STEPS) for step in range(1, STEPS + 1)] and len(seen.shown) == STEPS
    with pytest.raises(Cancelled):
        editor.direct.run("diffusion.block", given, cancel_at=1)


def test_what_an_earlier_part_makes_is_no_input(editor: Editor) -> None:
    compiled = editor.direct.settle(load_graph(composed(PARTS[:2])))
    inputs = {port.name: port for port in compiled.nodes["decode"].interface.inputs}  # type: ignore[index]
    assert "prompt" in inputs and not any(port.required for name, port in inputs.items() if name != "pipeline")
    compiled = editor.direct.settle(load_graph(composed(PARTS[1:])))
    inputs = {port.name: port for port in compiled.nodes["decode"].interface.inputs}  # type: ignore[index]
    assert "prompt" not in inputs and inputs["embeddings"].required and "latents" in inputs


@pytest.mark.parametrize(
    "parts",
    [
        "text_encoder",
        [1],
        [{"block": "decode"}],
        [{"name": "a b"}],
        [{"name": "a"}, {"name": "a"}],
        [{"name": "a", "x": 1}],
    ],
)
def test_what_are_no_parts_is_refused(parts: Any) -> None:
    with pytest.raises(NodeError) as error:
        parse_parts(parts)
    assert error.value.problems[0].code == "bad_parts" and error.value.problems[0].port == "parts"


def test_a_part_that_is_not_there_and_a_step_of_a_loop_are_refused(editor: Editor) -> None:
    for block, code in (("nothing", "unknown_block"), ("denoise.denoise.denoiser", "inside_loop")):
        compiled = editor.direct.settle(load_graph(composed([{"name": "a", "block": block}])))
        assert {problem.code for problem in compiled.errors} == {code}, compiled.errors


# Parts of other repos


def test_a_block_of_another_repo_goes_in_and_its_commit_into_the_lock(editor: Editor, tmp_path: Path) -> None:
    add_block(editor, tmp_path)
    graph = load_graph(as_one_node(REPO, "text2image"))
    edit = editor.insert(graph, "decode", "expander", before="text_encoder")
    (node,) = edit.add_nodes
    assert [part["name"] for part in node.params["parts"]] == ["expander", *STAGES]  # type: ignore[index, union-attr, call-overload]
    compiled = editor.direct.settle(edit.applied(graph))
    inputs = {port.name for port in compiled.nodes["decode"].interface.inputs}  # type: ignore[index]
    assert {"old_prompt", "style"} <= inputs and "prompt" not in inputs
    assert compiled.graph.lock.repos["expander"].commit.startswith("local")


def test_an_edge_to_what_the_new_block_makes_is_cut_and_told(editor: Editor, tmp_path: Path) -> None:
    add_block(editor, tmp_path)
    graph = as_one_node(REPO, "text2image")
    graph["nodes"].insert(0, {"id": "text", "type": "test.picture"})
    del graph["nodes"][-1]["params"]["prompt"]
    graph["edges"].append({"source": "text", "sourceHandle": "image", "target": "decode", "targetHandle": "prompt"})
    edit = editor.insert(load_graph(graph), "decode", "expander", before="text_encoder")
    assert [(problem.code, problem.port, problem.severity) for problem in edit.problems] == [
        ("disconnected", "prompt", "warning")
    ]
    assert all(edge.targetHandle != "prompt" for edge in edit.add_edges)


def test_code_that_is_not_approved_does_not_go_in(editor: Editor, tmp_path: Path) -> None:
    add_block(editor, tmp_path, approved=False)
    with pytest.raises(NodeError) as error:
        editor.insert(load_graph(as_one_node(REPO, "text2image")), "decode", "expander")
    assert error.value.problems[0].code == "needs_approval"


def test_an_approval_that_is_taken_back_holds_for_parts_too(editor: Editor, tmp_path: Path) -> None:
    add_block(editor, tmp_path)
    graph = load_graph(as_one_node(REPO, "text2image"))
    with_block = editor.insert(graph, "decode", "expander", before="text_encoder").applied(graph)
    editor.repos.approvals.revoke("expander")
    editor.direct.catalogue.forget_all()
    assert [problem.code for problem in editor.direct.settle(with_block).errors] == ["needs_approval"]


def test_a_part_brings_the_components_of_its_own_repo(editor: Editor, tmp_path: Path) -> None:
    blocks.depth(tmp_path / "blocks" / "depth", "depth")
    editor.repos.approvals.approve("depth", ANY_COMMIT)
    graph = load_graph(as_one_node(REPO, "image2image"))
    edit = editor.insert(graph, "decode", "depth", before="denoise")
    results = editor.direct.run_graph(edit.applied(graph).model_dump(mode="json"))["decode"]
    plain = editor.direct.run_graph(graph.model_dump(mode="json"))["decode"]
    assert [image.tobytes() for image in results["images"]] == [image.tobytes() for image in plain["images"]]
    (depth,) = results["control_image"] if isinstance(results["control_image"], list) else [results["control_image"]]
    assert isinstance(depth, Image.Image) and len(set(depth.tobytes())) > 1


def test_parts_that_want_different_components_of_one_name_stay_apart(editor: Editor, tmp_path: Path) -> None:
    blocks.depth(tmp_path / "blocks" / "depth", "depth")
    blocks.depth(tmp_path / "blocks" / "other", "other")
    for repo in ("depth", "other"):
        editor.repos.approvals.approve(repo, ANY_COMMIT)
    parts = [*PARTS, {"name": "one", "block": "", "repo": "depth"}, {"name": "two", "block": "", "repo": "other"}]
    problems = editor.direct.settle(load_graph(composed(parts))).errors
    assert [problem.code for problem in problems] == ["clashing_components"] and "depth_net" in problems[0].message


def test_a_part_without_its_packages_names_them(editor: Editor, tmp_path: Path) -> None:
    folder = add_block(editor, tmp_path)
    config = json.loads((folder / "modular_config.json").read_text())
    (folder / "modular_config.json").write_text(json.dumps(config | {"requirements": {"no-such-package": ">=1"}}))
    with pytest.raises(NodeError) as error:
        editor.insert(load_graph(as_one_node(REPO, "text2image")), "decode", "expander")
    assert (
        error.value.problems[0].code == "missing_requirements" and "no-such-package" in error.value.problems[0].message
    )


def test_a_custom_block_of_several_blocks_expands_and_collapses_again(editor: Editor) -> None:
    graph = load_graph(as_stages(REPO, "text2image"))
    editor.publish(graph, ["encode", "denoise"], "latents")
    nodes = [{"id": "make", "type": "diffusion.custom", "params": {"repo": "latents"}}]
    custom = load_graph({"format": "blockloom/1", "nodes": nodes, "edges": []})
    expanded = editor.expand(custom, "make").applied(custom)
    assert [node.id for node in expanded.nodes] == ["encode", "denoise"]
    edit = editor.collapse(expanded, ["encode", "denoise"])
    one = edit.applied(expanded)
    made = [
        editor.direct.run_graph(each.model_dump(mode="json"))[each.nodes[-1].id]["latents"]
        for each in (custom, expanded, one)
    ]
    assert (made[0] == made[1]).all() and (made[0] == made[2]).all()


def test_inputs_with_names_of_the_nodes_own_keep_their_values_in_a_composed_node(
    editor: Editor, tmp_path: Path
) -> None:
    names = [
        "pipeline",
        "block",
        "parts",
        "commits",
        "components",
        "repo",
        "repo_",
        "workflow",
        "context",
        "embeddings",
    ]
    inputs = ", ".join(f'InputParam("{name}", type_hint=str, default="")' for name in names)
    body = f"state.said = [getattr(state, name) for name in {names}] + [state.prompt]; state.block = state.repo_"
    blocks.write(tmp_path / "blocks" / "clash", "block.Clash", {"block.py": CLASH.format(inputs=inputs, body=body)})
    editor.repos.approvals.approve("clash", ANY_COMMIT)
    graph = load_graph(as_one_node(REPO, "text2image"))
    edit = editor.insert(graph, "decode", "clash", before="text_encoder")
    (node,) = edit.add_nodes
    set_to = {f"{name}_": name for name in names}
    one = node.model_copy(update={"params": node.params | set_to})
    graph = edit.model_copy(update={"add_nodes": [one]}).applied(graph)
    made = editor.direct.run_graph(graph.model_dump(mode="json"))["decode"]
    assert made["said"][:-1] == names and made["block_"] == "repo_"
    stages = editor.expand(graph, "decode").applied(graph)
    clash = next(node for node in stages.nodes if node.id == "clash")
    assert {port: clash.params[port] for port in set_to} == set_to
    editor.publish(stages, ["clash"], "copy")
    copy = editor.direct.resolve("diffusion.custom", {"repo": "copy"}, {})
    assert copy.warnings == () and {port: copy.interface.input(port).default for port in set_to} == set_to  # type: ignore[union-attr]
    again = editor.direct.run_graph(stages.model_dump(mode="json"))
    assert again["clash"]["said"][:-1] == names
    assert [image.tobytes() for image in again["decode"]["images"]] == [image.tobytes() for image in made["images"]]


CLASH = """
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam


class Clash(ModularPipelineBlocks):
    inputs = [InputParam("prompt", type_hint=str), {inputs}]
    intermediate_outputs = [OutputParam("said", type_hint=list), OutputParam("block", type_hint=str)]

    def __call__(self, components, state_):
        state = self.get_block_state(state_)
        {body}
        self.set_block_state(state_, state)
        return components, state_
"""


# The quickstart


async def test_flux2_klein_whole_and_with_its_text_encoder_popped_out(tmp_path: Path) -> None:
    """Walk-through 1: the same picture from one node, and from a text encoder that feeds the rest."""
    TINY["flux2-klein"].build(tmp_path / "models" / "tiny" / "klein")
    load = {"repo": "tiny/klein", "workflow": "text2image"}
    params = {"block": "", "prompt": "a red circle", "seed": 3, "num_inference_steps": 2, "height": 128, "width": 128}
    graph = load_graph(
        {
            "format": "blockloom/1",
            "nodes": [
                {"id": "load", "type": "diffusion.pipeline", "params": load},
                {"id": "whole", "type": "diffusion.block", "params": params},
            ],
            "edges": [
                {"source": "load", "sourceHandle": "pipeline", "target": "whole", "targetHandle": "pipeline"},
            ],
        }
    )  # fmt: skip
    config = EngineConfig(
        data_dir=tmp_path, input_dir=tmp_path / "input", output_dir=tmp_path / "output",
        settings={"models": str(tmp_path / "models"), "offline": True},
    )  # fmt: skip
    async with Engine(config) as engine:
        stages = (await asking.expand(engine, graph, "whole")).applied(graph)
        rest = [node.id for node in stages.nodes if node.id not in ("load", "encode")]
        edit = await asking.collapse(engine, stages, rest)
        popped = edit.applied(stages)
        (one,) = edit.add_nodes
        assert [node.id for node in popped.nodes] == ["load", "encode", one.id] and not edit.problems
        assert ["encode.embeddings", one.id] in [[f"{e.source}.{e.sourceHandle}", e.target] for e in popped.edges]
        assert await pixels(engine, popped, one.id) == await pixels(engine, graph, "whole")


async def pixels(engine: Engine, graph: Graph, node: str) -> list[bytes]:
    ended: Run = await engine.wait((await engine.submit(graph)).id)
    assert ended.state == "succeeded", ended.problem
    kept = [item.artifact for item in ended.outputs[node]["images"].items or []]
    return [Image.open(io.BytesIO(engine.artifacts.path(each.id).read_bytes())).tobytes() for each in kept if each]
