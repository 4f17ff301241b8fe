"""A workflow of Mellon on the canvas: what lies on the web is fetched when a person asks, and the rest is told."""

import io
import json
import re
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Route, expect

from tests.web.canvas import Canvas

SAMPLE = Path(__file__).parents[1] / "nodes" / "diffusion" / "mellon" / "dynamic_node.json"


def test_pictures_on_the_web_are_fetched_into_their_nodes(canvas: Canvas, http: httpx.Client) -> None:
    asked: list[str] = []

    def web(route: Route) -> None:
        """Stands in for the web, which tests do not reach: each address has a picture of its own width."""
        asked.append(json.loads(route.request.post_data or "")["url"])
        buffer = io.BytesIO()
        Image.new("RGB", (40 + len(asked), 30), "green").save(buffer, "PNG")
        kept = http.post("/api/artifacts", content=buffer.getvalue()).raise_for_status()
        route.fulfill(status=201, json=kept.json())

    canvas.page.route("**/api/artifacts/fetch", web)
    canvas.drop_file(SAMPLE, "application/json")
    dialog = canvas.page.get_by_role("dialog", name=re.compile("^Imported"))
    expect(dialog.get_by_text(re.compile("Load Image is Load image, 2 times"))).to_be_visible()
    dialog.get_by_role("button", name="Fetch the 2 pictures").click()
    expect(dialog.get_by_role("button", name=re.compile("Fetch"))).to_have_count(0)
    assert [url.rpartition("/")[2] for url in asked] == ["kangaroo.png", "turtle.png"]
    dialog.get_by_role("button", name="Close").last.click()
    for node, width in (("picture", 41), ("picture_2", 42)):
        expect(canvas.param(node, "image").locator("img")).to_have_js_property("naturalWidth", width)
    canvas.focus_pane()
    canvas.press("Control+z")
    expect(canvas.param("picture_2", "image").get_by_text("turtle.png")).to_be_visible()
