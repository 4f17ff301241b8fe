"""The demo text-to-image template through the server, with previews on, against the pipeline called directly.

Both are warm and in processes of their own, and take turns: the ratio is made pair by pair.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "nodes" / "templates" / "text_to_image.json"
STEPS = 20
PAIRS = 15
WARM_UP = 2
LIMIT = 1.05
"""Times that the server may take what the direct call takes, from the project's aims."""


def main() -> list[str]:
    with _server() as (url, previews), _direct() as direct:
        pairs = [(_through_server(url, number), direct(number)) for number in range(WARM_UP + PAIRS)][WARM_UP:]
    ratios = [served / alone for served, alone in pairs]
    return [
        "| text to image, 20 steps, warm | median | min | max |",
        "|---|---:|---:|---:|",
        _row("through the server, s", [served for served, _ in pairs]),
        _row("called directly, s", [alone for _, alone in pairs]),
        _row(f"ratio, pair by pair (aim {LIMIT})", ratios),
        "",
        f"Previews received: {len(previews)} in {WARM_UP + PAIRS} runs.",
    ]


def _row(name: str, values: list[float]) -> str:
    return f"| {name} | {statistics.median(values):.3f} | {min(values):.3f} | {max(values):.3f} |"


def _prompt(number: int) -> str:
    """Another one each time, so that nothing comes from a cache."""
    colours = ("red", "green", "yellow", "orange", "purple", "white")
    shapes = ("circle", "square", "triangle", "star", "heart", "ring")
    return f"a large {colours[number % 6]} {shapes[number // 6 % 6]} on a blue background"


def _through_server(url: str, number: int) -> float:
    overrides = {"encode.prompt": _prompt(number), "denoise.seed": number, "denoise.num_inference_steps": STEPS}
    body = {"graph": json.loads(TEMPLATE.read_text()), "overrides": overrides}
    began = time.perf_counter()
    answer = httpx.post(f"{url}/api/runs?wait=120", json=body, timeout=130)
    seconds = time.perf_counter() - began
    run = answer.json()
    assert run["state"] == "succeeded", run
    assert not any(node.get("cached") and node.get("seconds") for node in run["nodes"].values())
    return seconds


@contextmanager
def _server() -> Iterator[tuple[str, list[bytes]]]:
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = os.environ | {"BLOCKLOOM_PORT": str(port), "BLOCKLOOM_OPEN_BROWSER": "0", "BLOCKLOOM_DATA": data}
        process = subprocess.Popen([str(Path(sys.executable).with_name("blockloom")), "serve"], cwd=ROOT, env=env)
        url = f"http://127.0.0.1:{port}"
        previews: list[bytes] = []
        try:
            _wait_for(url)
            threading.Thread(target=_watch, args=(port, previews), daemon=True).start()
            yield url, previews
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/api/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")


def _watch(port: int, previews: list[bytes]) -> None:
    """A canvas that looks on."""
    with connect(f"ws://127.0.0.1:{port}/api/ws", compression=None, max_size=None) as link:
        for message in link:
            if isinstance(message, bytes):
                previews.append(message)


@contextmanager
def _direct() -> Iterator[Any]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.direct"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout
    assert stdout.readline().strip() == "ready"

    def run(number: int) -> float:
        stdin.write(json.dumps({"prompt": _prompt(number), "seed": number, "steps": STEPS}) + "\n")
        stdin.flush()
        return float(stdout.readline())

    try:
        yield run
    finally:
        stdin.close()
        process.wait()
