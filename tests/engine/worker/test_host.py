"""Supervision: workers that exit, hang, get killed or cannot start, and servers that die."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from engine.errors import WorkerError
from engine.worker.link import LoopbackLink, connect
from engine.worker.protocol import (
    Cancel,
    Done,
    Failed,
    Kept,
    Log,
    PackLoaded,
    PackLoading,
    Started,
)  # fmt: skip
from tests.fakes.worker import PATIENCE, Bench, config, output


@pytest.mark.parametrize(
    "node_type, inputs, sentence",
    [
        ("exit", {"code": 5}, "The worker ended with exit code 5"),
        ("exit", {"code": 0}, "The worker ended with exit code 0"),
        ("kill", {"number": signal.SIGKILL}, "The worker was killed by SIGKILL"),
        ("kill", {"number": signal.SIGTERM}, "The worker was killed by SIGTERM"),
        ("crash", {}, "The worker was killed by SIGSEGV"),
    ],
)
async def test_a_death_has_a_reason_and_the_next_worker_works(
    bench: Bench, node_type: str, inputs: dict[str, int], sentence: str
) -> None:
    await bench.start(node_type, inputs=inputs)
    problem = await bench.death()
    assert problem.code == "worker_died" and problem.message.startswith(sentence)
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1


async def test_a_device_out_of_order_ends_the_worker_after_the_node_was_told(bench: Bench) -> None:
    assert "device-side assert" in (await bench.failed("break_device")).problem.message
    problem = await bench.death()
    assert problem.message.startswith("The worker ended, because its device no longer worked")
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1


async def test_a_segmentation_fault_shows_its_stack(bench: Bench) -> None:
    await bench.start("crash")
    assert "pack.py" in (await bench.death()).details


async def test_last_words_are_in_the_reason(bench: Bench) -> None:
    await bench.done("spam_native", inputs={"lines": 30})
    await bench.start("exit")
    assert "native 29" in (await bench.death()).details
    assert bench.all(Log, text="native 29")


async def test_too_much_memory_ends_the_worker_with_that_reason(tmp_path: Path) -> None:
    async with Bench(config(tmp_path, worker_memory=400 * 2**20)) as bench:
        await bench.start("eat_memory")
        assert (await bench.death()).message.startswith("The worker used more than 0.4 GB of memory; it last used 0.")
        assert await bench.value("add", "sum", inputs={"a": 1}) == 1


async def test_a_node_that_hangs_is_killed_with_the_given_reason(bench: Bench) -> None:
    running = await bench.start("hang")
    await bench.hear(Started, id=running)
    bench.host.kill("the node did not stop")
    assert (await bench.death()).message.startswith("The worker was ended, because the node did not stop")
    await bench.until(lambda: bench.host.ready)
    assert [state for state, _ in bench.states] == ["starting", "ready", "restarting", "ready"]


async def test_results_on_disk_outlive_a_death(bench: Bench) -> None:
    await bench.done("echo", key="k", inputs={"value": 3})
    await bench.hear(Kept, keys=["k"])
    await bench.start("exit")
    await bench.death()
    assert await bench.value("add", "sum", inputs={"a": output("k", "value"), "b": 1}) == 4


@pytest.mark.parametrize("moment", ["starting", "idle", "started", "running", "asked"])
async def test_killed_at_any_moment_the_worker_comes_back(bench: Bench, moment: str) -> None:
    await bench.until(lambda: bench.host.pid)
    asked: asyncio.Task[dict[str, object]] | None = None
    if moment != "starting":
        await bench.host.wait_ready()
    if moment in ("started", "running"):
        await bench.hear(Started, id=await bench.start("wait" if moment == "running" else "show"))
    if moment == "asked":
        asked = asyncio.create_task(bench.host.describe("fake", {"exit": True}))
    else:
        assert bench.host.pid
        os.kill(bench.host.pid, signal.SIGKILL)
    await bench.death()
    if asked is not None:
        with pytest.raises(WorkerError, match="exit code 9"):
            await asked
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1
    assert len(bench.deaths) == 1


async def test_a_built_in_pack_that_cannot_be_loaded_is_told_as_the_reason(tmp_path: Path) -> None:
    async with Bench(config(tmp_path, packs=["tests.fakes.pack:load_broken"])) as bench:
        problem = await bench.death()
        assert problem.message == "The worker ended with exit code 1."
        assert "RuntimeError: no pack in pack.py" in problem.details


async def test_nobody_waits_for_ever_for_a_worker_that_never_comes_to_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.worker.host.BACK_OFF", (0.0,))
    async with Bench(config(tmp_path, packs=["tests.fakes.pack:load_broken"])) as bench:
        with pytest.raises(WorkerError, match="exit code 1"):
            await bench.host.describe("fake", {})


async def test_a_worker_that_is_never_ready_is_killed_in_time(tmp_path: Path) -> None:
    async with Bench(config(tmp_path), ready=0.001) as bench:
        assert (
            "was not ready in time" in (await bench.death()).message
            or "could not be started" in bench.deaths[0].message
        )


async def test_stopping_is_quick_even_with_a_node_that_hangs(tmp_path: Path) -> None:
    async with Bench(config(tmp_path), stop=0.5) as bench:
        await bench.hear(Started, id=await bench.start("hold_interpreter"))
    assert bench.states[-1] == ("stopped", "")
    with pytest.raises(WorkerError, match="was stopped"):
        await bench.host.wait_ready()


# Packs from outside

GOOD = '''
from typing import Annotated
from engine.catalogue.define import In, Out, node

@node("user.double", title="Double", category="User")
def double(x: Annotated[int, In("A number")] = 1) -> Annotated[int, Out("twice")]:
    """Double a number."""
    return 2 * x
'''


@pytest.mark.parametrize(
    "code, said",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(1)", "SystemExit"),
        ("import os; os._exit(4)", "exit code 4"),
        ("import threading; threading.Event().wait()", "did not come to an end"),
    ],
    ids=["raises", "sys.exit", "os._exit", "hangs"],
)
async def test_a_bad_pack_is_left_out_and_the_others_work(tmp_path: Path, code: str, said: str) -> None:
    nodes = tmp_path / "nodes"
    nodes.mkdir()
    (nodes / "bad.py").write_text(code)
    (nodes / "good.py").write_text(GOOD)
    async with Bench(config(tmp_path, nodes_dir=nodes), pack=2.0) as bench:
        good = await bench.until(lambda: next((m for m in bench.all(PackLoaded) if m.types), None))
        assert [node_type["type"] for node_type in good.types] == ["user.double"]
        bad = await bench.until(lambda: next((m for m in bench.all(PackLoaded) if m.problem), None))
        assert bad.problem and said in f"{bad.problem.message} {bad.problem.details}"
        assert await bench.value("add", "sum", inputs={"a": 1}) == 1
        assert len(bench.all(PackLoading)) >= 2


async def test_a_node_of_a_pack_that_is_still_loading_waits_for_it_and_can_be_cancelled(tmp_path: Path) -> None:
    nodes, gate = tmp_path / "nodes", tmp_path / "gate"
    nodes.mkdir()
    os.mkfifo(gate)
    (nodes / "slow.py").write_text(f"open({str(gate)!r}).read()\n" + GOOD.replace("user.double", "fake.double"))
    async with Bench(config(tmp_path, nodes_dir=nodes)) as bench:
        await bench.hear(PackLoading)
        cancelled, waiting, never = [await bench.start(kind) for kind in ("double", "double", "nowhere")]
        assert await bench.value("add", "sum", inputs={"a": 1}) == 1
        bench.host.send(Cancel(id=cancelled))
        assert (ending := await bench.ending(cancelled)) and isinstance(ending, Failed) and ending.kind == "cancelled"
        assert not {waiting, never} & bench.ended.keys()
        await asyncio.to_thread(gate.write_text, "")
        assert isinstance(await bench.ending(waiting), Done)
        ending = await bench.ending(never)
        assert isinstance(ending, Failed) and "does not know" in ending.problem.message


# The server dies

_SERVER = """
import asyncio, sys
from pathlib import Path
from engine.worker.protocol import Started
from tests.fakes.worker import Bench, config

async def main():
    async with Bench(config(Path(sys.argv[1]))) as bench:
        if sys.argv[2]:
            await bench.hear(Started, id=await bench.start(sys.argv[2]))
        await bench.host.wait_ready()
        print(bench.host.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="waits for the end of a process by its pidfd")
@pytest.mark.parametrize("node_type", ["", "wait", "hang", "hold_interpreter"])
async def test_the_worker_dies_with_the_server(tmp_path: Path, root: Path, node_type: str) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SERVER, str(tmp_path), node_type, stdout=asyncio.subprocess.PIPE, cwd=root
    )
    assert server.stdout is not None
    worker = os.pidfd_open(int(await server.stdout.readline()))
    server.kill()
    await server.wait()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(worker, ended.set)
    try:
        async with asyncio.timeout(PATIENCE):
            await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(worker)
        os.close(worker)


# The link without socket pairs


async def test_loopback_lets_in_only_who_knows_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    link = LoopbackLink()
    monkeypatch.setenv(*next(iter(link.environment.items())))
    accepting = asyncio.create_task(link.accept())
    theirs = await asyncio.to_thread(connect, link.argument)
    ours = await accepting
    theirs.sendall(b"hello")
    assert await asyncio.get_running_loop().sock_recv(ours, 5) == b"hello"
    ours.close()
    theirs.close()

    link = LoopbackLink()
    accepting = asyncio.create_task(link.accept())
    with socket.create_connection(("127.0.0.1", int(link.argument.partition(":")[2]))) as stranger:
        stranger.sendall(b"x" * 64)
        with pytest.raises(ConnectionError):
            await accepting


# Whatever happens, each execution ends once


async def test_ten_thousand_small_nodes_each_end_once(bench: Bench) -> None:
    started = {await bench.start("add", inputs={"a": number}) for number in range(10_000)}
    await bench.until(lambda: len(bench.ended) == len(started))
    assert bench.ended.keys() == started and len(bench.all(Done)) == len(started)


async def test_a_cancel_for_what_has_ended_is_harmless(bench: Bench) -> None:
    done = await bench.done("add")
    bench.host.send(Cancel(id=done.id))
    bench.host.send(Cancel(id=4711))
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1
