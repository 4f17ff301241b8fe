"""How nodes read: labels in full, many advanced ports in order, what is left to do, told calmly."""

import re
from typing import Any

import httpx
from playwright.sync_api import expect

from tests.web.canvas import Canvas
from tests.web.test_building import opened

CUT_OFF = """() => [...document.querySelectorAll("[data-node] .truncate")]
    .filter((label) => label.scrollWidth > label.clientWidth)
    .map((label) => `${label.closest("[data-node]").dataset.node}: ${label.textContent}`)"""
COLUMNS, ACROSS, DOWN = 8, 340, 480
"""A grid for one node of each type."""


def test_no_label_of_any_node_is_cut_off(canvas: Canvas, http: httpx.Client) -> None:
    canvas.page.set_viewport_size({"width": 3400, "height": 3400})
    types = http.get("/api/catalogue").raise_for_status().json()["types"]
    nodes: list[dict[str, Any]] = [
        {"id": re.sub(r"\W", "_", each["type"]), "type": each["type"], "advanced": True,
         "position": {"x": index % COLUMNS * ACROSS, "y": index // COLUMNS * DOWN}}
        for index, each in enumerate(types)
    ]  # fmt: skip
    opened(canvas, http, "n-all", nodes)
    assert canvas.page.evaluate(CUT_OFF) == []

    load = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo"}}
    workflow = {"workflow": "controlnet_union_image2image"}  # too long to stand beside its label
    stages = [
        {"id": block or "whole", "type": "diffusion.block", "params": {"block": block}, "advanced": True}
        for block in ("", "text_encoder", "vae_encoder", "denoise", "decode")
    ]
    stages.append({**load, "id": "other", "params": {**load["params"], **workflow}, "position": {"x": 0, "y": 700}})
    opened(
        canvas,
        http,
        "n-stages",
        [load, *stages],
        tuple(f"load.pipeline->{each['id']}.pipeline" for each in stages[:-1]),
    )
    expect(canvas.page.locator("[data-pending]")).to_have_count(0)
    more = canvas.page.get_by_role("button", name=re.compile("^More ports"), expanded=False)
    for _ in range(more.count()):
        more.first.click()
    expect(more).to_have_count(0)
    expect(canvas.handle("denoise", "generator", "target")).to_be_visible()
    assert canvas.page.evaluate(CUT_OFF) == []


def test_many_advanced_ports_are_searched(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    denoise = canvas.node("denoise")
    denoise.get_by_role("button", name=re.compile("^Advanced")).click()
    expect(canvas.param("denoise", "sigmas")).to_be_visible()
    latents = canvas.handle("denoise", "latents", "target")
    expect(latents).to_have_count(0)
    search = denoise.get_by_role("searchbox", name="Find a port")
    search.fill("latents")
    expect(latents).to_be_visible()
    expect(canvas.param("denoise", "sigmas")).to_have_count(0)
    search.fill("sigm")
    expect(denoise).to_contain_text("1 found")
    canvas.fill("denoise", "sigmas", "[1, 0.5]")
    canvas.press("Escape")
    search.press("Escape")
    expect(canvas.param("denoise", "eta")).to_be_visible()
    denoise.get_by_role("button", name=re.compile("^More ports")).click()
    expect(latents).to_be_visible()
    denoise.get_by_role("button", name=re.compile("^Advanced")).click()
    expect(denoise).to_contain_text("1 changed")


def test_what_a_new_node_still_needs_is_told_calmly_by_its_titles(canvas: Canvas) -> None:
    canvas.add_node("Blur")
    blur = canvas.node("blur")
    expect(blur.get_by_role("note")).to_have_text("Image needs an edge.")
    expect(blur.get_by_role("alert")).to_have_count(0)
    canvas.add_node("Load image")
    expect(canvas.node("load_image").get_by_role("note")).to_have_text("Image needs a file.")


def test_a_new_note_takes_what_is_typed_at_once(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.focus_pane()
    canvas.press("n")
    canvas.page.keyboard.type("Not **now**")
    canvas.press("Escape")
    expect(canvas.page.locator("[data-note]")).to_have_text("Not now")
    expect(canvas.nodes).to_have_count(5)
