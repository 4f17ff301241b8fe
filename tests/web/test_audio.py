"""Sounds on the canvas: dropped, heard on the node and in the results."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect

from nodes.audio.coding import encode, sound_of
from tests.web.canvas import Canvas, middle
from tests.web.conftest import Complaints


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Half a second."""
    path = tmp_path / "tone.wav"
    path.write_bytes(encode(sound_of([[0.1, -0.1] * 2000], 8000), "wav"))
    return path


def seconds(player: Locator) -> float:
    """What the browser has found; waits for that, and fails if it cannot play it."""
    length: float = player.evaluate(
        """(player) => new Promise((done) => {
            const tell = () => done(player.error === null ? player.duration : -1);
            if (player.readyState >= 1 || player.error !== null) tell();
            else for (const event of ["loadedmetadata", "error"]) player.addEventListener(event, tell, { once: true });
        })"""
    )
    return length


def graph(artifact: str) -> dict[str, Any]:
    return {
        "format": "blockloom/1", "name": "Rain",
        "nodes": [
            {"id": "load", "type": "audio.load", "params": {"audio": artifact}, "position": {"x": 0, "y": 0}},
            {"id": "show", "type": "audio.preview", "position": {"x": 400, "y": 0}},
            {"id": "save", "type": "audio.save", "params": {"format": "mp3"}, "position": {"x": 400, "y": 300}},
        ],
        "edges": [
            {"source": "load", "sourceHandle": "audio", "target": node, "targetHandle": "audio"}
            for node in ("show", "save")
        ],
    }  # fmt: skip


def test_a_sound_that_is_dropped_becomes_a_node(canvas: Canvas, tone: Path) -> None:
    canvas.drop_file(tone, "audio/wav")
    expect(canvas.nodes).to_have_count(1)
    expect(canvas.nodes.first).to_have_attribute("aria-label", "Load audio")


def test_a_node_plays_the_sound_it_shows(canvas: Canvas, http: httpx.Client, tone: Path) -> None:
    kept = http.post("/api/artifacts", content=tone.read_bytes()).raise_for_status().json()
    http.put("/api/graphs/rain", json=graph(kept["id"])).raise_for_status()
    canvas.open("g/rain")
    canvas.run()
    player = canvas.node("show").locator("audio")
    expect(player).to_be_visible()
    assert seconds(player) == pytest.approx(0.5)


@pytest.fixture
def tile(canvas: Canvas, http: httpx.Client, tone: Path) -> Locator:
    """Of the tone that a run has made, in the gallery."""
    kept = http.post("/api/artifacts", content=tone.read_bytes()).raise_for_status().json()
    run = http.post("/api/runs?wait=60", json={"graph": graph(kept["id"])}).raise_for_status().json()
    assert run["state"] == "succeeded"
    canvas.button("Gallery").click()
    gallery = canvas.page.get_by_role("complementary", name="Gallery")
    return gallery.get_by_role("button", name=re.compile(r"^Sound: Rain, .*, 0\.5 s$"))


def test_a_sound_is_in_the_gallery_and_plays_in_the_lightbox(canvas: Canvas, tile: Locator) -> None:
    expect(tile).to_have_count(1)  # what is shown and what is saved are the same
    tile.click()
    lightbox = canvas.page.get_by_role("dialog", name="Rain")
    assert seconds(lightbox.locator("audio")) == pytest.approx(0.5)
    expect(lightbox.get_by_role("button", name=re.compile("Compare"))).to_have_count(0)
    lightbox.get_by_role("button", name="Details").click()
    expect(lightbox.get_by_role("complementary")).to_contain_text("8 kHz")
    with canvas.page.expect_download() as saving:
        lightbox.get_by_role("button", name="Download", exact=True).click()
    assert Path(saving.value.path()).read_bytes()[:4] == b"RIFF"
    lightbox.get_by_role("button", name="Open its workflow").click()
    expect(canvas.node("show").locator("audio")).to_be_visible()


def test_the_history_plays_a_sound(canvas: Canvas, tile: Locator) -> None:
    expect(tile).to_be_visible()
    canvas.button("Queue").click()
    canvas.page.locator("[data-run]").get_by_role("button", name=re.compile("Rain")).first.click()
    assert seconds(canvas.page.get_by_role("dialog", name="Rain").locator("audio")) == pytest.approx(0.5)


def test_a_sound_that_is_gone_says_so(canvas: Canvas, tile: Locator, complaints: Complaints) -> None:
    complaints.allow("404")
    canvas.page.route("**/api/artifacts/*.wav", lambda route: route.fulfill(status=404))
    tile.click()
    expect(canvas.page.get_by_role("dialog").get_by_text("This file can no longer be shown")).to_be_visible()


def test_a_sound_of_the_gallery_becomes_a_node(canvas: Canvas, tile: Locator) -> None:
    expect(tile).to_be_visible()
    canvas.drag_points(middle(tile), (700, 420))
    expect(canvas.nodes).to_have_count(1)
    expect(canvas.nodes.first).to_have_attribute("aria-label", "Load audio")
