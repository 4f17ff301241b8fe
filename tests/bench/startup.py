"""From the start of the process to the first answer, against importing the web framework alone."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.serving import start, wait_for

REPEATS = 7
FLOOR = "import fastapi, uvicorn, pydantic_settings"


def main() -> list[str]:
    pairs = [(_first_answer("/api/health"), _first_answer("/"), _floor()) for _ in range(REPEATS)]
    health, page, floor = (list(column) for column in zip(*pairs, strict=True))
    return [
        "| from process start to | median | min | max |",
        "|---|---:|---:|---:|",
        _row("`/api/health` answers, s (aim 1)", health),
        _row("the first page answers, s (aim 1)", page),
        _row("floor: Python with the web framework imported, s", floor),
        _row("ratio of `/api/health` to the floor", [ours / least for ours, _, least in pairs]),
    ]


def _row(name: str, values: list[float]) -> str:
    return f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} | {max(values):.2f} |"


def _first_answer(path: str) -> float:
    with tempfile.TemporaryDirectory() as data:
        began = time.perf_counter()
        url, process = start(Path(data))
        try:
            wait_for(url + path)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()


def _floor() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", FLOOR], check=True)
    return time.perf_counter() - began
