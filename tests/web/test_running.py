"""Running: by key, in part, several times; what nodes, edges, title and icon show meanwhile; nodes switched off."""

import re

import httpx
import pytest
from playwright.sync_api import BrowserContext, Response, WebSocketRoute, expect

from tests.web.canvas import RUN_PATIENCE, Canvas, is_submission, place
from tests.web.test_building import choose, menu, opened, pick, sums, whole

FEW = 2
MANY = 900
"""Steps of a run that a test stops."""
UNUSED = "controlnet_union_inpainting"
"""A workflow that no other test looks at, so that the server does not know its ports yet."""


@pytest.fixture
def drawing(canvas: Canvas) -> Canvas:
    """The demo's text to image, open."""
    canvas.open_template("Text to image")
    return canvas


def test_a_run_shows_its_steps_previews_and_edges_while_it_goes_on(drawing: Canvas) -> None:
    canvas, page = drawing, drawing.page
    icon = page.locator("link[rel=icon]")
    usual = icon.get_attribute("href")
    canvas.fill("denoise", "num_inference_steps", str(MANY))
    canvas.fill("denoise", "seed", "5150")
    with page.expect_response(is_submission) as submission:
        canvas.press("Control+Enter")
    denoise = canvas.node("denoise")
    preview = denoise.locator("[data-preview]")
    expect(preview).to_have_js_property("complete", True, timeout=RUN_PATIENCE)
    first = preview.get_attribute("src")
    expect(preview).not_to_have_attribute("src", first or "")
    expect(denoise).to_contain_text(re.compile(rf"\d+/{MANY} · \d+ m?s left|\d+/{MANY} · .* left"))
    expect(canvas.edge("encode.embeddings->denoise.embeddings").locator(".wire")).to_have_class(re.compile("running"))
    expect(canvas.edge("decode.images->show.images").locator(".wire")).not_to_have_class(re.compile("running"))
    canvas.expect_state("encode", "succeeded|cached")
    assert canvas.states()["decode"] == canvas.states()["show"] == "queued"
    expect(icon).to_have_attribute("href", re.compile("^data:image/png"))

    box = place(denoise)
    canvas.button("Stop").click()
    run = canvas.wait_for_run(submission.value.json()["id"])
    assert run["state"] == "cancelled"
    canvas.expect_state("denoise", "cancelled")
    expect(page.locator(".wire.running")).to_have_count(0)
    expect(icon).to_have_attribute("href", re.compile(re.escape(usual or "")))
    after = place(denoise)
    assert (after["width"], after["y"]) == (box["width"], box["y"]), "what has been seen keeps its place"


def test_a_batch_runs_several_times_with_other_seeds(drawing: Canvas, http: httpx.Client) -> None:
    canvas, page = drawing, drawing.page
    canvas.fill("denoise", "num_inference_steps", str(FEW))
    canvas.button("More ways to run").click()
    pick(canvas, "Batch count", "Other number")
    dialog = page.get_by_role("dialog")
    number = dialog.get_by_role("textbox")
    number.fill("0")
    expect(dialog.get_by_role("button", name="Set batch count")).to_be_disabled()
    number.fill("3")
    canvas.press("Enter")
    expect(canvas.button("Run")).to_contain_text("×3")
    answers: list[Response] = []

    def third(answer: Response) -> bool:
        if is_submission(answer):
            answers.append(answer)
        return len(answers) == 3

    with page.expect_event("response", third):
        canvas.button("Run").click()
    runs = [canvas.wait_for_run(answer.json()["id"]) for answer in answers]
    assert [run["state"] for run in runs] == ["succeeded"] * 3
    seeds = [node["params"].get("seed") for run in runs for node in run["graph"]["nodes"] if node["id"] == "denoise"]
    assert len(set(seeds)) == 3


def test_a_bypassed_node_lets_through_and_a_muted_one_holds_up(canvas: Canvas, http: httpx.Client) -> None:
    red = {"id": "red", "type": "image.solid", "params": {"width": 8, "height": 8, "color": "red"}}
    invert = {"id": "invert", "type": "image.invert", "position": {"x": 320, "y": 0}}
    show = {"id": "show", "type": "image.preview", "position": {"x": 640, "y": 0}}
    other = {**whole("one", value=1), "position": {"x": 0, "y": 300}}
    opened(
        canvas, http, "r-modes", [red, invert, show, other], ("red.image->invert.image", "invert.image->show.images")
    )
    choose(canvas, "invert")
    canvas.press("b")
    run = canvas.run()
    assert run["state"] == "succeeded"
    assert "invert" not in run["nodes"]
    canvas.press("m")
    expect(canvas.node("invert")).to_have_attribute("data-mode", "muted")
    run = canvas.run()
    assert "invert" not in run["nodes"]
    assert (run["nodes"]["show"]["state"], run["nodes"]["show"]["because"]) == ("skipped", "invert")
    canvas.expect_state("show", "skipped")
    expect(canvas.node("show")).to_contain_text("Skipped: needs Invert")


def test_run_to_here_and_run_selection_run_no_more_than_is_needed(canvas: Canvas, http: httpx.Client) -> None:
    nodes = [whole("one", value=2), sums("half"), {**sums("whole"), "position": {"x": 640, "y": 0}}]
    opened(canvas, http, "r-part", nodes, ("one.number->half.a", "half.result->whole.a"))
    menu(canvas, canvas.node("half").locator("header"), "Run to here")
    canvas.expect_state("half", "succeeded|cached")
    canvas.expect_state("whole", "idle")
    choose(canvas, "whole")
    canvas.press("Control+Shift+Enter")
    canvas.expect_state("whole", "succeeded")
    canvas.expect_state("half", "cached")
    choose(canvas, "one")
    canvas.button("More ways to run").click()
    pick(canvas, "Run to selected")
    canvas.expect_state("one", "cached")
    canvas.expect_state("whole", "idle")


# Ports that are not known yet


class Held:
    """The websocket of pages to be opened, which keeps news of the catalogue back until they are let go."""

    def __init__(self, context: BrowserContext) -> None:
        self._kept: list[tuple[WebSocketRoute, str | bytes]] | None = []
        context.route_web_socket(re.compile("/api/ws"), self._connect)

    def _connect(self, page_side: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self._kept is not None and isinstance(message, str) and "catalogue_changed" in message:
                self._kept.append((page_side, message))
            else:
                page_side.send(message)

        page_side.connect_to_server().on_message(pass_on)

    def let_go(self) -> None:
        kept, self._kept = self._kept or [], None
        for page_side, message in kept:
            page_side.send(message)


def test_a_node_whose_ports_are_being_found_out_shows_a_skeleton(context: BrowserContext, http: httpx.Client) -> None:
    load = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo", "workflow": UNUSED}}
    stage = {"id": "stage", "type": "diffusion.block", "params": {"block": "denoise"}, "position": {"x": 320, "y": 0}}
    edge = {"source": "load", "sourceHandle": "pipeline", "target": "stage", "targetHandle": "pipeline"}
    graph = {"format": "blockloom/1", "name": "r-pending", "nodes": [load, stage], "edges": [edge]}
    http.put("/api/graphs/r-pending", json=graph).raise_for_status()
    held, canvas = Held(context), Canvas(context.new_page())
    canvas.open("g/r-pending")
    stage_node = canvas.node("stage")
    expect(stage_node.locator("[data-skeleton]").first).to_be_visible()
    expect(stage_node.get_by_label("Finding out the ports of this node")).to_be_visible()
    http.post("/api/compile?settle=true", json=graph).raise_for_status()
    held.let_go()
    expect(canvas.handle("stage", "latents", "source")).to_be_visible()
    expect(canvas.page.locator("[data-skeleton], [data-pending]")).to_have_count(0)
