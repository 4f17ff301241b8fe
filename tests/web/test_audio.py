"""Sounds on the canvas: dropped, heard on the node and in the results."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect

from nodes.audio.coding import encode, sound_of
from tests.web.canvas import Canvas


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
