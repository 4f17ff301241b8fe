"""Interfaces of block nodes: describing the blocks of all families, compiling nodes that are described, one new block.

Where the machine is fresh, describing goes on in the background. It must not keep people waiting, so the first run of a
fresh server is timed against that of one which has its descriptions.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from engine.catalogue.pack import WorkerFacts
from engine.graph.document import Graph, load_graph
from engine.service import Engine, EngineConfig
from nodes.diffusion.describer import Describer
from nodes.diffusion.families import Families
from nodes.diffusion.repos import Repos
from nodes.diffusion.trust import ANY_COMMIT, Approvals
from tests.bench.serving import ROOT, start, wait_for
from tests.fakes.blocks import expander

TEMPLATE = ROOT / "nodes" / "templates" / "text_to_image.json"
NODES = 20
COMPILES = 200
STARTS = 3
BLOCKS = 5
COLD, WARM, COMPILE, CUSTOM = 20.0, 0.1, 0.005, 0.3
"""Seconds, from the project's aims."""


def main() -> list[str]:
    asked, prepared, warm, first, usual = zip(*(_starts() for _ in range(STARTS)), strict=True)
    compiled = asyncio.run(_compile())
    return [
        "| | median | min | max | aim |",
        "|---|---:|---:|---:|---:|",
        _row("fresh machine, asked at once: process start to all families, s", asked, COLD),
        _row("fresh machine, nobody asks: process start to all families kept, s", prepared, COLD),
        _row("later: all families and their descriptions, as they are kept, s", warm, WARM),
        _row(f"compile {NODES} described block nodes, s", compiled, COMPILE),
        _row("custom block at hand: import and describe it, s", _custom_blocks(), CUSTOM),
        _row("first run on a fresh machine, from the process start, s", first),
        _row("first run on a later start, from the process start, s", usual),
        _row("their ratio, pair by pair", [one / other for one, other in zip(first, usual, strict=True)]),
    ]


def _row(name: str, values: Any, aim: float | None = None) -> str:
    digits = 4 if max(values) < 1 else 2
    numbers = " | ".join(f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"| {name} | {numbers} | {'' if aim is None else f'{aim:g}'} |"


def _starts() -> tuple[float, float, float, float, float]:
    """See `main`, in its order."""
    with tempfile.TemporaryDirectory() as folder:
        one, two, three = (Path(folder) / name for name in ("one", "two", "three"))
        asked = _time(one, lambda url: wait_for(f"{url}/api/families"))
        files = _kept(one)
        warm = _read_all(one)
        prepared = _time(two, lambda url: _until_kept(two, files))
        first = _time(three, _first_run)
        return asked, prepared, warm, first, _time(one, _first_run)


def _time(data: Path, until: Any) -> float:
    """Seconds from the start of a server on `data`, or those that `until` itself measured."""
    began = time.perf_counter()
    url, process = start(data)
    try:
        measured: float | None = until(url)
        return time.perf_counter() - began if measured is None else measured
    finally:
        process.terminate()
        process.wait()


def _read_all(data: Path) -> float:
    """Seconds to answer what all families are, and to have all their descriptions in memory, from what is kept."""
    facts = WorkerFacts(data_dir=data, input_dir=data, output_dir=data)
    began = time.perf_counter()
    describer = Describer(data, Repos(facts))
    rows = Families(describer).answer({})["rows"]
    for path in (data / "descriptions").glob("*.json"):
        json.loads(path.read_bytes())
    assert rows
    return time.perf_counter() - began


def _kept(data: Path) -> int:
    return len(list((data / "descriptions").glob("*.json")))


def _until_kept(data: Path, files: int) -> None:
    """Return when as many descriptions are kept as all families have."""
    until = time.monotonic() + 120
    while _kept(data) < files:
        if time.monotonic() > until:
            raise TimeoutError("The families were not described.")
        time.sleep(0.02)


def _first_run(url: str) -> None:
    wait_for(f"{url}/api/health")
    document = {"graph": json.loads(TEMPLATE.read_text())}
    answer = httpx.post(f"{url}/api/runs?wait=120", json=document, timeout=130).raise_for_status().json()
    assert answer["state"] == "succeeded", answer


async def _compile() -> list[float]:
    """Seconds for each compile of the demo's stages, over and over, as after an edit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        config = EngineConfig(data_dir=root / "data", input_dir=root / "input", output_dir=root / "output")
        async with Engine(config) as engine:
            graph = _stages()
            compiled = await engine.settle(graph)
            assert not compiled.problems and not compiled.needs, compiled.problems
            return [_compiling(engine, graph) for _ in range(COMPILES)]


def _compiling(engine: Engine, graph: Graph) -> float:
    began = time.perf_counter()
    engine.compile(graph)
    return time.perf_counter() - began


def _stages() -> Graph:
    """A pipeline with its stages several times over, `NODES` block nodes in all."""
    nodes: list[dict[str, Any]] = [{"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo"}}]
    edges: list[dict[str, str]] = []
    chain = (("text_encoder", "embeddings"), ("denoise", "latents"), ("decode", "images"), ("", "images"))
    for number in range(NODES):
        block, _ = chain[number % len(chain)]
        nodes.append({"id": f"b{number}", "type": "diffusion.block", "params": {"block": block}})
        edges.append(_edge("load", "pipeline", f"b{number}", "pipeline"))
        if block in ("denoise", "decode"):
            port = chain[number % len(chain) - 1][1]
            edges.append(_edge(f"b{number - 1}", port, f"b{number}", port))
    document = {"format": "blockloom/1", "name": "Stages", "nodes": nodes, "edges": edges}
    return load_graph(json.dumps(document).encode())


def _edge(source: str, source_port: str, target: str, target_port: str) -> dict[str, str]:
    return {"source": source, "sourceHandle": source_port, "target": target, "targetHandle": target_port}


def _custom_blocks() -> list[float]:
    """Seconds to import and describe each of some blocks that nobody has used yet, in a process that has diffusers."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(BLOCKS):
            expander(Path(folder) / "blocks" / f"expander-{number}")
            Approvals(Path(folder)).approve(f"expander-{number}", ANY_COMMIT)
        command = [sys.executable, "-m", "tests.bench.custom_block", folder, str(BLOCKS)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return [float(line) for line in done.stdout.split()]
