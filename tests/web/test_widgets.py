"""Widgets of params on real nodes: what is typed, dragged, chosen, dropped or painted is what the graph then holds."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.bench.serving import serving
from tests.web.canvas import Canvas, middle

PROMPT = 'a (red:1.2) cat, [blue] {dog} \\(really\\), "Gänse" — 猫 <lora:x:0.5>  two  blanks '


def opened(canvas: Canvas, http: httpx.Client, name: str, *nodes: dict[str, Any]) -> Canvas:
    """The canvas with these nodes side by side, in a graph that is saved on the server as `name`."""
    placed = [{"position": {"x": 320 * index, "y": 0}} | node for index, node in enumerate(nodes)]
    graph = {"format": "blockloom/1", "name": name, "nodes": placed, "edges": []}
    http.put(f"/api/graphs/{name}", json=graph).raise_for_status()
    canvas.open(f"g/{name}")
    expect(canvas.nodes).to_have_count(len(nodes))
    return canvas


def saved(canvas: Canvas, http: httpx.Client, name: str, node: str) -> dict[str, Any]:
    """The params of a node as the server has them, once all is saved."""
    expect(canvas.page.get_by_role("contentinfo", name="Status")).to_contain_text(re.compile(r"saved \d"))
    nodes = http.get(f"/api/graphs/{name}").raise_for_status().json()["nodes"]
    params: dict[str, Any] = next(each for each in nodes if each["id"] == node).get("params", {})
    return params


def label(canvas: Canvas, node: str, name: str) -> Locator:
    """The label beside a widget."""
    return canvas.param(node, name).locator("span[class*=items-center]").first


# Text


def test_a_prompt_is_kept_as_typed_and_weights_change_by_key(canvas: Canvas, http: httpx.Client) -> None:
    opened(
        canvas, http, "w-text",
        {"id": "prompt", "type": "value.text"}, {"id": "join", "type": "text.join"},
    )  # fmt: skip
    area = canvas.field("prompt", "value")
    area.click()
    canvas.page.keyboard.type(PROMPT + "\nsecond line")
    expect(area).to_have_value(PROMPT + "\nsecond line")
    assert saved(canvas, http, "w-text", "prompt") == {"value": PROMPT + "\nsecond line"}

    area.fill("a red cat")
    area.evaluate("field => field.setSelectionRange(2, 5)")
    canvas.press("Control+ArrowUp")
    expect(area).to_have_value("a (red:1.05) cat")
    canvas.press("Control+ArrowUp")
    expect(area).to_have_value("a (red:1.1) cat")
    assert area.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "red"
    for _ in range(3):
        canvas.press("Control+ArrowDown")
    expect(area).to_have_value("a (red:0.95) cat")
    canvas.press("Control+ArrowUp")
    expect(area).to_have_value("a red cat")
    area.evaluate("field => field.setSelectionRange(6, 9)")
    canvas.press("Control+ArrowUp")
    canvas.press("ArrowRight")
    canvas.page.keyboard.insert_text("x")
    expect(area).to_have_value("a red (catx:1.05)")
    canvas.press("Control+z")
    expect(area).to_have_value("a red (cat:1.05)")
    canvas.press("Control+z")
    expect(area).to_have_value("a red cat")

    line = canvas.field("join", "separator")
    line.click()
    canvas.press("Control+a")
    canvas.page.keyboard.type(" / ")
    expect(line).to_have_value(" / ")
    box = canvas.page.get_by_role("checkbox", name="Skip empty")
    expect(box).to_be_checked()
    box.click()
    expect(box).not_to_be_checked()
    canvas.press("Space")
    expect(box).to_be_checked()
    canvas.press("Space")
    expect(canvas.page.get_by_role("dialog")).to_have_count(0)
    assert saved(canvas, http, "w-text", "join") == {"separator": " / ", "skip_empty": False}


# Numbers


def test_numbers_are_worked_out_stepped_and_scrubbed(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "w-number", {"id": "plain", "type": "image.solid"}, {"id": "mix", "type": "image.blend"})
    width, height = canvas.field("plain", "width"), canvas.field("plain", "height")
    width.click()
    canvas.page.keyboard.type("512*2")
    canvas.press("Enter")
    expect(width).to_have_value("1024")
    canvas.press("ArrowUp")
    canvas.press("Shift+ArrowDown")
    expect(width).to_have_value("952")
    canvas.press("Control+a")
    canvas.page.keyboard.type("wide")
    canvas.press("Enter")
    expect(canvas.page.get_by_role("tooltip", name="Enter a number")).to_be_attached()
    expect(width).to_have_value("952")
    canvas.press("Control+a")
    canvas.page.keyboard.type("99999")
    canvas.press("Tab")
    expect(width).to_have_value("16384")
    expect(canvas.page.get_by_role("tooltip", name="Between 1 and 16384")).to_be_attached()
    expect(height).to_be_focused()
    canvas.focus_pane()

    x, y = middle(height)
    canvas.drag_points((x, y), (x + 40, y))
    expect(height).to_have_value(str(512 + 20 * 8))
    expect(height).not_to_be_focused()
    assert saved(canvas, http, "w-number", "plain") == {"width": 16384, "height": 672}
    canvas.focus_pane()
    canvas.press("Control+z")
    expect(height).to_have_value("512")

    opacity = canvas.field("mix", "opacity")
    for typed, kept in (("3", "1"), ("-1", "0"), ("1/4", "0.25")):
        opacity.fill(typed)
        canvas.press("Enter")
        expect(opacity).to_have_value(kept)
    opacity.blur()
    x, y = middle(opacity)
    canvas.drag_points((x, y), (x + 600, y))
    expect(opacity).to_have_value("1")
    assert saved(canvas, http, "w-number", "mix") == {"opacity": 1}
