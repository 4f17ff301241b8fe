"""What goes wrong: files that are no workflows, a server or worker that is gone, a socket with gaps, wrong clocks."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, WebSocketRoute, expect

from tests.bench.serving import free_port, start, wait_for
from tests.web.canvas import RUN_PATIENCE, WORKING, Canvas
from tests.web.conftest import PATIENCE, Complaints

LONG = 1000
"""Steps of a run that lasts longer than what happens during it."""
HUGE = 50 * 2**20
WORKER = "engine.worker.process"
"""Part of the command line of a worker."""


def strange(name: str) -> dict[str, Any]:
    """A graph with a node of a pack that is not installed, between two that are."""
    return {
        "format": "blockloom/1",
        "name": name,
        "nodes": [
            {"id": "said", "type": "value.text", "params": {"value": "hello"}},
            {
                "id": "magic", "type": "acme.enchant", "title": "Enchanter", "mode": "muted",
                "params": {"power": 11, "words": ["abra", {"deep": None}]}, "position": {"x": 360, "y": 0},
                "acme_state": {"cursed": False},
            },
            {"id": "joined", "type": "text.join", "position": {"x": 720, "y": 0}},
        ],
        "edges": [
            {"source": "said", "sourceHandle": "text", "target": "magic", "targetHandle": "incantation"},
            {"source": "magic", "sourceHandle": "spell", "target": "joined", "targetHandle": "texts"},
        ],
    }  # fmt: skip


def drawing(http: httpx.Client, graph_id: str, steps: int) -> None:
    """Save a graph that draws with the demo model, under a new id."""
    graph = http.get("/api/templates/text_to_image").raise_for_status().json()
    denoise = next(node for node in graph["nodes"] if node["id"] == "denoise")
    denoise["params"]["num_inference_steps"] = steps
    http.put(f"/api/graphs/{graph_id}", json=graph).raise_for_status()


def drop(canvas: Canvas, path: Path, text: str, mime: str = "application/json") -> None:
    path.write_text(text, encoding="utf-8")
    canvas.drop_file(path, mime)


def notifications(canvas: Canvas) -> Locator:
    return canvas.page.get_by_role("region", name="Notifications")


def banner(canvas: Canvas) -> Locator:
    return canvas.page.get_by_test_id("connection")


def test_a_graph_with_unknown_nodes_opens_with_placeholders_that_keep_everything(
    canvas: Canvas, tmp_path: Path
) -> None:
    graph = strange("Spell")
    drop(canvas, tmp_path / "spell.json", json.dumps(graph))
    expect(canvas.nodes).to_have_count(3)
    expect(canvas.node("magic")).to_have_attribute("aria-label", "Enchanter")
    expect(canvas.node("magic")).to_contain_text("acme.enchant")
    for edge in ("said.text->magic.incantation", "magic.spell->joined.texts"):
        expect(canvas.edge(edge)).to_be_attached()
    canvas.fill("said", "value", "goodbye")
    canvas.button("Menu").click()
    with canvas.page.expect_download() as download:
        canvas.page.get_by_role("menuitem", name="Export JSON").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    graph["nodes"][0]["params"]["value"] = "goodbye"
    kept = {node["id"]: node for node in exported["nodes"]}
    assert kept["magic"] == graph["nodes"][1]
    assert kept["said"]["params"] == graph["nodes"][0]["params"]
    assert exported["edges"] == graph["edges"]


def test_files_that_are_no_workflow_say_what_is_wrong_and_change_nothing(
    canvas: Canvas, context: BrowserContext, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.allow("415|422")
    drop(canvas, tmp_path / "broken.json", '{\n  "format": "blockloom/1",\n  "nodes": [}\n}')
    expect(canvas.toast("broken.json cannot be opened")).to_contain_text("line 3, column 13")
    drop(canvas, tmp_path / "comfy.json", json.dumps({"last_node_id": 1, "nodes": [{"id": 1}], "links": []}))
    expect(canvas.toast("comfy.json cannot be opened")).to_contain_text("it is a ComfyUI workflow")
    drop(canvas, tmp_path / "prompt.json", json.dumps({"3": {"class_type": "KSampler", "inputs": {}}}))
    expect(canvas.toast("prompt.json cannot be opened")).to_contain_text("a ComfyUI prompt in API format")
    drop(canvas, tmp_path / "letter.pdf", "%PDF", "application/pdf")
    expect(canvas.toast("letter.pdf cannot be opened")).to_contain_text("Drop a workflow (JSON)")
    for garbage in ("just some words", '{"nodes": 7}', "[[[[", "\u0000\ufffd" * 1000):
        canvas.page.evaluate("text => navigator.clipboard.writeText(text)", garbage)
        canvas.focus_pane()
        canvas.press("Control+v")
        toast = canvas.toast("The clipboard holds no nodes")
        toast.get_by_role("button", name="Dismiss").click()
        expect(toast).to_have_count(0)
    expect(canvas.nodes).to_have_count(0)
    expect(canvas.tabs).to_have_text(["Untitled"])


def test_a_huge_file_that_only_claims_to_be_an_image_is_refused(
    canvas: Canvas, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.allow("415|422")
    canvas.add_node("whole number")
    target = canvas.pane
    transfer = canvas.page.evaluate_handle(
        """size => {
            const parts = Array.from({ length: size / 65536 }, () => crypto.getRandomValues(new Uint8Array(65536)));
            const transfer = new DataTransfer();
            transfer.items.add(new File(parts, "holiday.png", { type: "image/png" }));
            return transfer;
        }""",
        HUGE,
    )
    target.dispatch_event("drop", {"dataTransfer": transfer, "clientX": 700, "clientY": 500})
    toast = canvas.toast("holiday.png was not uploaded")
    expect(toast).to_be_visible()
    expect(toast).to_contain_text("PNG, JPEG, WebP")
    expect(canvas.page.get_by_text("Uploading holiday.png")).to_have_count(0)
    expect(canvas.nodes).to_have_count(1)


class OwnServer:
    """A server that a test may stop and start again, on the same port with the same data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self.url, self.process = start(self.data, self.port)
        wait_for(f"{self.url}/api/health")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "data")
    yield server
    server.stop()


def test_a_server_that_is_gone_for_a_while_is_waited_for(
    own: OwnServer, browser: Browser, complaints: Complaints
) -> None:
    complaints.allow("ERR_CONNECTION_|WebSocket|ERR_INCOMPLETE|ERR_EMPTY")
    context = browser.new_context(base_url=own.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    complaints.listen(context, own.url)
    canvas = Canvas(context.new_page())
    with httpx.Client(base_url=own.url) as http:
        drawing(http, "lasting", LONG)
    canvas.open("g/lasting")
    canvas.start()
    canvas.expect_state("denoise", "running")
    own.stop()
    expect(banner(canvas)).to_contain_text("The server does not answer")
    canvas.fill("encode", "prompt", "a blue square")
    expect(canvas.page.get_by_role("contentinfo", name="Status")).to_contain_text("kept in this browser")
    canvas.button("Run").click()
    expect(notifications(canvas)).to_contain_text("The server cannot be reached.")
    own.start()
    expect(banner(canvas)).to_have_count(0)
    expect(canvas.page.get_by_role("contentinfo", name="Status")).to_contain_text(re.compile(r"saved \d\d:\d\d"))
    expect(canvas.page.locator(WORKING)).to_have_count(0)
    expect(notifications(canvas)).to_contain_text("The server stopped while this run was running.")
    with httpx.Client(base_url=own.url) as http:
        nodes = http.get("/api/graphs/lasting").json()["nodes"]
    assert next(node for node in nodes if node["id"] == "encode")["params"]["prompt"] == "a blue square"
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"
    context.close()
    assert complaints.unexpected() == []


def test_a_worker_that_is_killed_fails_the_run_with_a_reason_and_the_next_one_works(
    canvas: Canvas, http: httpx.Client
) -> None:
    drawing(http, "killed", LONG)
    canvas.open("g/killed")
    run_id = canvas.start()
    canvas.expect_state("denoise", "running")
    os.kill(worker_of(http), signal.SIGKILL)
    canvas.expect_state("denoise", "failed")
    reason = "The worker was killed by SIGKILL"
    expect(canvas.node("denoise").get_by_role("alert")).to_contain_text(reason)
    toast = notifications(canvas).get_by_role("alert").filter(has_text=reason)
    expect(toast.get_by_role("button", name="Show node")).to_be_visible()
    assert canvas.wait_for_run(run_id)["state"] == "failed"
    expect(banner(canvas)).to_have_count(0, timeout=RUN_PATIENCE)
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"
    expect(canvas.node("denoise").get_by_role("alert")).to_have_count(0)


def worker_of(http: httpx.Client) -> int:
    """The process of a server's worker."""
    server = str(http.get("/api/system").json()["pid"])
    return int(subprocess.run(["pgrep", "-P", server, "-f", WORKER], capture_output=True, check=True).stdout)


class Line:
    """The websocket between page and server, which a test can make lossy, or cut."""

    def __init__(self, context: BrowserContext) -> None:
        self.lossy = False
        self.routes: list[WebSocketRoute] = []
        context.route_web_socket(re.compile("/api/ws"), self._connect)

    def _connect(self, page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()
        self.routes.append(page_side)
        server_side.on_message(lambda message: None if self.lossy else page_side.send(message))

    def cut(self) -> None:
        self.routes[-1].close()


def test_after_a_gap_in_the_websocket_the_run_is_shown_as_it_is(
    context: BrowserContext, http: httpx.Client, complaints: Complaints
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    line = Line(context)
    canvas = Canvas(context.new_page())
    drawing(http, "gap", LONG)
    canvas.open("g/gap")
    line.lossy = True
    run_id = canvas.start()
    until_step(http, run_id, 3)
    expect(canvas.node("denoise")).to_have_attribute("data-state", "queued")
    line.lossy = False
    canvas.expect_state("denoise", "running")
    canvas.expect_state("encode", "succeeded|cached")
    expect(canvas.node("denoise")).to_contain_text(re.compile(rf"\d+/{LONG}"))
    context.set_offline(True)
    line.lossy = True
    line.cut()
    expect(banner(canvas)).to_be_visible()
    http.delete(f"/api/runs/{run_id}?keep=true")
    line.lossy = False
    context.set_offline(False)
    canvas.expect_state("denoise", "cancelled")
    expect(banner(canvas)).to_have_count(0)
    expect(canvas.page.locator(WORKING)).to_have_count(0)
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"


def until_step(http: httpx.Client, run_id: str, step: int) -> None:
    """Return when a run has come to a step of its denoise node."""
    with http.stream("GET", f"/api/runs/{run_id}/events") as stream:
        events = (json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: "))
        next(event for event in events if event["kind"] == "node_progress" and event["step"] >= step)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_changes_no_state_and_no_duration(
    context: BrowserContext, http: httpx.Client, days: int
) -> None:
    graph_id = "yesterday" if days < 0 else "tomorrow"
    drawing(http, graph_id, LONG)
    page = context.new_page()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=days))
    canvas = Canvas(page)
    canvas.open(f"g/{graph_id}")
    canvas.start()
    canvas.expect_state("denoise", "running")
    expect(canvas.node("denoise")).to_contain_text(
        re.compile(r"\d+/1000.* (s|min)( \d+ s)? left"), timeout=RUN_PATIENCE
    )
    canvas.button("Stop").click()
    canvas.expect_state("denoise", "cancelled")
    canvas.fill("denoise", "num_inference_steps", str(12 + days))
    assert canvas.run()["state"] == "succeeded"
    expect(canvas.node("denoise")).to_contain_text(re.compile(r"\d(\.\d)? m?s$"))
    canvas.button("Queue").click()
    newest = page.get_by_role("region", name="Queue").get_by_role("listitem").filter(has_text="Text to image").first
    expect(newest).to_contain_text(re.compile(r"\d s · now$"))
    expect(page.get_by_role("contentinfo", name="Status")).to_contain_text(re.compile(r"saved \d\d:\d\d"))
