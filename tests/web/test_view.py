"""Looking at a graph: minimap, zoom and grid with the mouse; by touch; on small screens."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.canvas import Canvas, middle, place
from tests.web.conftest import PATIENCE, Complaints
from tests.web.test_building import choose, header, opened, saved, sums, undo, whole

Open = Callable[..., Canvas]
Place = tuple[float, float]


@pytest.fixture
def window(browser: Browser, address: str, complaints: Complaints) -> Iterator[Open]:
    """Opens the canvas in a window of a size, with or without touch."""
    contexts = []

    def opening(width: int, height: int, *, touch: bool = False) -> Canvas:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        complaints.listen(context, address)
        canvas = Canvas(context.new_page())
        canvas.open()
        return canvas

    yield opening
    for context in contexts:
        context.close()
    assert complaints.unexpected() == []


def zoom_of(canvas: Canvas) -> int:
    """What the corner of the canvas says, in per cent."""
    return int(re.sub(r"\D", "", canvas.page.get_by_role("button", name=re.compile("^Zoom [0-9]+ %")).inner_text()))


def still(canvas: Canvas) -> str:
    """Where the view is, once nothing moves it any more."""
    view = canvas.page.locator(".react-flow__viewport")
    before = ""
    while (now := view.get_attribute("style") or "") != before:
        before = now
        canvas.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return now


# Mouse


def test_the_view_is_moved_in_the_minimap_and_zoomed_to_what_is_selected(canvas: Canvas, http: httpx.Client) -> None:
    far = {**sums(), "position": {"x": 2600, "y": 1500}}
    opened(canvas, http, "v-map", [whole("one"), far], ("one.number->sum.a",))
    choose(canvas, "one")
    canvas.press(".")
    expect(canvas.page.get_by_role("button", name="Zoom 125 %, back to 100 %")).to_be_visible()
    assert abs(middle(canvas.node("one"))[0] - middle(canvas.pane)[0]) < 3
    expect(canvas.node("sum")).to_have_count(0)

    overview = canvas.page.get_by_role("img", name="Overview of the graph")
    x, y = middle(overview)
    before = still(canvas)
    canvas.drag_points((x - 60, y - 40), (x + 50, y + 30))
    assert still(canvas) != before
    expect(canvas.node("one")).to_have_count(0)
    box = place(overview)
    canvas.page.mouse.click(box["x"] + 20, box["y"] + 20)  # the corner where "one" lies
    expect(canvas.node("one")).to_be_in_viewport()
    canvas.button("Overview of the graph").click()
    expect(overview).to_have_count(0)
    canvas.focus_pane()
    canvas.press("f")
    expect(canvas.nodes).to_have_count(2)
    canvas.page.mouse.move(*middle(canvas.pane))
    fitted = zoom_of(canvas)
    canvas.page.mouse.wheel(0, -400)
    expect(canvas.page.get_by_role("button", name=f"Zoom {fitted} %, back to 100 %")).to_have_count(0)
    assert zoom_of(canvas) > fitted
    canvas.button("Overview of the graph").click()
    expect(overview).to_be_visible()


def test_from_afar_nodes_are_boxes_that_can_be_chosen_and_moved(canvas: Canvas, http: httpx.Client) -> None:
    far = {**sums(), "position": {"x": 9000, "y": 6000}}
    opened(canvas, http, "v-far", [whole("one"), far], ("one.number->sum.a",))
    canvas.focus_pane()
    canvas.press("f")
    expect(canvas.nodes).to_have_count(2)
    expect(canvas.node("one")).to_have_attribute("data-simple", "")
    expect(canvas.node("one")).to_have_text("")
    one = place(canvas.node("one"))
    boxes = canvas.page.locator(".far-nodes path").evaluate_all(
        "shapes => shapes.map(shape => shape.getBoundingClientRect()).map(({ x, y }) => [x, y])"
    )
    assert min(abs(x - one["x"]) + abs(y - one["y"]) for x, y in boxes) < 2

    x, y = middle(canvas.node("one"))
    canvas.page.mouse.click(x, y)
    expect(canvas.page.locator(".react-flow__node.selected [data-node]")).to_have_attribute("data-node", "one")
    canvas.drag_points((x, y), (x + 100, y + 60))
    assert saved(canvas, http, "v-far")["nodes"][0]["position"]["x"] > 500
    undo(canvas, "move one")


def test_with_the_grid_on_nodes_snap_to_it(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "v-snap", [{**whole("one"), "position": {"x": 3, "y": 5}}])

    def dragged() -> dict[str, float]:
        x, y = middle(header(canvas, "one"))
        canvas.drag_points((x, y), (x + 101, y + 67))
        position: dict[str, float] = saved(canvas, http, "v-snap")["nodes"][0]["position"]
        return position

    loose = dragged()
    assert abs(loose["x"] - 104) < 14
    assert abs(loose["y"] - 72) < 14
    canvas.button("Settings").click()
    canvas.page.get_by_role("switch", name="Snap to the grid").click()
    canvas.press("Escape")
    snapped = dragged()
    assert (snapped["x"] % 12, snapped["y"] % 12) == (0, 0)
    undo(canvas, "move one")


# Touch


class Fingers:
    """One or two fingers on a page."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)

    def move(self, *paths: tuple[Place, Place], steps: int = 8) -> None:
        """Put each finger down at the start of its path and lift it at the end."""
        self._send("touchStart", [start for start, _ in paths])
        for step in range(1, steps + 1):
            share = step / steps
            self._send("touchMove", [_between(start, end, share) for start, end in paths])
        self._send("touchEnd", [])

    def _send(self, kind: str, places: list[Place]) -> None:
        points: list[dict[str, Any]] = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def _between(start: Place, end: Place, share: float) -> Place:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def test_fingers_pan_zoom_run_and_open_a_picture_on_a_tablet(window: Open, http: httpx.Client) -> None:
    canvas = window(1024, 768, touch=True)
    fill = {"id": "fill", "type": "image.solid", "params": {"width": 96, "height": 96, "color": "teal"}}
    show = {"id": "show", "type": "image.preview", "position": {"x": 320, "y": 0}}
    opened(canvas, http, "v-touch", [fill, show], ("fill.image->show.images",))
    fingers = Fingers(canvas.page)
    x, y = middle(canvas.pane)
    low = y + 220
    before = middle(header(canvas, "fill"))
    fingers.move(((x, low), (x + 60, low - 40)))
    still(canvas)
    after = middle(header(canvas, "fill"))
    assert abs(after[0] - before[0] - 60) < 12
    assert abs(after[1] - before[1] + 40) < 12

    zoom = zoom_of(canvas)
    fingers.move(((x - 40, low), (x - 80, low)), ((x + 40, low), (x + 80, low)))
    still(canvas)
    assert zoom_of(canvas) > 1.5 * zoom
    canvas.button("Zoom to fit").tap()
    still(canvas)

    with canvas.page.expect_response(lambda answer: answer.url.endswith("/api/runs")):
        canvas.button("Run").tap()
    canvas.expect_state("show", "succeeded")
    still(canvas)
    canvas.node("show").get_by_role("button", name="Open the picture").tap()
    expect(canvas.page.get_by_role("dialog").get_by_role("img").first).to_be_visible()


# Small screens


def test_at_1024_px_the_inspector_lies_over_the_canvas(window: Open, http: httpx.Client) -> None:
    canvas = window(1024, 768)
    opened(canvas, http, "v-1024", [whole("one"), sums()], ("one.number->sum.a",))
    assert canvas.page.evaluate("document.documentElement.scrollWidth") == 1024
    inspector = canvas.page.get_by_role("complementary", name="Inspector")
    expect(inspector).to_have_count(0)
    wide = place(canvas.pane)
    canvas.button("Show inspector").click()
    expect(inspector).to_be_visible()
    assert place(canvas.pane) == wide
    for name in ("Run", "Stop", "Settings", "Menu", "Undo"):
        expect(canvas.button(name)).to_be_in_viewport(ratio=1)
    canvas.button("Hide inspector").click()
    expect(inspector).to_have_count(0)


def test_a_phone_looks_at_a_workflow_and_runs_it_but_changes_nothing_by_accident(
    window: Open, http: httpx.Client
) -> None:
    canvas = window(390, 780, touch=True)
    fill = {"id": "fill", "type": "image.solid", "params": {"width": 64, "height": 64, "color": "navy"}}
    show = {"id": "show", "type": "image.preview", "position": {"x": 0, "y": 320}}
    opened(canvas, http, "v-phone", [fill, show], ("fill.image->show.images",))
    assert canvas.page.evaluate("document.documentElement.scrollWidth") == 390
    for region in ("navigation", "complementary"):
        expect(canvas.page.get_by_role(region).filter(visible=True)).to_have_count(1 if region == "navigation" else 0)
    before = still(canvas)
    x, y = middle(header(canvas, "fill"))
    Fingers(canvas.page).move(((x, y), (x + 50, y + 60)))  # over a node, too, it moves the view
    assert still(canvas) != before
    assert http.get("/api/graphs/v-phone").json()["nodes"][0].get("position", {"x": 0, "y": 0}) == {"x": 0, "y": 0}
    expect(canvas.tabs).to_have_count(1)
    with canvas.page.expect_response(lambda answer: answer.url.endswith("/api/runs")):
        canvas.button("Run").tap()
    canvas.expect_state("show", "succeeded")
    canvas.button("Zoom to fit").tap()
    still(canvas)
    canvas.node("show").get_by_role("button", name="Open the picture").tap()
    expect(canvas.page.get_by_role("dialog").get_by_role("img").first).to_be_visible()
