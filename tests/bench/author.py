"""The loop of a block's author in headless Chromium: from saving `block.py` to the node's new ports on the canvas."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page

from tests.bench.serving import ROOT, serving
from tests.fakes.blocks import EXPANDER, expander
from tests.web.browser import chromium

SAVES = 12
AIM = 1.0
"""Seconds, from the project's aims."""
PAUSE = 0.7
"""Seconds between saves, so that they do not fall into step with anything that looks now and then."""
LONG = 1000
"""Steps of the picture that is made meanwhile."""
TEMPLATE = ROOT / "nodes" / "templates" / "text_to_image.json"
REPO = "mine"
VALUE = "a red circle"
RENAMED = 'InputParam("repeat"'

RECORD = """
window.told = [];
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.includes("catalogue_changed")) told.push(Date.now() / 1000);
    });
  }
};
window.drawn = (name) => new Promise((resolve) => {
  const look = () => document.querySelector(`[data-param="${name}"]`)
    ? requestAnimationFrame(() => setTimeout(() => resolve(Date.now() / 1000)))
    : requestAnimationFrame(look);
  look();
});
"""
"""What the page is given to measure itself, on the clock of this machine."""


def main() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        block = expander(Path(folder) / REPO, config=None) / "block.py"
        with serving(os.environ | {"BLOCKLOOM_BLOCKS": folder}) as url, chromium() as browser:
            page = _opened(browser, url)
            told, drawn = zip(*_saves(page, block, "idle"), strict=True)
            with _running(url):
                told_busy, drawn_busy = zip(*_saves(page, block, "busy"), strict=True)
    return [
        "| | median | min | max | aim |",
        "|---|---:|---:|---:|---:|",
        _row("saved to noticed, s", told),
        _row("saved to the new ports drawn, s", drawn, AIM),
        _row("saved to noticed, while a picture is made, s", told_busy),
        _row("saved to the new ports drawn, while a picture is made, s", drawn_busy, AIM),
    ]


def _opened(browser: Browser, url: str) -> Page:
    """A page with one node of the block, whose ports are there."""
    httpx.post(f"{url}/api/blocks/{REPO}/approve", json={"commit": "*"}).raise_for_status()
    node = {"id": "block", "type": "diffusion.custom", "params": {"repo": REPO, "old_prompt": VALUE}}
    graph = {"format": "blockloom/1", "nodes": [node], "edges": []}
    httpx.put(f"{url}/api/graphs/author", json=graph).raise_for_status()
    page = browser.new_page(base_url=url, viewport={"width": 1440, "height": 900})
    page.add_init_script(RECORD)
    page.goto("/#/g/author")
    page.locator('[data-param="repeat"]').wait_for(timeout=60_000)
    return page


@contextmanager
def _running(url: str) -> Iterator[None]:
    """A run of the demo model that takes longer than what is done meanwhile."""
    graph = json.loads(TEMPLATE.read_text())
    with httpx.Client(base_url=url, timeout=60) as http:
        body = {"graph": graph, "overrides": {"denoise.num_inference_steps": LONG}}
        run = http.post("/api/runs", json=body).raise_for_status().json()["id"]
        yield
        assert http.delete(f"/api/runs/{run}").json()["state"] == "cancelled", "it ended too soon"


def _saves(page: Page, block: Path, name: str) -> Iterator[tuple[float, float]]:
    """For each save, the seconds until the page heard that something is new, and until it showed the new port."""
    for number in range(SAVES):
        page.wait_for_timeout(PAUSE * 1000)
        yield _save(page, block, f"{name}_{number}")


def _save(page: Page, block: Path, name: str) -> tuple[float, float]:
    page.evaluate("told.length = 0")
    saved = time.time()
    block.write_text(EXPANDER.replace(RENAMED, f'InputParam("{name}", type_hint=int, default=1), {RENAMED}'))
    drawn: float = page.evaluate(f"drawn({name!r})")
    told: list[float] = page.evaluate("told")
    assert page.locator('[data-param="old_prompt"]').locator("input, textarea").first.input_value() == VALUE
    return told[0] - saved, drawn - saved


def _row(name: str, values: Sequence[float], aim: float | None = None) -> str:
    numbers = " | ".join(f"{value:.2f}" for value in (statistics.median(values), min(values), max(values)))
    return f"| {name} | {numbers} | {'' if aim is None else f'{aim:g}'} |"
