"""The canvas for people who use a keyboard or a screen reader, or who want no motion."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.web.canvas import Canvas
from tests.web.conftest import PATIENCE, Complaints

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FIND_VIOLATIONS = """
async (allowed) => {
    const rules = Object.fromEntries(allowed.map((rule) => [rule, { enabled: false }]));
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${help}\\n  ${target.join(" ")}\\n  ${failureSummary}`));
}
"""
SETTLED = "() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished))"
"""Something that fades in is judged when it is there."""
PANELS = ("Nodes", "Templates", "Workflows", "Models", "Gallery", "Queue")
WHERE_FOCUS_IS = """
() => {
    const thing = document.activeElement;
    if (thing === document.body) return { name: "", tag: "body", region: "", shown: true };
    const around = [thing, thing.parentElement, thing.parentElement.parentElement, ...thing.querySelectorAll("*")];
    const looks = () => around.map((part) => {
        const { outline, boxShadow, borderColor, backgroundColor, stroke, strokeWidth } = getComputedStyle(part);
        return [outline, boxShadow, borderColor, backgroundColor, stroke, strokeWidth].join();
    }).join();
    const focused = looks();
    thing.blur();
    const blurred = looks();
    thing.focus({ focusVisible: true, preventScroll: true });
    return {
        name: thing.getAttribute("aria-label") ?? thing.innerText?.trim() ?? "",
        tag: thing.tagName.toLowerCase(),
        region: thing.closest("[data-node]")?.dataset.node
            ?? thing.closest("header, nav, aside, main, footer, [role=region]")?.getAttribute("aria-label") ?? "",
        shown: focused !== blurred,
    };
}
"""


WHAT_MOVES = """
() => document.getAnimations()
    .filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().duration > 100)
    .map(({ animationName, transitionProperty }) => animationName ?? transitionProperty)
"""
IN_ORDER = (
    "Open workflows: New workflow", ": Undo", ": Run", ": More ways to run", ": Settings", ": Menu", "Panels: Nodes",
    "Panels: Queue", "Nodes: Search nodes", "Canvas: Demo model", "load: Menu of Demo model", "load: Repo",
    "Canvas: Encode prompt", "encode: Prompt", "denoise: Seed", "Canvas: Preview image", "Canvas: Zoom to fit",
    "Inspector: Node", "Status: No problems",
)  # fmt: skip
"""Some of what Tab stops at, as `region: name`."""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    choice: Literal["light", "dark"] = request.param
    return choice


@pytest.fixture
def judged(
    browser: Browser, address: str, complaints: Complaints, scheme: Literal["light", "dark"]
) -> Iterator[Canvas]:
    """The canvas in light or dark, with axe-core in its page."""
    context = browser.new_context(
        base_url=address, viewport={"width": 1440, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=AXE)
    complaints.listen(context, address)
    canvas = Canvas(context.new_page())
    canvas.open()
    yield canvas
    context.close()
    assert complaints.unexpected() == []


class Findings:
    """What axe-core finds in each view that it is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def judge(self, view: str) -> None:
        """Look at what is shown now. A menu floats above the page, in no landmark."""
        allowed = ["region"] if view == "menu" else []
        self.page.mouse.move(720, 5)
        self.page.evaluate(SETTLED)
        self.found += [f"{view}: {violation}" for violation in self.page.evaluate(FIND_VIOLATIONS, allowed)]

    def expect_none(self) -> None:
        assert not self.found, "\n".join(self.found)


def test_no_violations_in_the_empty_state_and_the_panels(judged: Canvas, http: httpx.Client) -> None:
    run_small_graph(http)
    findings = Findings(judged.page)
    expect(judged.button("Text to image")).to_be_visible()
    findings.judge("empty state")
    judged.button("Nodes").click()
    expect(judged.page.get_by_role("heading", name="Nodes", exact=True)).to_have_count(0)
    for panel in PANELS:
        judged.page.get_by_role("button", name=panel, exact=True).first.click()
        expect(judged.page.get_by_role("heading", name=panel, exact=True).first).to_be_visible()
        judged.page.wait_for_load_state("networkidle")
        findings.judge(f"panel {panel}")
    findings.expect_none()


def test_no_violations_in_a_workflow_its_inspector_and_dialogs(judged: Canvas) -> None:
    findings = Findings(judged.page)
    judged.open_template("Text to image")
    judged.fill("denoise", "num_inference_steps", "2")
    assert judged.run()["state"] == "succeeded"
    expect(judged.node("show").locator("img")).to_be_visible()
    findings.judge("finished run")
    judged.node("decode").click(position={"x": 60, "y": 12})
    inspector = judged.page.get_by_role("complementary", name="Inspector")
    for tab in ("Node", "Run", "Problems"):
        inspector.get_by_role("tab", name=tab).click()
        findings.judge(f"inspector {tab}")
    for view, opened in dialogs(judged).items():
        expect(opened()).to_be_visible()
        judged.page.wait_for_load_state("networkidle")
        findings.judge(view)
        judged.press("Escape")
        expect(judged.page.get_by_role("dialog").or_(judged.page.get_by_role("menu"))).to_have_count(0)
    findings.expect_none()


def dialogs(canvas: Canvas) -> dict[str, Callable[[], Locator]]:
    """Ways to open each dialog, by what it is."""
    page = canvas.page

    def by_key(key: str, name: str) -> Locator:
        canvas.focus_pane()
        canvas.press(key)
        return page.get_by_role("dialog", name=name)

    def by_button(button: Locator, name: str) -> Locator:
        button.click()
        return page.get_by_role("dialog", name=name)

    def lightbox() -> Locator:
        canvas.node("show").get_by_role("button").filter(has=page.locator("img")).first.click()
        return page.get_by_role("dialog").get_by_role("toolbar")

    def menu() -> Locator:
        canvas.button("Menu").click()
        canvas.press("ArrowDown")
        return page.get_by_role("menu")

    return {
        "search palette": lambda: by_key("Space", "Add a node"),
        "shortcuts": lambda: by_key("?", "Keyboard shortcuts"),
        "settings": lambda: by_button(canvas.button("Settings"), "Settings"),
        "system": lambda: by_button(page.get_by_role("button", name="Worker: "), "System"),
        "lightbox": lightbox,
        "menu": menu,
    }


def run_small_graph(http: httpx.Client) -> dict[str, Any]:
    """A picture for the gallery and the queue."""
    graph = {
        "format": "blockloom/1",
        "name": "Plain",
        "nodes": [{"id": "fill", "type": "image.solid"}, {"id": "show", "type": "image.preview"}],
        "edges": [{"source": "fill", "sourceHandle": "image", "target": "show", "targetHandle": "images"}],
    }
    run: dict[str, Any] = http.post("/api/runs?wait=50", json={"graph": graph}).json()
    assert run["state"] == "succeeded"
    return run


def test_tab_reaches_everything_in_reading_order_and_shows_where_it_is(canvas: Canvas) -> None:
    canvas.page.emulate_media(reduced_motion="reduce")
    canvas.open_template("Text to image")
    expect(canvas.field("denoise", "seed")).to_be_visible()
    canvas.page.evaluate("() => document.activeElement?.blur()")
    stops: list[dict[str, Any]] = []
    for _ in range(160):
        canvas.press("Tab")
        stop = canvas.page.evaluate(WHERE_FOCUS_IS)
        if stop["tag"] == "body":
            break
        stops.append(stop)
    names = [f"{stop['region']}: {stop['name']}" for stop in stops]
    wanted = [name for name in IN_ORDER if name in names]
    assert wanted == list(IN_ORDER)
    assert [name for name in names if name in IN_ORDER] == wanted, "from the top left to the bottom right"
    hidden = [stop for stop in stops if not stop["shown"]]
    assert not hidden, "focus is visible everywhere"


def test_nothing_moves_for_people_who_want_no_motion(context: BrowserContext, http: httpx.Client) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    canvas = Canvas(page)
    canvas.open()
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "60")
    canvas.fill("denoise", "seed", "5150")
    run = canvas.start()
    canvas.expect_state("denoise", "running")
    moving = page.evaluate(WHAT_MOVES)
    canvas.button("Stop").click()
    canvas.wait_for_run(run)
    assert moving == []
