"""The text-to-image template through the server, with previews on, against the pipeline called directly.

Both are warm and in processes of their own, and take turns, now one first and now the other: the ratio is made pair by
pair. Each begins when the other has nothing left to do; the server writes its results down a moment after a run. Two
processes of the same program differ by up to a fifth on a small machine, so there are several rounds, each with new
ones.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.bench.serving import ROOT, serving, settle

TEMPLATE = ROOT / "nodes" / "templates" / "text_to_image.json"
STEPS = 20
ROUNDS = 5
PAIRS = 10
WARM_UP = 3
PAUSE = 0.8
"""Seconds before each run."""
LIMIT = 1.05
"""Times that the server may take what the direct call takes, from the project's aims."""

Run = Callable[[int], float]
"""Makes the picture of a number; returns the seconds it took."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What draws: a repo by the name that the server has for it, the folder it is in, and the px of its pictures."""

    repo: str
    folder: Path
    side: int
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of the server, so that it knows the repo."""


DEMO = Model(repo="demo", folder=ROOT / "nodes" / "demo" / "model", side=128)


def main() -> list[str]:
    return compare(DEMO, rounds=ROUNDS, pairs=PAIRS)


def compare(model: Model, *, rounds: int, pairs: int) -> list[str]:
    """The table for `model`, from `pairs` pairs in each of several rounds."""
    previews: list[bytes] = []
    seconds = [pair for _ in range(rounds) for pair in _round(model, pairs, previews)]
    ratios = [served / alone for served, alone in seconds]
    return [
        f"| text to image, {STEPS} steps, {model.side} px, warm | median | min | max |",
        "|---|---:|---:|---:|",
        _row("through the server, s", [served for served, _ in seconds]),
        _row("called directly, s", [alone for _, alone in seconds]),
        _row(f"ratio, pair by pair (aim {LIMIT})", ratios),
        "",
        f"Previews received: {len(previews)} in {rounds * (WARM_UP + pairs)} runs.",
    ]


def _round(model: Model, pairs: int, previews: list[bytes]) -> list[tuple[float, float]]:
    """Seconds through the server and called directly, each time with a prompt of its own."""
    with (
        serving({**os.environ, **model.environment}) as url,
        httpx.Client(base_url=url, timeout=330) as client,
        _direct(model) as direct,
    ):
        settle(url)
        threading.Thread(target=_watch, args=(url, previews), daemon=True).start()
        served = partial(_through_server, client, model)
        return [_pair(served, direct, number) for number in range(WARM_UP + pairs)][WARM_UP:]


def _pair(served: Run, alone: Run, number: int) -> tuple[float, float]:
    seconds = {}
    for run in (served, alone) if number % 2 else (alone, served):
        time.sleep(PAUSE)
        seconds[run] = run(number)
    return seconds[served], seconds[alone]


def _row(name: str, values: list[float]) -> str:
    return f"| {name} | {statistics.median(values):.3f} | {min(values):.3f} | {max(values):.3f} |"


def _prompt(number: int) -> str:
    """Another one each time, so that nothing comes from a cache."""
    colours = ("red", "green", "yellow", "orange", "purple", "white")
    shapes = ("circle", "square", "triangle", "star", "heart", "ring")
    return f"a large {colours[number % 6]} {shapes[number // 6 % 6]} on a blue background"


def _through_server(client: httpx.Client, model: Model, number: int) -> float:
    overrides = {
        "load.repo": model.repo, "encode.prompt": _prompt(number), "denoise.seed": number,
        "denoise.num_inference_steps": STEPS, "denoise.height": model.side, "denoise.width": model.side,
    }  # fmt: skip
    body = {"graph": json.loads(TEMPLATE.read_text()), "overrides": overrides}
    began = time.perf_counter()
    answer = client.post("/api/runs?wait=300", json=body)
    seconds = time.perf_counter() - began
    run = answer.json()
    assert run["state"] == "succeeded", run
    assert not any(run["nodes"][stage]["cached"] for stage in ("encode", "denoise", "decode")), run
    return seconds


def _watch(url: str, previews: list[bytes]) -> None:
    """A canvas that looks on."""
    with (
        suppress(ConnectionClosed),
        connect(f"ws{url.removeprefix('http')}/api/ws", compression=None, max_size=None) as link,
    ):
        for message in link:
            if isinstance(message, bytes):
                previews.append(message)


@contextmanager
def _direct(model: Model) -> Iterator[Run]:
    command = [sys.executable, "-m", "tests.bench.direct", str(model.folder)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout
    assert stdout.readline().strip() == "ready"

    def run(number: int) -> float:
        job = {"prompt": _prompt(number), "seed": number, "num_inference_steps": STEPS}
        stdin.write(json.dumps(job | {"height": model.side, "width": model.side}) + "\n")
        stdin.flush()
        return float(stdout.readline())

    try:
        yield run
    finally:
        stdin.close()
        process.wait()
