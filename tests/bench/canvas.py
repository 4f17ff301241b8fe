"""The canvas in headless Chromium: first paint, size of its scripts, panning large graphs, compiling after an edit."""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from tests.bench.serving import serving, settle
from tests.web.browser import chromium

REPEATS = 5
EDITS = 12
MOVES = 120
"""Mouse moves of one pan."""
FIRST_PAINT = 1.0
SCRIPTS = 300
COMPILE = 30
LARGE = {1_000: (500, 20), 5_000: (800, 35)}
"""Nodes: aims for the first paint and the 95th percentile of a frame while panning, in milliseconds."""
ZOOMED_OUT = 50
RATE, RUNS = 100, 50
"""Runs a minute, and how many of them."""
COLUMNS, COLUMN, ROW = 25, 340, 260

PAINTED = """
window.painted = (prefix, since) => new Promise((resolve) => {
  const look = () => document.querySelector(`[data-node^="${prefix}"]`)
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
    : requestAnimationFrame(look);
  look();
});
window.recordFrames = () => {
  const frames = [];
  let last = performance.now(), going = true;
  const frame = (now) => { frames.push(now - last); last = now; if (going) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  window.stopFrames = () => { going = false; return frames.slice(1); };
};
"""
"""What the page is given to measure itself: a node counts as painted once the frame that drew it is done."""


def main() -> list[str]:
    with serving() as url, httpx.Client(base_url=url, timeout=60) as http, chromium() as browser:
        settle(url)
        for size in (50, 200, *LARGE):
            _save(http, size)
        lines = ["| | measured | aim |", "|---|---:|---:|", *_first_load(browser, url)]
        for size in LARGE:
            lines += _large_graph(browser, url, size)
        return [*lines, *_edits(browser, url), *_events(browser, http, url)]


def _save(http: httpx.Client, size: int) -> None:
    http.put(f"/api/graphs/{graph_id(size)}", json=graph(size)).raise_for_status()


def graph_id(size: int) -> str:
    return f"bench-{size}"


def graph(size: int) -> dict[str, Any]:
    """A grid of text nodes; each takes the texts of two nodes in the column before it."""
    rows = -(-size // COLUMNS)
    nodes = [
        {
            "id": _name(size, index),
            "type": "text.join" if index >= rows else "value.text",
            "params": {"separator": f" {index} "} if index >= rows else {"value": f"text {index}"},
            "position": {"x": index // rows * COLUMN, "y": index % rows * ROW},
        }
        for index in range(size)
    ]
    edges = [
        {"source": _name(size, source), "sourceHandle": "text", "target": _name(size, index), "targetHandle": "texts"}
        for index in range(rows, size)
        for source in {index - rows, (index // rows - 1) * rows + (index + 1) % rows}
    ]
    view = {"viewport": {"x": 80, "y": 80, "zoom": 1}, "groups": [], "notes": []}
    return {"format": "blockloom/1", "name": f"{size} nodes", "nodes": nodes, "edges": edges, "view": view}


def _name(size: int, index: int) -> str:
    return f"n{size}_{index}"


@contextmanager
def _page(browser: Browser, url: str) -> Iterator[Page]:
    """A page of a profile of its own, so that nothing is cached."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    context.add_init_script(PAINTED)
    try:
        yield context.new_page()
    finally:
        context.close()


def _first_load(browser: Browser, url: str) -> list[str]:
    paints, busy, sizes = [], [], []
    for _ in range(REPEATS):
        with serving() as new, httpx.Client(base_url=new) as http, _page(browser, new) as page:
            _save(http, 50)
            busy.append(_first_paint(page))
    for _ in range(REPEATS):
        with _page(browser, url) as page:
            paints.append(_first_paint(page))
            page.wait_for_load_state("networkidle")
            sizes.append(
                page.evaluate(
                    "performance.getEntriesByType('resource').filter(({ name }) => /\\.js$/.test(name))"
                    ".reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"
                )
            )
    return [
        _row("first paint with 50 nodes, nothing cached, s", statistics.median(paints) / 1000, FIRST_PAINT, ".2f"),
        _row("the same at best, s", min(paints) / 1000, FIRST_PAINT, ".2f"),
        _row("the same while the worker of a new server still imports, s", statistics.median(busy) / 1000, form=".2f"),
        _row("JavaScript at first load, kB gzip", max(sizes) / 1000, SCRIPTS),
    ]


def _first_paint(page: Page) -> float:
    """Milliseconds from the navigation to the graph of 50 nodes."""
    page.goto(f"/#/g/{graph_id(50)}", wait_until="commit")
    milliseconds: float = page.evaluate("painted('n50_', 0)")
    return milliseconds


def _large_graph(browser: Browser, url: str, size: int) -> list[str]:
    paint_aim, frame_aim = LARGE[size]
    paints, frames, far = [], [], []
    for _ in range(REPEATS):
        with _page(browser, url) as page:
            page.goto("/#/")
            page.get_by_test_id("canvas").wait_for()
            page.wait_for_load_state("networkidle")
            paints.append(
                page.evaluate(
                    "([id, prefix]) => { location.hash = `#/g/${id}`; return painted(prefix, performance.now()); }",
                    [graph_id(size), f"n{size}_"],
                )
            )
            page.wait_for_load_state("networkidle")
            frames += _pan(page)
            _zoom_out(page)
            far += _pan(page)
    return [
        _row(f"{size:,} nodes: opened to first paint, ms", statistics.median(paints), paint_aim),
        _row(f"{size:,} nodes: pan frame p50, ms", statistics.median(frames)),
        _row(f"{size:,} nodes: pan frame p95, ms", _p95(frames), frame_aim),
        _row(f"{size:,} nodes: pan frame p95 zoomed out, ms", _p95(far), ZOOMED_OUT),
    ]


def _pan(page: Page) -> list[float]:
    """The milliseconds of each frame while the middle button drags the canvas to and fro."""
    page.mouse.move(720, 450)
    page.mouse.down(button="middle")
    page.evaluate("recordFrames()")
    for step in range(MOVES):
        page.mouse.move(720 - 4 * min(step, MOVES - step), 450 - 2 * min(step, MOVES - step))
    frames: list[float] = page.evaluate("stopFrames()")
    page.mouse.up(button="middle")
    return frames


def _zoom_out(page: Page) -> None:
    page.mouse.move(720, 450)
    page.keyboard.down("Control")
    for _ in range(12):
        page.mouse.wheel(0, 400)
    page.keyboard.up("Control")
    page.wait_for_timeout(500)


def _edits(browser: Browser, url: str) -> list[str]:
    with _page(browser, url) as page:
        page.goto(f"/#/g/{graph_id(200)}")
        field = page.locator(f'[data-node="{_name(200, 0)}"] [data-param="value"]').locator("input, textarea").first
        field.wait_for()
        page.wait_for_load_state("networkidle")
        times = []
        for edit in range(EDITS):
            with page.expect_response("**/api/compile") as answer:
                field.fill(f"edit {edit}")
                field.blur()
            answer.value.finished()
            times.append(answer.value.request.timing["responseEnd"])
    return [_row("200 nodes: compile round trip after an edit, ms", statistics.median(times), COMPILE)]


def _events(browser: Browser, http: httpx.Client, url: str) -> list[str]:
    """Runs at the pace of `RATE`: which of their events does the open page never get?"""
    seen: dict[str, set[int]] = {}

    def on_frame(data: str | bytes) -> None:
        for event in json.loads(data) if isinstance(data, str) else []:
            if "seq" in event:
                seen.setdefault(event["run"], set()).add(event["seq"])

    with _page(browser, url) as page:
        page.on("websocket", lambda socket: socket.on("framereceived", on_frame))
        page.goto(f"/#/g/{graph_id(50)}")
        page.locator("[data-node]").first.wait_for()
        told = {run["id"]: run["seq"] for run in (_numbered_run(page, http, number) for number in range(RUNS))}
        page.wait_for_timeout(1000)
    lost = sum(len(set(range(1, last + 1)) - seen.get(run, set())) for run, last in told.items())
    return [_row(f"{RUNS} runs at {RATE} a minute, {sum(told.values())} events: lost", lost, 0)]


def _numbered_run(page: Page, http: httpx.Client, number: int) -> dict[str, Any]:
    """A run of 50 nodes that nothing is cached of, and the rest of the time that one run has at this pace."""
    began = time.monotonic()
    texts = [
        {"id": f"text{index}", "type": "value.text", "params": {"value": f"{index} {number}"}} for index in range(25)
    ]
    joins = [{"id": f"join{index}", "type": "text.join"} for index in range(25)]
    edges = [
        {"source": f"text{index}", "sourceHandle": "text", "target": f"join{index}", "targetHandle": "texts"}
        for index in range(25)
    ]
    document = {"format": "blockloom/1", "nodes": texts + joins, "edges": edges}
    run: dict[str, Any] = http.post("/api/runs", params={"wait": 60}, json={"graph": document}).json()
    assert run["state"] == "succeeded", run["problem"]
    page.wait_for_timeout(max(0.0, 60 / RATE - (time.monotonic() - began)) * 1000)
    return run


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _row(name: str, value: float, aim: float | None = None, form: str = ".0f") -> str:
    return f"| {name} | {value:{form}} | {'' if aim is None else f'{aim:g}'} |"
