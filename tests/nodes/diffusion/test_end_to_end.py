"""Diffusion graphs through the whole engine: real worker, real pipelines, tiny weights and the demo model."""

import asyncio
import io
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from engine.errors import GraphError
from engine.graph.document import load_graph
from engine.run.events import Event, NodeFinished, NodeProgress, NodeStarted
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from tests.fakes.diffusion_graphs import STEPS, WORKFLOWS, as_one_node, as_stages, by_modular_pipeline, pictures

pytestmark = pytest.mark.asyncio(loop_scope="module")
REPO = "tiny/sdxl"
TEMPLATES = sorted((Path(__file__).parents[3] / "nodes" / "templates").glob("*.json"))


def open_engine(folder: Path, models: Path) -> Engine:
    return Engine(
        EngineConfig(
            data_dir=folder, input_dir=folder / "input", output_dir=folder / "output",
            builtin_packs=("nodes:load", "tests.fakes.pictures:load"), preview_rate=60,
            settings={"models": str(models), "offline": True},
        )
    )  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(models: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with open_engine(tmp_path_factory.mktemp("engine"), models) as engine:
        yield engine


async def run(engine: Engine, graph: dict[str, Any], **overrides: Any) -> Run:
    submitted = await engine.submit(
        load_graph(graph), overrides={key.replace("__", "."): value for key, value in overrides.items()}
    )
    return await engine.wait(submitted.id)


def computed(engine: Engine, run: Run) -> set[str]:
    return {e.node for e in engine.run_events(run.id) if isinstance(e, NodeFinished) and not e.cached}


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("graph", [as_stages, as_one_node])
async def test_pictures_equal_the_direct_call_bit_by_bit(
    engine: Engine, models: Path, workflow: str, graph: Callable[[str, str], dict[str, Any]]
) -> None:
    made = pictures(engine, await run(engine, graph(REPO, workflow)))
    assert made == [image.tobytes() for image in by_modular_pipeline(models / REPO, workflow)]


async def test_each_step_tells_progress_and_previews_come(engine: Engine) -> None:
    shown: list[tuple[dict[str, Any], bytes]] = []
    stop = engine.subscribe(lambda event: None, lambda header, data: shown.append((header, data)))
    done = await run(engine, as_stages(REPO, "text2image"), denoise__seed=101)
    stop()
    steps = [(e.step, e.total) for e in engine.run_events(done.id) if isinstance(e, NodeProgress)]
    assert steps == [(step, STEPS) for step in range(1, STEPS + 1)]
    assert {header["node"] for header, _ in shown} == {"denoise"}
    assert all(header["run"] == done.id and Image.open(io.BytesIO(data)).format == "JPEG" for header, data in shown)


async def test_cancel_stops_within_one_step(engine: Engine) -> None:
    stepped = asyncio.Event()
    stop = engine.subscribe(lambda event: stepped.set() if isinstance(event, NodeProgress) else None)
    graph = load_graph(as_stages(REPO, "text2image"))
    submitted = await engine.submit(graph, overrides={"denoise.num_inference_steps": 900, "denoise.seed": 102})
    await stepped.wait()
    stop()
    before = max(e.step for e in engine.run_events(submitted.id) if isinstance(e, NodeProgress))
    cancelled = await engine.cancel(submitted.id)
    assert cancelled.state == "cancelled" and cancelled.nodes["denoise"].state == "cancelled"
    assert cancelled.nodes["denoise"].step < 900 and before >= 1


async def test_a_new_seed_does_not_encode_the_prompt_again(engine: Engine) -> None:
    await run(engine, as_stages(REPO, "text2image"), denoise__seed=103)
    again = await run(engine, as_stages(REPO, "text2image"), denoise__seed=104)
    assert computed(engine, again) == {"denoise", "decode"}


async def test_after_a_restart_a_new_seed_does_not_load_the_text_encoders(models: Path, tmp_path: Path) -> None:
    async with open_engine(tmp_path, models) as first:
        await run(first, as_stages(REPO, "text2image"), denoise__seed=1)
    async with open_engine(tmp_path, models) as second:
        again = await run(second, as_stages(REPO, "text2image"), denoise__seed=2)
        assert again.state == "succeeded" and computed(second, again) == {"denoise", "decode"}
        await told(second, lambda: bool(second.worker.models))
        names = {model.name for model in second.worker.models}
        assert "unet" in names and not {name for name in names if name.startswith("text_encoder")}


async def told(engine: Engine, holds: Callable[[], bool]) -> None:
    """Wait until `holds()`, looking at each event."""
    changed = asyncio.Event()
    stop = engine.subscribe(lambda event: changed.set())
    async with asyncio.timeout(30):
        while not holds():
            changed.clear()
            await changed.wait()
    stop()


@pytest.mark.parametrize("node", ["encode", "denoise", "decode"])
async def test_kill_9_in_any_stage_ends_the_run_with_a_reason_and_the_next_run_works(
    models: Path, tmp_path: Path, node: str
) -> None:
    async with open_engine(tmp_path, models) as engine:

        def kill(event: Event) -> None:
            if isinstance(event, NodeStarted) and event.node == node and engine.worker_pid:
                os.kill(engine.worker_pid, signal.SIGKILL)

        stop = engine.subscribe(kill)
        ended = await run(engine, as_stages(REPO, "text2image"))
        stop()
        assert ended.state == "succeeded" or (
            ended.problem and ended.problem.node == node and "SIGKILL" in ended.problem.message
        )
        assert (await run(engine, as_stages(REPO, "text2image"))).state == "succeeded"


async def test_a_missing_repo_is_a_problem_of_its_node_before_anything_runs(engine: Engine) -> None:
    with pytest.raises(GraphError) as error:
        await run(engine, as_stages("no/such-repo", "text2image"))
    problem = error.value.problems[0]
    assert (problem.node, problem.port) == ("load", "repo") and problem.remedy


async def test_corrupt_weights_are_named_and_the_next_run_works(engine: Engine, models: Path) -> None:
    broken = models / "tiny" / "broken"
    shutil.copytree(models / REPO, broken)
    weights = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    failed = await run(engine, as_stages("tiny/broken", "text2image"))
    assert failed.state == "failed" and failed.problem
    assert failed.problem.node == "denoise" and "unet" in failed.problem.message
    assert (await run(engine, as_stages(REPO, "text2image"))).state == "succeeded"


async def test_changed_weights_are_read_again(engine: Engine, models: Path) -> None:
    copy = models / "tiny" / "copy"
    shutil.copytree(models / REPO, copy)
    assert (await run(engine, as_stages("tiny/copy", "text2image"))).state == "succeeded"
    (copy / "unet" / "config.json").touch()
    first = await run(engine, as_stages("tiny/copy", "text2image"), denoise__seed=5)
    second = await run(engine, as_stages("tiny/copy", "text2image"), denoise__seed=5)
    assert second.state == "succeeded" and (first.state == "succeeded" or first.problem)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
async def test_each_template_draws_a_picture(engine: Engine, path: Path) -> None:
    template = json.loads(path.read_text())
    done = await run(engine, template)
    (shown,) = [name for name in done.targets if name in done.outputs and "images" in done.outputs[name]]
    (pixels,) = pictures(engine, done, shown)
    assert len(pixels) == 128 * 128 * 3 and len(set(pixels)) > 16
