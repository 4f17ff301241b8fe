"""Videos on the canvas: made, played and scrubbed, found again in gallery and history, dropped and chosen."""

import io
import json
import re
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from engine.graph.embedded import embedded
from tests.web.canvas import Canvas, middle, place

COLOURS = ("red", "lime", "blue")


def colours(name: str, fps: float = 4) -> dict[str, Any]:
    """A graph that makes a video of three colours, shows and saves it, without a model."""
    fills = [
        {"id": color, "type": "image.solid", "params": {"color": color, "width": 160, "height": 90},
         "position": {"x": 0, "y": 240 * index}}
        for index, color in enumerate(COLOURS)
    ]  # fmt: skip
    rest = [
        {"id": "frames", "type": "list.make", "position": {"x": 320, "y": 0}},
        {"id": "video", "type": "video.from_frames", "params": {"fps": fps}, "position": {"x": 640, "y": 0}},
        {"id": "show", "type": "video.preview", "position": {"x": 960, "y": 0}},
        {"id": "save", "type": "video.save", "params": {"name": name}, "position": {"x": 960, "y": 420}},
    ]
    edges = [(color, "image", "frames", "items") for color in COLOURS]
    edges += [
        ("frames", "list", "video", "images"),
        ("video", "video", "show", "video"),
        ("video", "video", "save", "video"),
    ]
    keys = ("source", "sourceHandle", "target", "targetHandle")
    return {
        "format": "blockloom/1", "name": name, "nodes": fills + rest,
        "edges": [dict(zip(keys, edge, strict=True)) for edge in edges],
    }  # fmt: skip


def open_graph(canvas: Canvas, http: httpx.Client, graph: dict[str, Any]) -> None:
    http.put(f"/api/graphs/{graph['name'].lower()}", json=graph).raise_for_status()
    canvas.open(f"g/{graph['name'].lower()}")
    expect(canvas.nodes.first).to_be_visible()


def artifact_of(run: dict[str, Any], node: str) -> str:
    artifact: str = run["outputs"][node]["video"]["artifact"]["id"]
    return artifact


def plays(video: Locator) -> bool:
    """Whether the browser has decoded it; waits for that."""
    ready: bool = video.evaluate(
        """(video) => new Promise((done) => {
            const tell = () => done(video.error === null && video.videoWidth > 0);
            if (video.readyState >= 2 || video.error !== null) tell();
            else for (const event of ["loadeddata", "error"]) video.addEventListener(event, tell, { once: true });
        })"""
    )
    return ready


def panel(canvas: Canvas, name: str) -> Locator:
    button = canvas.button(name)
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    return canvas.page.get_by_role("complementary", name=name)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video as another program makes it: VP9 in WebM, a second long."""
    path = tmp_path / "walk.webm"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libvpx-vp9", rate=8)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for index in range(8):
            frame = av.VideoFrame.from_image(Image.new("RGB", (96, 64), (30 * index, 80, 160)))
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_a_video_plays_in_its_node_and_the_pointer_scrubs_it(canvas: Canvas, http: httpx.Client) -> None:
    open_graph(canvas, http, colours("Traffic"))
    assert canvas.run()["state"] == "succeeded"
    video = canvas.node("show").locator("video")
    expect(video).to_be_visible()
    assert plays(video)
    assert video.evaluate("video => [video.videoWidth, video.videoHeight, video.duration, video.paused]") == [
        160, 90, 0.75, True,
    ]  # fmt: skip
    box = place(video)
    assert box["width"] > 2 * box["height"] * 0.8, "it has room for its shape"

    x, y = box["x"], box["y"] + box["height"] / 2
    for share in (0.2, 0.9):
        canvas.page.mouse.move(x + box["width"] * share, y, steps=4)
        canvas.page.wait_for_function(
            "share => Math.abs(document.querySelector('[data-node=show] video').currentTime - share * 0.75) < 0.05",
            arg=share,
        )
    colour = video.evaluate(
        """async (video) => {
            if (video.seeking) {
                await new Promise((done) => video.addEventListener("seeked", done, { once: true }));
            }
            const canvas = new OffscreenCanvas(160, 90), pen = canvas.getContext("2d");
            pen.drawImage(video, 0, 0);
            return [...pen.getImageData(80, 45, 1, 1).data];
        }"""
    )
    assert colour[2] > 200 and colour[0] < 40, "the last third is blue"


def test_a_video_is_in_the_gallery_the_history_and_the_lightbox(canvas: Canvas, http: httpx.Client) -> None:
    answer = http.post("/api/runs?wait=60", json={"graph": colours("Lights")}).raise_for_status()
    gallery = panel(canvas, "Gallery")
    tile = gallery.get_by_role("button", name=re.compile("^Video: Lights")).first
    expect(tile.locator("img")).to_have_js_property("naturalWidth", 160)

    tile.click()
    lightbox = canvas.page.get_by_role("dialog")
    assert plays(lightbox.locator("video"))
    with canvas.page.expect_download() as saving:
        lightbox.get_by_role("button", name="Download").first.click()
    data = Path(saving.value.path()).read_bytes()
    assert json.loads(embedded(data) or b"")["name"] == "Lights", "the file carries the graph that made it"
    canvas.press("Escape")

    history = panel(canvas, "Queue").get_by_role("button", name=re.compile("Lights")).first
    expect(history.locator("img")).to_have_js_property("naturalWidth", 128)
    assert answer.json()["state"] == "succeeded"


def test_a_video_of_the_gallery_becomes_a_node(canvas: Canvas, http: httpx.Client) -> None:
    http.post("/api/runs?wait=60", json={"graph": colours("Lamps")}).raise_for_status()
    tile = panel(canvas, "Gallery").get_by_role("button", name=re.compile("^Video: Lamps")).first
    expect(tile.locator("img")).to_have_js_property("complete", True)
    canvas.drag_points(middle(tile), (700, 420))
    expect(canvas.nodes).to_have_count(1)
    expect(canvas.nodes.first).to_have_attribute("aria-label", "Load video")
    expect(canvas.nodes.first.locator("img").first).to_have_js_property("naturalWidth", 160)


def test_a_video_file_that_is_dropped_becomes_a_node(canvas: Canvas, clip: Path) -> None:
    canvas.drop_file(clip, "video/webm")
    expect(canvas.nodes).to_have_count(1)
    expect(canvas.nodes.first).to_have_attribute("aria-label", "Load video")
    expect(canvas.nodes.first.locator("img").first).to_have_js_property("naturalWidth", 96)


def test_a_saved_video_opens_as_the_graph_it_came_from(canvas: Canvas, http: httpx.Client, tmp_path: Path) -> None:
    run = http.post("/api/runs?wait=60", json={"graph": colours("Signs")}).raise_for_status().json()
    query = {"download": "signs.mp4", "run": run["id"]}
    saved = tmp_path / "signs.mp4"
    saved.write_bytes(http.get(f"/api/artifacts/{artifact_of(run, 'show')}", params=query).content)
    with av.open(io.BytesIO(saved.read_bytes())) as container:
        assert container.streams.video[0].frames == 3, "players do not mind what is in it"
    canvas.drop_file(saved, "video/mp4")
    expect(canvas.nodes).to_have_count(7)
    expect(canvas.node("show")).to_be_visible()


def test_a_video_is_chosen_for_a_node_and_taken_apart(
    canvas: Canvas, http: httpx.Client, tmp_path: Path, clip: Path
) -> None:
    places = {"load": "video.load", "frames": "video.frames", "show": "image.preview"}
    nodes = [{"id": name, "type": kind, "position": {"x": 320 * index, "y": 0}}
             for index, (name, kind) in enumerate(places.items())]  # fmt: skip
    edges = [
        {"source": "load", "sourceHandle": "video", "target": "frames", "targetHandle": "video"},
        {"source": "frames", "sourceHandle": "images", "target": "show", "targetHandle": "images"},
    ]
    open_graph(canvas, http, {"format": "blockloom/1", "name": "Apart", "nodes": nodes, "edges": edges})
    widget = canvas.param("load", "video").get_by_text("Choose a video or drop one")
    Image.new("RGB", (8, 8)).save(tmp_path / "still.png")
    canvas.drop_file(tmp_path / "still.png", "image/png", at=widget)
    expect(canvas.toast("still.png is not a video.")).to_be_visible()
    canvas.drop_file(clip, "video/webm", at=widget)
    expect(canvas.param("load", "video").locator("img")).to_have_js_property("naturalWidth", 96)
    run = canvas.run()
    assert run["state"] == "succeeded" and run["outputs"]["show"]["images"]["length"] == 8
