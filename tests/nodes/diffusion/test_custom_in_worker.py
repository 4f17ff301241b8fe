"""Blocks that go wrong in a real worker: each run ends once, with a reason, and the worker goes on or is replaced."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from engine.graph.document import load_graph
from engine.run.events import NodeStarted
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from nodes.diffusion.trust import ANY_COMMIT, Approvals
from tests.fakes import blocks

pytestmark = pytest.mark.asyncio(loop_scope="module")

BLOCK = """
import os
import time
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
{imported}

class Block(ModularPipelineBlocks):
    inputs = [InputParam("number", type_hint=int, default=1)]
    intermediate_outputs = [OutputParam("made", type_hint={hint})]

    def __call__(self, components, state):
        b = self.get_block_state(state)
        {body}
        self.set_block_state(state, b)
        return components, state
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    data = tmp_path_factory.mktemp("data")
    config = EngineConfig(
        data_dir=data, input_dir=data / "input", output_dir=data / "output", worker_memory=3 * 2**30,
        settings={"blocks": str(data / "blocks"), "offline": True},
    )  # fmt: skip
    async with Engine(config) as engine:
        yield engine


def graph(engine: Engine, name: str, body: str = "b.made = b.number + 1", hint: str = "int", imported: str = "") -> Any:
    """A graph of one custom block, whose folder is written and approved."""
    folder: Path = engine.config.data_dir / "blocks" / name
    code = BLOCK.format(body=body, hint=hint, imported=imported)
    blocks.write(folder, "block.Block", {"block.py": code})
    Approvals(engine.config.data_dir).approve(name, ANY_COMMIT)
    node = {"id": "block", "type": "diffusion.custom", "params": {"repo": name}}
    return load_graph({"format": "blockloom/1", "nodes": [node], "edges": []})


async def run(engine: Engine, graph: Any) -> Run:
    submitted = await engine.submit(graph)
    return await engine.wait(submitted.id)


async def still_works(engine: Engine, name: str) -> None:
    done = await run(engine, graph(engine, name))
    assert done.state == "succeeded", done.problem
    assert done.outputs["block"]["made"].value == 2


WRONG = {
    "raises": ("raise ValueError('too bad')", "block_failed", "ValueError: too bad (block.py, line 13)"),
    "exits": ("raise SystemExit(3)", "block_failed", "SystemExit: 3 (block.py, line 13)"),
    "returns garbage": ("b.made = object()", "bad_output", "made"),
    "returns another type": ("b.made = 'text'", "bad_output", "made"),
    "forgets its output": ("pass", "block_failed", "'made' is missing"),
    "ends the process": ("os._exit(5)", "worker_died", "exit code 5"),
    "leaks": ("leak = [bytearray(2**29) for _ in range(9)]; time.sleep(600)", "worker_died", "memory"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_block_that_goes_wrong_fails_its_run_with_the_reason(engine: Engine, name: str) -> None:
    body, code, says = WRONG[name]
    done = await run(engine, graph(engine, name.replace(" ", "-"), body))
    assert done.state == "failed" and done.problem is not None
    found = done.nodes["block"].problem
    assert found is not None and (found.code, says in found.message) == (code, True), found
    await still_works(engine, "fine")


async def test_a_block_that_never_ends_can_be_cancelled(engine: Engine) -> None:
    started = asyncio.Event()
    stop = engine.subscribe(lambda event: started.set() if isinstance(event, NodeStarted) else None)
    submitted = await engine.submit(graph(engine, "never-ends", "while True: time.sleep(0.01)"))
    await started.wait()
    stop()
    assert (await engine.cancel(submitted.id)).state == "cancelled"
    await still_works(engine, "fine")


async def test_a_block_whose_import_ends_the_worker_is_left_alone_after_the_second_time(engine: Engine) -> None:
    deadly = graph(engine, "deadly", imported="os._exit(7)")
    pid = engine.worker_pid
    codes = [[problem.code for problem in (await engine.settle(deadly)).errors] for _ in range(3)]
    assert codes[0] in (["worker_died"], ["block_crashed"]) and codes[1:] == [["block_crashed"]] * 2
    assert engine.worker_pid != pid
    await still_works(engine, "fine")


async def test_a_block_that_has_run_is_refused_once_its_approval_is_taken_back(engine: Engine) -> None:
    mine = graph(engine, "taken-back")
    assert (await run(engine, mine)).state == "succeeded"
    Approvals(engine.config.data_dir).revoke("taken-back")
    submitted = await engine.submit(mine, overrides={"block.number": 5})
    done = await engine.wait(submitted.id)
    found = done.nodes["block"].problem
    assert done.state == "failed" and found is not None
    assert (found.code, found.port) == ("needs_approval", "repo")
    engine.ask_anew()
    assert [problem.code for problem in (await engine.settle(mine)).errors] == ["needs_approval"]
