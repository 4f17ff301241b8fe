"""An engine for tests: real worker, real SQLite, the fake pack; it collects the events and waits for them."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from engine.graph.document import Edge, Graph, Node
from engine.run.events import Event, NodeFinished, NodeStarted, WorkerChanged
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from engine.values.refs import Key


def fake_graph(drawing: str, **params: dict[str, Any]) -> Graph:
    """`"x:add y:fail y.a<x.sum"`: nodes `id:type` of the fake pack, edges `target.port<source.port`."""
    words = drawing.split()
    nodes = [word.split(":") for word in words if ":" in word]
    edges = [(*target.split("."), *source.split(".")) for target, source in (w.split("<") for w in words if "<" in w)]
    return Graph(
        nodes=[Node(id=name, type=f"fake.{kind}", params=params.get(name, {})) for name, kind in nodes],
        edges=[Edge(source=s, sourceHandle=sp, target=t, targetHandle=tp) for t, tp, s, sp in edges],
    )


class EngineHarness:
    """`async with EngineHarness(folder) as harness`; it can be opened again on the same folder."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.config = EngineConfig(
            data_dir=folder / "data", input_dir=folder / "input", output_dir=folder / "output",
            builtin_packs=("tests.fakes.pack:load",), **config,
        )  # fmt: skip
        self.events: list[Event] = []
        self._heard = asyncio.Condition()

    async def __aenter__(self) -> "EngineHarness":
        self.engine = await Engine(self.config).__aenter__()
        self.engine.subscribe(self._on_event)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.engine.__aexit__(*exc)

    async def run(self, drawing: str, targets: list[str] | None = None, **params: dict[str, Any]) -> Run:
        """Run the graph to its end."""
        run = await self.engine.submit(fake_graph(drawing, **params), targets=targets)
        return await self.engine.wait(run.id, timeout=60)

    async def begin(self, drawing: str, node: str, **params: dict[str, Any]) -> Run:
        """Start the graph, and return once `node` is computing."""
        run = await self.engine.submit(fake_graph(drawing, **params))
        await self.until(lambda event: isinstance(event, NodeStarted) and event.node == node and event.run == run.id)
        return run

    async def until(self, wanted: Any) -> Event:
        """The first event, past or to come, for which `wanted(event)` holds."""
        async with asyncio.timeout(60), self._heard:
            while not (found := [event for event in self.events if wanted(event)]):
                await self._heard.wait()
            return found[0]

    async def kill_worker(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the worker process, and wait until the engine knows."""
        told = len(self.events)
        pid = self.engine.worker_pid
        assert pid is not None
        os.kill(pid, number)
        await self.until(
            lambda event: isinstance(event, WorkerChanged) and event.reason and event in self.events[told:]
        )

    async def until_on_disk(self, run: Run, node: str) -> None:
        """Wait until the result of `node` has been written; nobody tells, so look."""
        async with asyncio.timeout(60):
            while not self.engine.results_cache.has(Key(run.nodes[node].key)):
                await asyncio.sleep(0.005)

    def computed(self, run: Run) -> list[str]:
        """The nodes that were really computed in `run`."""
        return [e.node for e in self.engine.run_events(run.id) if isinstance(e, NodeFinished) and not e.cached]

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        asyncio.get_running_loop().create_task(self._notify())

    async def _notify(self) -> None:
        async with self._heard:
            self._heard.notify_all()


def value(run: Run, node: str, port: str) -> Any:
    """The value of a small output of a target."""
    return run.outputs[node][port].value


def states(run: Run) -> dict[str, str]:
    return {name: node.state for name, node in run.nodes.items()}
