"""The canvas as a person uses it: finds things by what they are called, and acts with mouse and keyboard."""

import re
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import FloatRect, Locator, Page, Response, expect

RUN_PATIENCE = 60_000
"""Milliseconds that a run of the demo model may take, the start of its worker included."""
STEPS = 10
"""Mouse moves per drag: the canvas follows moves, not jumps."""
Side = Literal["source", "target"]
WORKING = "[data-node]:is([data-state=queued], [data-state=running])"


class Canvas:
    """One page with the canvas in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # Opening

    def open(self, route: str = "") -> None:
        """Go to `/#/` and a route such as `g/my-graph`, and wait until the app is drawn."""
        self.page.goto(f"/#/{route}")
        expect(self.button("Run")).to_be_visible()

    def open_template(self, title: str) -> None:
        """Open a template from the gallery in the empty state or the panel."""
        self.page.get_by_role("button", name=title, exact=True).first.click()
        expect(self.nodes.first).to_be_visible()

    # Finding

    @property
    def pane(self) -> Locator:
        return self.page.get_by_test_id("canvas")

    @property
    def nodes(self) -> Locator:
        return self.page.locator("[data-node]")

    @property
    def tabs(self) -> Locator:
        """The open workflows."""
        return self.page.get_by_role("navigation", name="Open workflows").get_by_role("listitem")

    @property
    def edges(self) -> Locator:
        return self.page.locator(".react-flow__edge")

    def node(self, node_id: str) -> Locator:
        return self.page.locator(f'[data-node="{node_id}"]')

    def edge(self, edge_id: str) -> Locator:
        """An edge by its id, `source.port->target.port`."""
        return self.page.locator(f'.react-flow__edge[data-id="{edge_id}"]')

    def handle(self, node_id: str, port: str, side: Side | None = None) -> Locator:
        """The handle of a port; `side` tells an input from an output of the same name."""
        flow_node = self.page.locator(".react-flow__node").filter(has=self.node(node_id))
        return flow_node.locator(f'.react-flow__handle[data-handleid="{port}"]{f".{side}" if side else ""}')

    def param(self, node_id: str, name: str) -> Locator:
        """The label and the widget of a param, on the node itself."""
        return self.node(node_id).locator(f'[data-param="{name}"]')

    def field(self, node_id: str, name: str) -> Locator:
        """What a person types into."""
        return self.param(node_id, name).locator("input, textarea").first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).first

    def toast(self, text: str) -> Locator:
        return self.page.get_by_role("status").or_(self.page.get_by_role("alert")).filter(has_text=text).first

    # Acting

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def focus_pane(self) -> None:
        """Click on empty canvas, so that keys go there and nothing is selected."""
        self.pane.click(position={"x": 12, "y": 120})

    def fill(self, node_id: str, name: str, text: str) -> None:
        """Type into a param and leave it."""
        field = self.field(node_id, name)
        field.fill(text)
        field.blur()

    def drag(self, start: Locator, end: Locator) -> None:
        """Drag with the mouse from the middle of one thing to the middle of another."""
        start.scroll_into_view_if_needed()
        self.drag_points(middle(start), middle(end))

    def drag_points(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=STEPS)
        mouse.up()

    def connect(self, source: str, output: str, target: str, input_: str) -> None:
        """Draw an edge from an output to an input, and wait until it is there."""
        self.drag(self.handle(source, output, "source"), self.handle(target, input_, "target"))
        expect(self.edge(f"{source}.{output}->{target}.{input_}")).to_be_attached()

    def add_node(self, query: str) -> None:
        """Search in the palette and take the first that fits."""
        before = self.nodes.count()
        self.focus_pane()
        self.press("Space")
        palette = self.page.get_by_role("dialog", name="Add a node")
        palette.get_by_role("combobox").fill(query)
        expect(palette.get_by_role("option").first).to_be_visible()
        self.press("Enter")
        expect(self.nodes).to_have_count(before + 1)

    def drop_file(self, path: Path, mime: str, at: Locator | None = None) -> None:
        """Drop a file from the desktop onto the canvas or something in it."""
        target = at or self.pane
        x, y = middle(target)
        transfer = self.page.evaluate_handle(
            """([bytes, name, type]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
                return transfer;
            }""",
            [list(path.read_bytes()), path.name, mime],
        )
        for event in ("dragenter", "dragover", "drop"):
            target.dispatch_event(event, {"dataTransfer": transfer, "clientX": x, "clientY": y})

    # Running

    def start(self) -> str:
        """Press Run; the id of the run."""
        with self.page.expect_response(is_submission) as submission:
            self.button("Run").click()
        run_id: str = submission.value.json()["id"]
        return run_id

    def run(self) -> dict[str, Any]:
        """Press Run, wait for the end, and return the record of the run."""
        return self.wait_for_run(self.start())

    def wait_for_run(self, run_id: str) -> dict[str, Any]:
        """Wait until a run has ended and the canvas shows that."""
        events = self.page.request.get(f"/api/runs/{run_id}/events", timeout=RUN_PATIENCE)
        assert events.ok, "the events end with the run"
        expect(self.page.locator(WORKING)).to_have_count(0)
        run: dict[str, Any] = self.page.request.get(f"/api/runs/{run_id}").json()
        return run

    def expect_state(self, node_id: str, state: str) -> None:
        """Wait until a node is in one of the states of `state`, `cached|succeeded`."""
        expect(self.node(node_id)).to_have_attribute("data-state", re.compile(f"^({state})$"), timeout=RUN_PATIENCE)

    def states(self) -> dict[str, str]:
        """The state of each node that is drawn."""
        found: dict[str, str] = self.nodes.evaluate_all(
            "nodes => Object.fromEntries(nodes.map(node => [node.dataset.node, node.dataset.state]))"
        )
        return found


def is_submission(response: Response) -> bool:
    """Whether this answers a run that was just started."""
    return response.request.method == "POST" and response.url.endswith("/api/runs")


def place(thing: Locator) -> FloatRect:
    """Where something is on the page, once nothing moves it any more."""
    thing.element_handle().wait_for_element_state("stable")
    box = thing.bounding_box()
    assert box is not None, "it is not drawn"
    return box


def middle(thing: Locator) -> tuple[float, float]:
    """Where the middle of something is on the page, once nothing moves it any more."""
    box = place(thing)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
