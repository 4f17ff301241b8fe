"""The demo model on a CUDA device: pictures, memory that comes back, runs that end badly (`make test-gpu`)."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from engine.graph.document import load_graph
from engine.run.events import Event, NodeProgress
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from engine.worker.process import SECOND_TRY
from tests.fakes.diffusion_graphs import WORKFLOWS, as_one_node, as_stages, by_modular_pipeline, pictures

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.filterwarnings("default"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
NODES = Path(__file__).parents[2] / "nodes"
TEMPLATES = sorted((NODES / "templates").glob("*.json"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    folder = tmp_path_factory.mktemp("cuda")
    config = EngineConfig(
        data_dir=folder, input_dir=folder / "input", output_dir=folder / "output", preview_rate=60,
        builtin_packs=("nodes:load", "tests.fakes.pictures:load", "tests.fakes.accelerator:load"),
    )  # fmt: skip
    async with Engine(config) as engine:
        yield engine


async def _run(engine: Engine, graph: Any, overrides: dict[str, Any] | None = None) -> Run:
    return await engine.wait((await engine.submit(load_graph(graph), overrides=overrides or {})).id)


def _alone(name: str) -> dict[str, Any]:
    return {"format": "blockloom/1", "nodes": [{"id": name, "type": f"test.{name}"}], "edges": []}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
async def test_a_template_runs_on_the_device(engine: Engine, path: Path) -> None:
    run = await _run(engine, path.read_bytes())
    assert run.state == "succeeded", run.problem
    assert engine.worker.device == torch.cuda.get_device_name()
    assert {model.device.split(":")[0] for model in engine.worker.models} == {"cuda"}


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("graph", [as_stages, as_one_node])
async def test_pictures_equal_the_direct_call_bit_by_bit(
    engine: Engine, workflow: str, graph: Callable[[str, str], dict[str, Any]]
) -> None:
    made = pictures(engine, await _run(engine, graph("demo", workflow)))
    directly = by_modular_pipeline(NODES / "demo" / "model", workflow, device="cuda", dtype="float16")
    assert made == [image.tobytes() for image in directly]


async def test_memory_that_runs_out_is_a_problem_of_its_node_and_the_next_run_works(engine: Engine) -> None:
    await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 10})
    before = engine.worker_pid
    ended = await _run(engine, _alone("hungry"))
    assert ended.state == "failed" and ended.problem
    assert (ended.problem.node, ended.problem.code, bool(ended.problem.remedy)) == ("hungry", "out_of_memory", True)
    after = await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 11})
    assert (after.state, engine.worker_pid) == ("succeeded", before)
    assert torch.cuda.mem_get_info()[0] > torch.cuda.mem_get_info()[1] / 2


async def test_a_node_that_needs_the_memory_of_idle_models_gets_it(engine: Engine) -> None:
    await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 13})
    assert engine.worker.models
    ended = await _run(engine, _alone("tight"))
    assert ended.state == "succeeded", ended.problem
    assert [line.text for line in ended.nodes["tight"].log] == [SECOND_TRY]
    assert [model.name for model in engine.worker.models] == ["vae"], "what the last node used stays"
    assert pictures(engine, await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 14}))


async def test_a_driver_without_memory_gets_what_torch_caches(engine: Engine) -> None:
    ended = await _run(engine, _alone("driver"))
    assert ended.state == "succeeded", ended.problem
    assert [line.text for line in ended.nodes["driver"].log] == [SECOND_TRY]


async def test_a_fault_inside_a_kernel_ends_the_worker_and_the_next_run_works(engine: Engine) -> None:
    before = engine.worker_pid
    ended = await _run(engine, _alone("astray"))
    assert ended.state == "failed" and ended.problem and ended.problem.node == "astray"
    assert "device-side assert" in ended.problem.message
    after = await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 12})
    assert after.state == "succeeded", after.problem
    assert engine.worker_pid != before


@pytest.mark.parametrize("end", ["cancel", "kill"])
async def test_a_run_that_ends_in_the_middle_leaves_a_device_that_works(engine: Engine, end: str) -> None:
    stepped = asyncio.Event()

    def look(event: Event) -> None:
        if isinstance(event, NodeProgress):
            stepped.set()

    stop = engine.subscribe(look)
    seed = {"cancel": 21, "kill": 22}[end]
    overrides = {"denoise.seed": seed, "denoise.num_inference_steps": 999}
    submitted = await engine.submit(load_graph(as_stages("demo", "text2image")), overrides=overrides)
    await stepped.wait()
    stop()
    if end == "cancel":
        await engine.cancel(submitted.id)
    else:
        assert engine.worker_pid
        os.kill(engine.worker_pid, signal.SIGKILL)
    ended = await engine.wait(submitted.id)
    assert ended.state == {"cancel": "cancelled", "kill": "failed"}[end]
    assert pictures(engine, await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": seed}))


async def test_freed_models_give_their_memory_back(engine: Engine) -> None:
    await _run(engine, as_stages("demo", "text2image"), {"denoise.seed": 31})
    assert engine.worker.models
    await engine.free("models")
    assert engine.worker.models == []
