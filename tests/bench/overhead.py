"""What a node costs besides its own work: per lane, shape and size, cold and cached, in time and in bytes sent."""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from engine.graph.document import Graph
from engine.run.events import Event
from engine.service import Engine, EngineConfig
from tests.bench.graphs import SHAPES

REPEATS = {100: 15, 1_000: 9, 10_000: 5}
"""By number of nodes: how often each graph runs. A short run says little by itself."""
LIMITS = {"inline": 60.0, "cpu": 300.0}
"""Microseconds per node, from the project's aims."""
GROWTH_LIMIT = 12.0
"""Times that 10,000 nodes may cost what 1,000 do."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds and bytes of events for one graph: submission to the end of the run, each time with fresh nodes."""

    lane: str
    shape: str
    size: int
    colds: list[float]
    cached: float
    sent: int

    @property
    def cold(self) -> float:
        return statistics.median(self.colds)

    def per_node(self, seconds: float) -> float:
        """Microseconds."""
        return seconds / self.size * 1e6


async def measure() -> list[Cost]:
    """All combinations."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        config = EngineConfig(
            data_dir=root / "data", input_dir=root / "input", output_dir=root / "output",
            builtin_packs=("tests.bench.pack:load",),
        )  # fmt: skip
        async with Engine(config) as engine:
            await _run(engine, SHAPES["fan"]("cpu", 100))
            return [cost for lane in LIMITS for shape in SHAPES for cost in await _costs(engine, lane, shape)]


def report(costs: list[Cost]) -> list[str]:
    """The table as Markdown lines, and what misses its aim."""
    lines = [
        "| lane | shape | nodes | µs per node | at best | aim | cached ÷ cold | event bytes per node |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for cost in costs:
        aim = LIMITS[cost.lane]
        lines.append(
            f"| {cost.lane} | {cost.shape} | {cost.size:,} | {cost.per_node(cost.cold):.0f} "
            f"| {cost.per_node(min(cost.colds)):.0f} | {aim:.0f} "
            f"| {cost.cached / cost.cold:.3f} | {cost.sent / cost.size:.0f} |"
        )
    by_place = {(cost.lane, cost.shape, cost.size): cost for cost in costs}
    lines += ["", "| lane | shape | time 10,000 ÷ 1,000 | aim | bytes 10,000 ÷ 1,000 |", "|---|---|---:|---:|---:|"]
    for lane in LIMITS:
        for shape in SHAPES:
            large, small = by_place[lane, shape, 10_000], by_place[lane, shape, 1_000]
            growth = statistics.median(long / short for long, short in zip(large.colds, small.colds, strict=False))
            lines.append(f"| {lane} | {shape} | {growth:.1f} | {GROWTH_LIMIT:.0f} | {large.sent / small.sent:.1f} |")
    return lines


async def _costs(engine: Engine, lane: str, shape: str) -> list[Cost]:
    """Of all sizes, which take turns: what is compared shall have met the same machine."""
    samples: dict[int, list[tuple[float, float, int]]] = {size: [] for size in REPEATS}
    for turn in range(max(REPEATS.values())):
        for size, repeats in REPEATS.items():
            if turn < repeats:
                samples[size].append(await _cold_and_cached(engine, SHAPES[shape](lane, size)))
    return [
        Cost(
            lane=lane, shape=shape, size=size,
            colds=[cold for cold, _, _ in taken],
            cached=statistics.median(cached for _, cached, _ in taken),
            sent=taken[0][2],
        )
        for size, taken in samples.items()
    ]  # fmt: skip


async def _cold_and_cached(engine: Engine, graph: Graph) -> tuple[float, float, int]:
    sent = 0

    def listen(event: Event) -> None:
        nonlocal sent
        sent += len(event.encoded)

    stop = engine.subscribe(listen)
    cold = await _run(engine, graph)
    stop()
    return cold, await _run(engine, graph), sent


async def _run(engine: Engine, graph: Graph) -> float:
    began = time.perf_counter()
    run = await engine.submit(graph)
    run = await engine.wait(run.id)
    assert run.state == "succeeded", run.problem
    return time.perf_counter() - began


def main() -> list[str]:
    return report(asyncio.run(measure()))
