"""Looking at results: the queue and the history, the gallery and the lightbox, the inspector, and the dialogs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import FloatRect, Locator, expect

from tests.web.canvas import RUN_PATIENCE, Canvas, middle, place

HUGE = 1000
"""Steps of a run that lasts longer than the test which cancels it."""


def plain(name: str, color: str = "red", size: int = 64) -> dict[str, Any]:
    """A graph that costs nothing: one colour, shown."""
    return {
        "format": "blockloom/1",
        "name": name,
        "nodes": [
            {"id": "fill", "type": "image.solid", "params": {"color": color, "width": size, "height": size}},
            {"id": "show", "type": "image.preview", "position": {"x": 320, "y": 0}},
        ],
        "edges": [{"source": "fill", "sourceHandle": "image", "target": "show", "targetHandle": "images"}],
    }


def broken(name: str) -> dict[str, Any]:
    """A graph whose only node fails when it runs."""
    node = {"id": "sum", "type": "math.expression", "params": {"expression": "1 / a"}}
    return {"format": "blockloom/1", "name": name, "nodes": [node], "edges": []}


def submit(http: httpx.Client, graph: dict[str, Any], *, wait: int = 50, **more: Any) -> dict[str, Any]:
    run: dict[str, Any] = http.post(f"/api/runs?wait={wait}", json={"graph": graph, **more}).raise_for_status().json()
    return run


def picture_of(run: dict[str, Any]) -> str:
    """The artifact that the preview of a run shows."""
    artifact: str = run["outputs"]["show"]["images"]["items"][0]["artifact"]["id"]
    return artifact


@contextmanager
def busy(http: httpx.Client, name: str) -> Iterator[str]:
    """A run that keeps the worker busy meanwhile, so that others wait: its id."""
    graph = http.get("/api/templates/text_to_image").raise_for_status().json() | {"name": name}
    run = submit(http, graph, wait=0, overrides={"denoise.num_inference_steps": HUGE})
    try:
        yield run["id"]
    finally:
        if http.get(f"/api/runs/{run['id']}").json()["state"] in ("queued", "running"):
            http.delete(f"/api/runs/{run['id']}")


def panel(canvas: Canvas, name: str) -> Locator:
    """Open a panel at the left."""
    button = canvas.button(name)
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    return canvas.page.get_by_role("complementary", name=name)


def open_graph(canvas: Canvas, http: httpx.Client, graph: dict[str, Any]) -> None:
    """Save a graph on the server and open it."""
    graph_id = graph["name"].lower().replace(" ", "-")
    http.put(f"/api/graphs/{graph_id}", json=graph).raise_for_status()
    canvas.open(f"g/{graph_id}")
    expect(canvas.nodes.first).to_be_visible()


# The queue


def test_waiting_runs_are_reordered_and_cancelled(canvas: Canvas, http: httpx.Client) -> None:
    queue = panel(canvas, "Queue")
    with busy(http, "Slow"):
        for name in ("One", "Two", "Three"):
            submit(http, plain(name), wait=0)
        expect(queue.get_by_text("a large red circle on a blue background").first).to_be_visible()
        waiting = queue.locator("[draggable=true]").filter(has=canvas.page.get_by_role("button", name="Move up"))
        expect(waiting).to_have_text(["One", "Two", "Three"])
        expect(queue.get_by_role("heading", name="Waiting · 3")).to_be_visible()
        running = queue.get_by_role("progressbar", name="Slow")
        expect(running).to_be_visible()
        expect(queue.get_by_text(re.compile(r"^\d+ % · .* s$"))).to_be_visible()

        up = waiting.filter(has_text="Three").get_by_role("button", name="Move up")
        up.focus()
        canvas.press("Enter")
        expect(waiting).to_have_text(["One", "Three", "Two"])
        waiting.filter(has_text="Two").drag_to(waiting.filter(has_text="One"))
        expect(waiting).to_have_text(["Two", "One", "Three"])
        ids = http.get("/api/queue").json()["queued"]
        assert [http.get(f"/api/runs/{run}").json()["name"] for run in ids] == ["Two", "One", "Three"]

        waiting.filter(has_text="One").get_by_role("button", name="Cancel this run").click()
        expect(waiting).to_have_text(["Two", "Three"])
        queue.get_by_role("listitem").filter(has=canvas.page.get_by_role("progressbar")).get_by_role(
            "button", name="Cancel this run"
        ).click()
        expect(running).to_have_count(0)
    two = queue.get_by_role("listitem").filter(has=canvas.page.get_by_role("button", name="Two", exact=True))
    expect(two.get_by_role("button", name="Look at Two")).to_be_visible(timeout=RUN_PATIENCE)


def test_the_history_tells_how_runs_went_and_starts_them_again(canvas: Canvas, http: httpx.Client) -> None:
    good, bad = submit(http, plain("Good one", "teal")), submit(http, broken("Bad one"))
    assert (good["state"], bad["state"]) == ("succeeded", "failed")
    queue = panel(canvas, "Queue")

    def row(run: dict[str, Any]) -> Locator:
        return queue.locator(f'[data-run="{run["id"]}"]')

    expect(row(good).locator("img")).to_have_js_property("complete", True)
    expect(row(good)).to_contain_text(re.compile(r"\d m?s · (now|\d+ \w+\. ago)"))
    expect(row(bad)).to_contain_text(bad["problem"]["message"])

    queue.get_by_role("button", name="Actions for Good one").click()
    canvas.page.get_by_role("menuitem", name="Run again").click()
    expect(queue.get_by_role("button", name="Good one", exact=True)).to_have_count(2)

    row(bad).click(button="right")
    canvas.page.get_by_role("menuitem", name="Open as it was").click()
    expect(canvas.field("sum", "expression")).to_have_value("1 / a")
    canvas.expect_state("sum", "failed")

    row(bad).click(button="right")
    canvas.page.get_by_role("menuitem", name="Delete").click()
    expect(row(bad)).to_have_count(0)
    assert http.get(f"/api/runs/{bad['id']}").status_code == 404

    queue.get_by_role("searchbox").fill("no such run")
    expect(queue.get_by_text("No run matches")).to_be_visible()


def test_title_and_tab_show_how_far_a_run_is(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "900")
    canvas.fill("denoise", "seed", "31")
    run = canvas.start()
    expect(canvas.page).to_have_title(re.compile(r"^\d+ % · Text to image$"))
    expect(canvas.tabs.get_by_role("progressbar", name="Running")).to_be_visible()
    canvas.button("Stop").click()
    canvas.wait_for_run(run)
    expect(canvas.page).to_have_title("Text to image · Blockloom")
    expect(canvas.tabs.get_by_role("progressbar")).to_have_count(0)


# The gallery and the lightbox


def test_a_picture_of_the_gallery_is_used_opened_and_saved(canvas: Canvas, http: httpx.Client) -> None:
    run = submit(http, plain("Orange", "orange"))
    gallery = panel(canvas, "Gallery")
    tile = gallery.get_by_role("button", name=re.compile("^Orange,")).first
    expect(tile.locator("img")).to_have_js_property("complete", True)

    canvas.drag_points(middle(tile), (700, 420))
    expect(canvas.nodes).to_have_count(1)
    node = canvas.nodes.first
    expect(node).to_have_attribute("aria-label", "Load image")
    expect(node.locator("img").first).to_have_js_property("complete", True)

    tile.click(button="right")
    with canvas.page.expect_download() as saving:
        canvas.page.get_by_role("menuitem", name="Download").click()
    with Image.open(saving.value.path()) as saved:
        assert saved.getpixel((0, 0)) == (255, 165, 0)
        assert '"image.solid"' in str(saved.info["blockloom"]), "the file carries the graph that made it"

    tabs = canvas.tabs.count()
    tile.click(button="right")
    canvas.page.get_by_role("menuitem", name="Open its workflow").click()
    expect(canvas.tabs).to_have_count(tabs + 1)
    canvas.expect_state("show", "succeeded|cached")
    assert http.get(f"/api/artifacts/{picture_of(run)}").is_success


def test_the_lightbox_zooms_pans_and_compares(canvas: Canvas, http: httpx.Client) -> None:
    submit(http, plain("Left", "navy", 96))
    submit(http, plain("Right", "gold", 96))
    panel(canvas, "Gallery").get_by_role("button", name=re.compile("^Right,")).first.click()
    box = canvas.page.get_by_role("dialog")
    picture = box.get_by_role("img", name=re.compile("^Right ·"))
    expect(picture).to_be_visible()
    fitted = place(picture)
    for _ in range(6):
        canvas.press("+")
    zoomed = settled(picture)
    assert zoomed["width"] > fitted["width"]
    canvas.drag_points((720, 450), (780, 480))
    assert abs(settled(picture)["x"] - zoomed["x"] - 60) < 2
    for scale in ("800 %", "100 %"):  # fitted, then actual size
        canvas.press("0")
        expect(box.get_by_text(scale, exact=True)).to_be_visible()

    box.get_by_role("button", name="Compare with").click()
    canvas.page.get_by_role("menuitem").filter(has_text="Left").first.click()
    divider = box.get_by_role("slider", name="Divider between the two pictures")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    divider.focus()
    canvas.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "48")
    canvas.press("End")
    expect(divider).to_have_attribute("aria-valuetext", "100 %")
    box.get_by_role("button", name="Stop comparing").click()

    canvas.press("ArrowRight")
    expect(box.get_by_role("img", name=re.compile("^Left ·"))).to_be_visible()
    box.get_by_role("button", name="Details").click()
    expect(box.get_by_text("96 × 96 px")).to_be_visible()
    canvas.press("Escape")
    expect(box).to_have_count(0)


def settled(thing: Locator) -> FloatRect:
    """Where something is when its transitions have ended."""
    thing.evaluate("thing => Promise.allSettled(thing.getAnimations().map(({ finished }) => finished))")
    return place(thing)


# The models


def test_the_models_panel_lists_what_is_here_and_what_is_loaded(canvas: Canvas) -> None:
    canvas.open_template("Text to image")  # its repo widget asks for the models, too
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"
    models = panel(canvas, "Models")
    expect(models.get_by_role("region", name="On this machine").get_by_role("listitem")).to_contain_text(["demo"])
    expect(models.get_by_role("region", name="In memory").get_by_role("listitem").first).to_be_visible()


# The inspector


def inspector(canvas: Canvas, tab: str) -> Locator:
    canvas.page.get_by_role("complementary", name="Inspector").get_by_role("tab", name=tab).click()
    return canvas.page.get_by_role("tabpanel")


def choose(canvas: Canvas, node: str) -> None:
    """Select a node by its header."""
    canvas.node(node).click(position={"x": 40, "y": 12})


def test_the_inspector_tells_all_about_a_node(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "2")
    canvas.fill("denoise", "seed", "71")
    assert canvas.run()["state"] == "succeeded"
    canvas.fill("denoise", "seed", "72")
    run = canvas.run()
    assert run["state"] == "succeeded"

    choose(canvas, "denoise")
    about = inspector(canvas, "Node")
    expect(about.get_by_role("textbox", name="Title")).to_have_value("Denoise")
    expect(about.get_by_role("button", name="Documentation").first).to_be_visible()
    for part in ("Inputs", "Outputs", "Last run", "Why did this run again?"):
        expect(about.get_by_role("button", name=part)).to_be_visible()
    expect(about.get_by_role("listitem").filter(has_text=re.compile("^Seed"))).to_contain_text("int")
    expect(about.get_by_text(re.compile(r"^\d+(\.\d)? m?s$"))).to_be_visible()
    expect(about.get_by_title(run["nodes"]["denoise"]["key"])).to_be_visible()
    expect(about).to_contain_text(re.compile(r"shape1 × 4 × 16 × 16type\s*float.*min.*max.*mean", re.I | re.S))
    about.get_by_role("button", name="Why did this run again?").click()
    expect(about.get_by_text("seed changed from 71 to 72.")).to_be_visible()

    choose(canvas, "decode")
    expect(about.locator("img").first).to_have_js_property("naturalWidth", 128)
    choose(canvas, "show")
    expect(about.locator("img").first).to_have_js_property("complete", True)
    about.get_by_role("button").filter(has=canvas.page.locator("img")).first.click()
    expect(canvas.page.get_by_role("dialog").get_by_role("toolbar")).to_be_visible()
    canvas.press("Escape")

    rows = inspector(canvas, "Run")
    rows.get_by_role("button", name="Encode prompt").click()
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_attribute("data-id", "encode")


def test_what_a_run_did_not_need_says_so_and_still_shows_its_values(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "2")
    pictures = {}
    for seed in ("76", "77"):
        canvas.fill("denoise", "seed", seed)
        assert canvas.run()["state"] == "succeeded"
        pictures[seed] = canvas.node("denoise").locator("[data-preview]").get_attribute("src")
    canvas.fill("denoise", "seed", "76")
    assert canvas.run()["state"] == "succeeded"
    unneeded = dict.fromkeys(("encode", "denoise", "decode"), "unneeded")
    assert canvas.states() == {"load": "cached", **unneeded, "show": "cached"}
    expect(canvas.node("decode")).to_contain_text("not needed")
    preview = canvas.node("denoise").locator("[data-preview]")
    expect(preview).not_to_have_attribute("src", pictures["77"] or "")
    expect(preview).to_have_js_property("complete", True)

    choose(canvas, "decode")
    about = inspector(canvas, "Node")
    expect(about.locator("img").first).to_have_js_property("naturalWidth", 128)
    expect(about.get_by_text("Results further on were at hand")).to_be_visible()
    choose(canvas, "denoise")
    expect(about).to_contain_text(re.compile(r"shape1 × 4 × 16 × 16", re.I))


def test_a_failed_node_is_found_from_the_toast_and_the_problems(canvas: Canvas, http: httpx.Client) -> None:
    graph = broken("Division")
    words = {"id": "words", "type": "value.text", "params": {"value": "good morning"}, "position": {"x": 0, "y": 2400}}
    graph["nodes"].append(words)
    open_graph(canvas, http, graph)
    canvas.button("Run").click()
    canvas.expect_state("sum", "failed")
    toast = canvas.toast("Expression")
    choose(canvas, "words")
    outputs = inspector(canvas, "Node").get_by_role("listitem").filter(has_text="Text")
    expect(outputs.get_by_text("good morning").first).to_be_visible()
    toast.get_by_role("button", name="Show").click()
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_attribute("data-id", "sum")
    expect(canvas.node("sum")).to_be_in_viewport()

    canvas.focus_pane()
    problems = inspector(canvas, "Problems")
    expect(problems.get_by_text(re.compile("zero", re.I)).first).to_be_visible()
    problems.get_by_role("button", name="Show Expression on the canvas").click()
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_attribute("data-id", "sum")
    problems.get_by_role("button", name="Details").first.click()
    problems.get_by_role("button", name="Copy details").first.click()
    copied = canvas.page.evaluate("() => navigator.clipboard.readText()")
    assert "divides by zero" in copied and "Traceback" in copied


# The dialogs


def test_the_system_dialog_shows_the_worker_and_unloads_models(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"
    canvas.page.get_by_role("button", name="Worker: ").click()
    system = canvas.page.get_by_role("dialog", name="System")
    expect(system.get_by_text("Ready", exact=True)).to_be_visible()
    expect(system.get_by_text(re.compile(r"^(cpu|cuda)"))).not_to_have_count(0)
    unload = system.get_by_role("button", name=re.compile("^Unload "))
    expect(unload.first).to_be_visible()
    expect(system.get_by_text(re.compile(r"^\d+(\.\d)? MB · (cpu|cuda)")).first).to_be_visible()
    all_models = system.get_by_role("button", name="Unload all")
    (all_models if all_models.count() else unload.first).click()
    expect(system.get_by_text("None. A run loads what it needs.")).to_be_visible()
    assert canvas.page.request.get("/api/system").json()["worker"]["models"] == []


def test_settings_act_at_once_and_outlast_a_reload(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    root = canvas.page.locator("html")
    background = canvas.page.locator(".grid-dots")
    expect(background).to_be_visible()

    def settings() -> Locator:
        canvas.button("Settings").click()
        return canvas.page.get_by_role("dialog", name="Settings")

    def pick(name: str, option: str) -> None:
        dialog.get_by_role("combobox", name=name).click()
        canvas.page.get_by_role("option", name=option).click()

    dialog = settings()
    before = canvas.page.locator(".react-flow__edge-path").first.get_attribute("d")
    pick("Theme", "Dark")
    expect(root).to_have_attribute("data-theme", "dark")
    pick("Edges", "Straight")
    expect(canvas.page.locator(".react-flow__edge-path").first).not_to_have_attribute("d", before or "")
    dialog.get_by_role("switch", name="Show the grid").click()
    expect(background).to_have_count(0)
    dialog.get_by_role("switch", name="Show previews").click()
    canvas.press("Escape")

    canvas.page.reload()
    expect(canvas.nodes.first).to_be_visible()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(background).to_have_count(0)
    dialog = settings()
    expect(dialog.get_by_role("switch", name="Show previews")).not_to_be_checked()
    canvas.press("Escape")

    canvas.fill("denoise", "num_inference_steps", "300")
    canvas.fill("denoise", "seed", "88")
    run = canvas.start()
    expect(canvas.node("denoise").get_by_text(re.compile(r"^[2-9]\d/300"))).to_be_visible(timeout=RUN_PATIENCE)
    expect(canvas.node("denoise").locator("img")).to_have_count(0)
    dialog = settings()
    dialog.get_by_role("switch", name="Show previews").click()
    canvas.press("Escape")
    expect(canvas.node("denoise").locator("img")).to_be_visible()
    canvas.button("Stop").click()
    canvas.wait_for_run(run)


def test_a_question_mark_shows_all_shortcuts(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.focus_pane()
    canvas.press("?")
    sheet = canvas.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Undo", exact=True)).to_be_visible()
    canvas.press("Escape")
    expect(sheet).to_have_count(0)
