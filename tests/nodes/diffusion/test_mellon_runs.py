"""Mellon's samples on tiny repos of their families: they compile but for the weights, and they run."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from engine.graph.document import Graph
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from nodes.diffusion.mellon import import_mellon
from tests.fakes.pictures import picture
from tests.fakes.tiny import TINY

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAMPLES = Path(__file__).parent / "mellon"
SMALL = {"denoise.width": 64, "denoise.height": 64, "denoise.num_inference_steps": 2}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """With tiny repos of Z-Image and FLUX.2 klein, and the pictures that a sample names in the input folder."""
    folder = tmp_path_factory.mktemp("mellon")
    models, input_dir = folder / "models", folder / "input"
    for name in ("z-image", "flux2-klein"):
        TINY[name].build(models / "tiny" / name)
    input_dir.mkdir()
    for name in ("kangaroo.png", "turtle.png"):
        picture().save(input_dir / name)
    config = EngineConfig(
        data_dir=folder, input_dir=input_dir, output_dir=folder / "output", builtin_packs=("nodes:load",),
        settings={"models": str(models), "offline": True},
    )  # fmt: skip
    os.environ["OMP_NUM_THREADS"] = "1"
    async with Engine(config) as engine:
        yield engine


def imported(name: str) -> Graph:
    return import_mellon(json.loads((SAMPLES / f"{name}.json").read_bytes())).graph


async def run(engine: Engine, graph: Graph, overrides: dict[str, Any]) -> Run:
    submitted = await engine.submit(graph, overrides=overrides)
    return await engine.wait(submitted.id)


@pytest.mark.parametrize("name", ["text_to_image", "dynamic_node"])
async def test_a_sample_lacks_nothing_but_its_weights(engine: Engine, name: str) -> None:
    compiled = await engine.settle(imported(name))
    assert [problem.code for problem in compiled.problems] == ["missing_repo"]


async def test_text_to_image_runs(engine: Engine) -> None:
    ended = await run(engine, imported("text_to_image"), SMALL | {"load.repo": "tiny/z-image"})
    assert ended.state == "succeeded", ended.problem
    shown = ended.outputs["show"]["images"].items
    assert shown and [(item.width, item.height) for item in shown] == [(64, 64)]
    assert shown[0].artifact


async def test_the_dynamic_node_edits_both_pictures_into_one(engine: Engine) -> None:
    small = {"block.num_inference_steps": 2, "block.width": 64, "block.height": 64}
    ended = await run(engine, imported("dynamic_node"), small | {"block.repo": "tiny/flux2-klein"})
    assert ended.state == "succeeded", ended.problem
    shown = ended.outputs["show"]["images"].items
    assert shown and [(item.width, item.height) for item in shown] == [(64, 64)]
