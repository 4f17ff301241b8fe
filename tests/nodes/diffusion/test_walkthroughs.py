"""The public examples of Modular Diffusers with blocks of other people, as graphs: real hub client, worker and weights.

Each block comes from a repo of the hub, is approved at its commit, and becomes a node.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from engine.graph.document import Graph, load_graph
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from nodes.diffusion import asking
from nodes.diffusion.edits import GraphEdit
from nodes.diffusion.insert import new_part
from nodes.diffusion.trust import Approvals
from tests.fakes import blocks
from tests.fakes.hub import FakeHub
from tests.fakes.tiny.stable_diffusion import tiny_sdxl_controlnet

pytestmark = pytest.mark.asyncio(loop_scope="module")
BLOCKS = ("acme/input", "acme/image-encoder", "acme/depth", "acme/expander")
PROMPT = "a large red circle"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    """A hub with the blocks of these examples."""
    place = tmp_path_factory.mktemp("published")
    blocks.write(place / "input", "block.InputBlock", {"block.py": blocks.INPUT})
    blocks.write(place / "image-encoder", "block.ImageEncoder", {"block.py": blocks.IMAGE_ENCODER})
    blocks.depth(place / "depth", "acme/depth")
    blocks.expander(place / "expander")
    with FakeHub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.use(patch, tmp_path_factory.mktemp("cache"))
        for repo in BLOCKS:
            hub.upload(repo, place / repo.partition("/")[2])
        yield hub


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(hub: FakeHub, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """With all blocks approved as they are on the hub, and an SDXL with a ControlNet among the local models."""
    data = tmp_path_factory.mktemp("data")
    local = tmp_path_factory.mktemp("local")
    tiny_sdxl_controlnet(local / "controlnet")
    for repo in BLOCKS:
        Approvals(data).approve(repo, hub.repos[repo].refs["main"])
    config = EngineConfig(
        data_dir=data, input_dir=data / "input", output_dir=data / "output",
        builtin_packs=("nodes:load", "tests.fakes.pictures:load"),
        settings={"models": str(local), "blocks": str(data / "blocks")},
    )  # fmt: skip
    async with Engine(config) as engine:
        yield engine


async def run(engine: Engine, graph: Graph) -> Run:
    submitted = await engine.submit(graph)
    done = await engine.wait(submitted.id)
    assert done.state == "succeeded", done.problem
    return done


def graph(nodes: dict[str, tuple[str, dict[str, Any]]], *edges: str) -> Graph:
    """Nodes by id with type and params; an edge is `a.out b.in`."""
    document = {
        "format": "blockloom/1",
        "nodes": [{"id": id, "type": kind, "params": params} for id, (kind, params) in nodes.items()],
        "edges": [wire(text) for text in edges],
    }
    return load_graph(document)


def wire(text: str) -> dict[str, str]:
    """`a.out b.in` as an edge."""
    ends = text.replace(" ", ".").split(".")
    return dict(zip(("source", "sourceHandle", "target", "targetHandle"), ends, strict=True))


def custom(repo: str, **params: Any) -> tuple[str, dict[str, Any]]:
    return "diffusion.custom", {"repo": repo, **params}


def block(path: str, **params: Any) -> tuple[str, dict[str, Any]]:
    return "diffusion.block", {"block": path, **params}


def value(done: Run, node: str, port: str) -> Any:
    """A summary of an output."""
    return done.outputs[node][port]


def pixels(engine: Engine, done: Run, node: str = "decode", port: str = "images") -> list[bytes]:
    summary = value(done, node, port)
    kept = [item.artifact for item in summary.items or [summary] if item.artifact]
    return [Image.open(engine.artifacts.path(artifact.id)).tobytes() for artifact in kept]


def edited(graph: Graph, edit: GraphEdit, *edges: str) -> Graph:
    """The graph after an edit, with these edges besides."""
    after = edit.applied(graph).model_dump(mode="json")
    after["edges"] += [wire(text) for text in edges]
    return load_graph(after)


async def ports(engine: Engine, graph: Graph, node: str) -> tuple[list[str], list[str]]:
    compiled = await engine.settle(graph)
    assert compiled.errors == ()
    interface = next(found.interface for id, found in compiled.nodes.items() if id == node)
    return [port.name for port in interface.inputs], [port.name for port in interface.outputs]


# 2: sequential blocks

TWO = graph(
    {
        "picture": ("test.picture", {}),
        "input": custom("acme/input", prompt=["a cat", "a dog"], num_images_per_prompt=2),
        "encoder": custom("acme/image-encoder"),
    },
    "picture.image encoder.image",
    "input.batch_size encoder.batch_size",
)


async def test_two_blocks_in_a_row_tell_each_other_the_batch(engine: Engine) -> None:
    assert await ports(engine, TWO, "encoder") == (
        ["repo", "image", "batch_size", "pipeline"],
        ["image_latents", "batch_size"],
    )
    done = await run(engine, TWO)
    assert value(done, "encoder", "batch_size").value == 8
    assert value(done, "encoder", "image_latents").shape == [4, 3, 8, 8]


async def test_collapsed_into_one_they_need_no_batch_size_and_make_the_same(engine: Engine) -> None:
    edit = await asking.collapse(engine, TWO, ["input", "encoder"])
    (made,) = edit.add_nodes
    one = edited(TWO, edit)
    inputs, outputs = await ports(engine, one, made.id)
    assert {"prompt", "num_images_per_prompt", "image"} <= set(inputs) and "batch_size" not in inputs
    assert {"image_latents", "batch_size"} <= set(outputs)
    before, after = await run(engine, TWO), await run(engine, one)
    for port in ("image_latents", "batch_size"):
        assert value(after, made.id, port) == value(before, "encoder", port)


# 3: a preprocessor in front of a ControlNet

LOAD = ("diffusion.pipeline", {"repo": "controlnet", "workflow": "controlnet_text2image"})
DENOISE = {"prompt": PROMPT, "seed": 7, "num_inference_steps": 2, "height": 128, "width": 128}
WIRED = graph(
    {"load": LOAD, "picture": ("test.picture", {}), "depth": custom("acme/depth"), "decode": block("", **DENOISE)},
    "load.pipeline decode.pipeline",
    "picture.image depth.image",
    "depth.control_image decode.control_image",
)
DIRECT = graph(
    {"load": LOAD, "picture": ("test.picture", {}), "decode": block("", **DENOISE)},
    "load.pipeline decode.pipeline",
    "picture.image decode.control_image",
)


async def test_a_preprocessor_with_code_and_weights_of_its_own_feeds_a_controlnet(engine: Engine, hub: FakeHub) -> None:
    done = await run(engine, WIRED)
    assert pixels(engine, done) != pixels(engine, await run(engine, DIRECT))
    assert done.graph is not None
    assert done.graph.lock.repos["acme/depth"].commit == hub.repos["acme/depth"].refs["main"]
    assert {(model.repo, model.name) for model in engine.worker.models} >= {("acme/depth", "depth_net")}


async def test_inserted_into_the_single_node_it_makes_the_same_pixels(engine: Engine) -> None:
    part = new_part("acme/depth", "", None)
    edit = await asking.insert(engine, DIRECT, "decode", part, "text_encoder")
    assert [problem.code for problem in edit.problems] == ["disconnected"]
    inserted = edited(DIRECT, edit, "picture.image decode.image")
    inputs, _ = await ports(engine, inserted, "decode")
    assert "image" in inputs and "control_image" not in inputs
    done = await run(engine, inserted)
    assert pixels(engine, done) == pixels(engine, await run(engine, WIRED))
    assert done.graph is not None and "acme/depth" in done.graph.lock.repos


# 4: a prompt expander

STAGES = {
    "load": ("diffusion.pipeline", {"repo": "controlnet", "workflow": "text2image"}),
    "denoise": block("denoise", **{name: value for name, value in DENOISE.items() if name != "prompt"}),
    "decode": block("decode"),
}
WIRES = (
    *(f"load.pipeline {node}.pipeline" for node in ("encode", "denoise", "decode")),
    "encode.embeddings denoise.embeddings",
    "denoise.latents decode.latents",
)


async def test_a_prompt_expander_grows_a_text_box_and_feeds_encode_prompt(engine: Engine) -> None:
    expander = custom("acme/expander", old_prompt=PROMPT, style="rich")
    expanded = graph({**STAGES, "more": expander, "encode": block("text_encoder")}, *WIRES, "more.prompt encode.prompt")
    compiled = await engine.settle(expanded)
    found = next(node.interface for id, node in compiled.nodes.items() if id == "more")
    box = found.input("old_prompt")
    assert box is not None and box.widget is not None
    assert (box.title, box.widget.kind) == ("Your prompt", "multiline")
    assert [port.name for port in found.outputs] == ["prompt"]
    typed = graph({**STAGES, "encode": block("text_encoder", prompt=f"{PROMPT} on a blue background")}, *WIRES)
    assert pixels(engine, await run(engine, expanded)) == pixels(engine, await run(engine, typed))
