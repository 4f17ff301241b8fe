"""IP-Adapters by hand: a node behind Load pipeline, its files to choose from, a picture for it, and a result."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.bench.serving import serving
from tests.fakes.tiny import tiny_ip_adapters, tiny_sdxl
from tests.fakes.tiny.ip_adapter import OTHER, PLAIN
from tests.web.canvas import RUN_PATIENCE, Canvas
from tests.web.test_building import opened


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_sdxl(folder / "tiny" / "sdxl")
    tiny_ip_adapters(folder / "tiny" / "ip-adapter")
    return folder


@pytest.fixture(scope="module")
def address(models: Path) -> Iterator[str]:
    with serving(os.environ | {"BLOCKLOOM_MODELS": str(models), "BLOCKLOOM_OFFLINE": "1"}) as url:
        # The first description imports diffusers, which no test is to wait for.
        load = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "tiny/sdxl"}}
        graph = {"format": "blockloom/1", "nodes": [load], "edges": []}
        httpx.post(f"{url}/api/compile?settle=true", json=graph, timeout=120).raise_for_status()
        yield url


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_picture_guides_a_pipeline(canvas: Canvas, http: httpx.Client) -> None:
    sizes = {"height": 128, "width": 128, "num_inference_steps": 2}
    nodes = [
        {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "tiny/sdxl", "workflow": "text2image"}},
        {"id": "adapter", "type": "diffusion.ip_adapter", "params": {"repo": "tiny/ip-adapter"}},
        {"id": "draw", "type": "diffusion.block", "params": {"prompt": "a red circle", **sizes}},
        {"id": "plain", "type": "image.solid", "params": {"width": 64, "height": 64}, "position": {"x": 0, "y": 320}},
        {"id": "show", "type": "image.preview"},
    ]
    edges = ("load.pipeline->adapter.pipeline", "adapter.pipeline->draw.pipeline", "draw.images->show.images")
    opened(canvas, http, "ip-adapter", nodes, edges)
    files = canvas.page.get_by_role("listbox", name="Weights").get_by_role("option")
    canvas.node("adapter").get_by_role("button", name="Weights: suggestions").click()
    files.filter(has_text=OTHER).click()
    expect(canvas.node("adapter")).to_contain_text("made for a cross-attention of 24")
    canvas.node("adapter").get_by_role("button", name="Weights: suggestions").click()
    files.filter(has_text=PLAIN).click()
    expect(canvas.node("adapter")).not_to_contain_text("cross-attention")
    canvas.drag(canvas.handle("plain", "image"), canvas.handle("draw", "ip_adapter_image"))
    expect(canvas.edge("plain.image->draw.ip_adapter_image")).to_be_attached()
    canvas.button("Run").click()
    expect(canvas.node("show").locator("img").first).to_be_visible(timeout=RUN_PATIENCE)
