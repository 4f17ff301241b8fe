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
from tests.web.canvas import RUN_PATIENCE, Canvas, middle, place

PROMPT = 'a (red:1.2) cat, [blue] {dog} \\(really\\), "Gänse" — 猫 <lora:x:0.5>  two  blanks '


def opened(canvas: Canvas, http: httpx.Client, name: str, *nodes: dict[str, Any]) -> Canvas:
    """The canvas with these nodes side by side, in a graph that is saved on the server as `name`."""
    placed = [{"position": {"x": 400 * index, "y": 0}} | node for index, node in enumerate(nodes)]
    graph = {"format": "blockloom/1", "name": name, "nodes": placed, "edges": []}
    http.put(f"/api/graphs/{name}", json=graph).raise_for_status()
    canvas.open(f"g/{name}")
    expect(canvas.nodes).to_have_count(len(nodes))
    return canvas


def saved(canvas: Canvas, http: httpx.Client, name: str, node: str) -> dict[str, Any]:
    """The params of a node as the server has them, once all is saved."""
    expect(canvas.page.get_by_role("contentinfo", name="Status")).not_to_contain_text("not saved")
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


# Choices


def test_options_are_chosen_by_keyboard_and_a_long_list_is_searched(canvas: Canvas, http: httpx.Client) -> None:
    pipeline = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo"}}
    opened(canvas, http, "w-select", {"id": "resize", "type": "image.resize"}, pipeline)
    options = canvas.page.get_by_role("option")
    mode = canvas.param("resize", "mode").get_by_role("combobox", name="Mode")
    expect(mode).to_have_text("fill")
    mode.focus()
    canvas.press("ArrowDown")
    expect(options).to_have_text(["stretch", "fit", "fill", "pad"])
    canvas.press("ArrowDown")
    canvas.press("Enter")
    expect(mode).to_have_text("pad")
    expect(mode).to_be_focused()
    canvas.press("Enter")
    canvas.press("s")
    canvas.press("Enter")
    expect(mode).to_have_text("stretch")
    canvas.press("Enter")
    canvas.press("Home")
    canvas.press("Escape")
    expect(mode).to_have_text("stretch")

    workflow = canvas.param("load", "workflow").get_by_role("combobox", name="Workflow")
    expect(workflow).to_have_text("text2image", timeout=RUN_PATIENCE)
    workflow.focus()
    canvas.press("Enter")
    search = canvas.page.get_by_role("combobox", name="Search")
    expect(search).to_be_focused()
    canvas.page.keyboard.type("inpaint")
    expect(options.first).to_have_text("inpainting")
    expect(options.filter(has_not_text="inpaint")).to_have_count(0)
    canvas.press("Enter")
    expect(workflow).to_have_text("inpainting")
    assert saved(canvas, http, "w-select", "resize") == {"mode": "stretch"}
    assert saved(canvas, http, "w-select", "load") == {"repo": "demo", "workflow": "inpainting"}


@pytest.fixture
def shelf(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canvas]:
    """The canvas of a server with two models of its own in its models folder."""
    for name in ("tiny/landscapes", "tiny/portraits"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    monkeypatch.setenv("BLOCKLOOM_MODELS", str(tmp_path))
    with serving() as url:
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        canvas = Canvas(context.new_page())
        canvas.open()
        yield canvas
        context.close()


def test_a_repo_is_suggested_from_the_models_here_or_typed(shelf: Canvas) -> None:
    canvas = shelf
    canvas.add_node("Load pipeline")
    field = canvas.nodes.first.get_by_role("combobox", name="Repo")
    options = canvas.page.get_by_role("listbox", name="Repo").get_by_role("option")
    field.click()
    canvas.press("ArrowDown")
    expect(options).to_have_text(["demo", "tiny/landscapes", "tiny/portraits"])
    canvas.page.keyboard.type("tiny")
    expect(options).to_have_text(["tiny/landscapes", "tiny/portraits"])
    canvas.press("ArrowDown")
    canvas.press("ArrowDown")
    canvas.press("Enter")
    expect(field).to_have_value("tiny/portraits")
    expect(options).to_have_count(0)
    field.fill("someone/else")
    canvas.press("Enter")
    expect(field).to_have_value("someone/else")
    canvas.button("Repo: suggestions").click()
    options.filter(has_text="tiny/landscapes").click()
    expect(field).to_have_value("tiny/landscapes")


def test_a_colour_is_picked_or_typed(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "w-colour", {"id": "plain", "type": "image.solid"})
    field, picker = (
        canvas.page.get_by_role("textbox", name="Color", exact=True),
        canvas.page.get_by_label("Color: pick a colour"),
    )
    picker.fill("#12ab34")
    expect(field).to_have_value("#12ab34")
    field.fill("no colour")
    expect(canvas.page.get_by_role("tooltip", name="Enter a colour")).to_be_attached()
    canvas.press("Escape")
    expect(field).to_have_value("#12ab34")
    field.fill("tomato")
    canvas.press("Enter")
    expect(picker).to_have_value("#ff6347")
    assert saved(canvas, http, "w-colour", "plain") == {"color": "tomato"}


def test_json_that_is_wrong_says_where_and_is_not_kept(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "w-json", {"id": "data", "type": "value.json"})
    area = canvas.field("data", "value")
    area.click()
    canvas.page.keyboard.type('{"a": 1,\n "b": oops}')
    expect(canvas.page.get_by_role("tooltip")).to_contain_text(re.compile(r"not JSON: line 2, column 7"))
    canvas.focus_pane()
    expect(area).to_have_value('{"a": 1,\n "b": oops}')
    expect(area).to_have_attribute("aria-invalid", "true")
    assert saved(canvas, http, "w-json", "data") == {}
    area.fill('{"a": [1, 2],\n "b": null}')
    expect(canvas.page.get_by_role("tooltip")).to_have_count(0)
    area.blur()
    expect(area).to_have_value('{"a":[1,2],"b":null}')
    assert saved(canvas, http, "w-json", "data") == {"value": {"a": [1, 2], "b": None}}


# Params in general


def test_params_fold_are_marked_reset_explained_and_undone(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "w-params", {"id": "resize", "type": "image.resize"})
    node, width = canvas.node("resize"), canvas.field("resize", "width")
    fold = node.get_by_role("button", name="Advanced (1)")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(canvas.param("resize", "color")).to_have_count(0)
    fold.click()
    canvas.fill("resize", "color", "#ff0000")
    expect(label(canvas, "resize", "color")).to_have_attribute("data-changed", "")
    fold.click()
    expect(canvas.param("resize", "color")).to_have_count(0)
    expect(node.get_by_text("1 changed")).to_be_visible()

    mark = label(canvas, "resize", "width")
    expect(mark).not_to_have_attribute("data-changed", "")
    width.fill("640")
    canvas.press("Enter")
    expect(mark).to_have_attribute("data-changed", "")
    mark.dblclick()
    expect(width).to_have_value("1024")
    expect(mark).not_to_have_attribute("data-changed", "")
    assert saved(canvas, http, "w-params", "resize") == {"color": "#ff0000"}

    canvas.focus_pane()
    undo, redo = canvas.button("Undo"), canvas.button("Redo")
    undo.hover()
    expect(canvas.page.get_by_role("tooltip")).to_contain_text("Undo: reset Width")
    canvas.press("Control+z")
    expect(width).to_have_value("640")
    undo.click()
    expect(width).to_have_value("1024")
    redo.click()
    expect(width).to_have_value("640")
    canvas.press("Control+Shift+z")
    expect(width).to_have_value("1024")
    for _ in range(5):
        canvas.press("Control+z")
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(canvas.param("resize", "color")).to_have_count(0)
    expect(node.get_by_text("1 changed")).to_have_count(0)

    label(canvas, "resize", "width").hover()
    tip = canvas.page.get_by_role("tooltip")
    for words in ("Width in px", "int · 1 to 16384", "Default: 1024", "Double-click to set back"):
        expect(tip).to_contain_text(words)


# Seeds


def test_seeds_are_drawn_counted_and_kept_after_runs(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "w-seed", {"id": "seed", "type": "value.seed"})
    field = canvas.field("seed", "seed")
    item = canvas.page.get_by_role("menuitemcheckbox").or_(canvas.page.get_by_role("menuitem"))

    def menu(choice: str) -> None:
        canvas.page.get_by_role("button", name=re.compile("^After a run: ")).click()
        item.filter(has_text=choice).click()
        expect(item).to_have_count(0)

    def run() -> int:
        used: int = canvas.run()["graph"]["nodes"][0]["params"]["seed"]
        return used

    expect(field).to_have_attribute("placeholder", "random")
    first = run()
    expect(field).to_have_attribute("placeholder", str(first))
    expect(field).to_have_value("")
    second = run()
    assert second != first
    expect(field).to_have_attribute("placeholder", str(second))
    menu("Copy the seed of the last run")
    assert canvas.page.evaluate("navigator.clipboard.readText()") == str(second)
    menu("Keep the seed of the last run")
    expect(field).to_have_value(str(second))
    assert run() == second
    expect(field).to_have_value(str(second))
    assert field.evaluate("field => field.scrollWidth <= field.clientWidth"), "the seed is seen as a whole"

    menu("Count up by one")
    assert run() == second
    expect(field).to_have_value(str(second + 1))
    menu("Take a random seed")
    assert run() == second + 1
    expect(field).not_to_have_value(str(second + 1))
    canvas.page.get_by_role("button", name="After a run: Take a random seed").click()
    expect(item.filter(has_text=f"Seed of the last run: {second + 1}")).to_be_visible()
    item.filter(has_text="Keep the seed of the last run").click()
    expect(canvas.button("After a run: Keep the seed")).to_be_visible()
    assert run() == second + 1
    expect(field).to_have_value(str(second + 1))

    canvas.button("New random seed").click()
    expect(field).not_to_have_value(str(second + 1))
    menu("Let each run draw one")
    expect(field).to_have_value("")
    assert saved(canvas, http, "w-seed", "seed") == {}


# Files and masks


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A plain blue picture, 96 px wide and 64 px high."""
    path = tmp_path / "photo.png"
    Image.new("RGB", (96, 64), (20, 60, 220)).save(path)
    return path


def test_a_picture_is_chosen_dropped_and_cleared(canvas: Canvas, http: httpx.Client, photo: Path) -> None:
    opened(canvas, http, "w-image", {"id": "load", "type": "image.load"}, {"id": "size", "type": "image.size"})
    thumbnail = canvas.node("load").get_by_alt_text("Image: picture")
    choose = canvas.button("Image: Choose a picture or drop one")
    with canvas.page.expect_file_chooser() as chooser:
        choose.click()
    chooser.value.set_files(photo)
    expect(thumbnail).to_have_js_property("naturalWidth", 96)
    artifact = saved(canvas, http, "w-image", "load")["image"]
    assert Image.open(io.BytesIO(http.get(f"/api/artifacts/{artifact}").content)).size == (96, 64)

    thumbnail.hover()
    canvas.button("Image: clear").click()
    expect(choose).to_be_visible()
    expect(thumbnail).to_have_count(0)
    note = photo.with_name("note.txt")
    note.write_text("not a picture")
    canvas.drop_file(note, "text/plain", at=choose)
    expect(canvas.toast("note.txt is not a picture.")).to_be_visible()
    canvas.drop_file(photo, "image/png", at=choose)
    expect(thumbnail).to_have_js_property("naturalWidth", 96)
    assert saved(canvas, http, "w-image", "load") == {"image": artifact}
    expect(canvas.nodes).to_have_count(2)
    expect(canvas.tabs).to_have_count(1)


def test_a_mask_is_painted_on_the_picture_and_used_in_the_run(canvas: Canvas, http: httpx.Client, photo: Path) -> None:
    artifact = http.post("/api/artifacts", content=photo.read_bytes(), headers={"Content-Type": "image/png"}).json()
    opened(
        canvas, http, "w-mask",
        {"id": "photo", "type": "image.load", "params": {"image": artifact["id"]}},
        {"id": "mask", "type": "mask.load"},
        {"id": "show", "type": "image.preview"},
    )  # fmt: skip
    canvas.connect("mask", "mask", "show", "images")
    canvas.button("Paint mask").click()
    dialog = canvas.page.get_by_role("dialog", name="Paint mask")
    surface = dialog.get_by_test_id("mask-surface")
    expect(surface).to_be_visible()
    box = place(surface)

    def stroke(y: float) -> None:
        """From a quarter to three quarters of the width."""
        height = box["y"] + box["height"] * y
        canvas.drag_points((box["x"] + box["width"] / 4, height), (box["x"] + box["width"] * 3 / 4, height))

    stroke(0.25)
    stroke(0.75)
    undo, redo = dialog.get_by_role("button", name="Undo"), dialog.get_by_role("button", name="Redo")
    undo.click()
    undo.click()
    expect(undo).to_be_disabled()
    canvas.press("Control+Shift+z")
    canvas.press("Control+y")
    expect(redo).to_be_disabled()
    canvas.press("Control+z")
    stroke(0.5)
    expect(redo).to_be_disabled()
    canvas.press("e")
    expect(dialog.get_by_role("button", name="Erase")).to_have_attribute("aria-pressed", "true")
    canvas.drag_points(
        (box["x"] + box["width"] / 4, box["y"] + box["height"] / 2),
        (box["x"] + box["width"] / 3, box["y"] + box["height"] / 2),
    )
    dialog.get_by_role("button", name="Use this mask").click()
    expect(dialog).to_have_count(0)
    expect(canvas.node("mask").get_by_alt_text("Mask: picture")).to_have_js_property("naturalWidth", 96)

    run = canvas.run()
    assert run["state"] == "succeeded"
    shown = run["outputs"]["show"]["images"]["items"][0]["artifact"]["id"]
    mask = Image.open(io.BytesIO(http.get(f"/api/artifacts/{shown}").content)).convert("L")
    assert mask.size == (96, 64)
    painted, erased, undone, untouched = (mask.getpixel(at) for at in ((60, 16), (26, 32), (48, 48), (4, 4)))
    assert (painted, mask.getpixel((60, 32)), erased, undone, untouched) == (255, 255, 0, 0, 0)
