"""Workflows as files: tabs, saving, what happens when two change the same one, versions, and ways in and out."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as BrowserError

from tests.web.canvas import Canvas
from tests.web.conftest import Complaints

SCRIPT_PATIENCE = 60
"""Seconds that a command which was copied from the canvas may take."""

UNTIL_KEPT = """text => new Promise(resolve => {
  const look = () => JSON.stringify({ ...localStorage }).includes(text) ? resolve() : setTimeout(look, 20);
  look();
})"""
"""Resolves when the browser's storage holds a text."""


def words(name: str, text: str = "one") -> dict[str, Any]:
    """A graph that costs nothing: two texts, joined."""
    return {
        "format": "blockloom/1",
        "name": name,
        "nodes": [
            {"id": "first", "type": "value.text", "params": {"value": text}},
            {"id": "second", "type": "value.text", "params": {"value": "two"}, "position": {"x": 0, "y": 240}},
            {"id": "joined", "type": "text.join", "params": {"separator": "-"}, "position": {"x": 360, "y": 0}},
        ],
        "edges": [
            {"source": "first", "sourceHandle": "text", "target": "joined", "targetHandle": "texts"},
            {"source": "second", "sourceHandle": "text", "target": "joined", "targetHandle": "texts"},
        ],
    }


def put(http: httpx.Client, graph_id: str, graph: dict[str, Any]) -> int:
    """Save a graph as another program does; its revision."""
    current = http.get(f"/api/graphs/{graph_id}")
    headers = {"If-Match": current.headers["ETag"]} if current.is_success else {}
    answer = http.put(f"/api/graphs/{graph_id}", json=graph, headers=headers).raise_for_status()
    revision: int = answer.json()["revision"]
    return revision


def saved_text(http: httpx.Client, graph_id: str) -> str:
    """What the node `first` says in the graph that the server has."""
    nodes = http.get(f"/api/graphs/{graph_id}").raise_for_status().json()["nodes"]
    text: str = next(node for node in nodes if node["id"] == "first")["params"]["value"]
    return text


def wait_for_saved(canvas: Canvas, graph_id: str, text: str) -> None:
    """Wait until the status bar says that all is saved, and see that the server has it."""
    expect(status(canvas).get_by_text(re.compile("^saved "))).to_be_visible()
    answer = canvas.page.request.get(f"/api/graphs/{graph_id}").json()
    assert next(node for node in answer["nodes"] if node["id"] == "first")["params"]["value"] == text


def status(canvas: Canvas) -> Locator:
    return canvas.page.get_by_role("contentinfo", name="Status")


def choose(canvas: Canvas, item: str) -> None:
    """Choose from the main menu."""
    canvas.button("Menu").click()
    canvas.page.get_by_role("menuitem", name=item).click()


def graph_of_address(page: Page) -> str:
    """The saved graph that the address names."""
    expect(page).to_have_url(re.compile(r"#/g/.+"))
    return page.url.rsplit("/", 1)[1]


def test_tabs_are_opened_renamed_closed_and_opened_again(canvas: Canvas) -> None:
    canvas.add_node("whole number")
    canvas.page.get_by_role("button", name="Untitled (not saved)", exact=True).dblclick()
    canvas.page.get_by_label("Name of the workflow").fill("Counting")
    canvas.press("Enter")
    expect(canvas.tabs).to_have_text(["Counting (not saved)"])
    canvas.page.get_by_role("button", name="New workflow").click()
    expect(canvas.nodes).to_have_count(0)
    canvas.add_node("true or false")
    choose(canvas, "Rename…")
    canvas.page.get_by_label("Name of the workflow").fill("Deciding")
    canvas.press("Enter")
    expect(canvas.tabs).to_have_text(["Counting (not saved)", "Deciding (not saved)"])
    canvas.page.get_by_role("button", name="Counting (not saved)").click()
    expect(canvas.nodes).to_have_attribute("aria-label", "Whole number")
    canvas.page.get_by_role("button", name="Close Counting").click()
    expect(canvas.tabs).to_have_text(["Deciding (not saved)"])
    expect(canvas.nodes).to_have_attribute("aria-label", "True or false")
    canvas.toast("Closed “Counting”").get_by_role("button", name="Reopen").click()
    expect(canvas.nodes).to_have_attribute("aria-label", "Whole number")
    canvas.page.get_by_role("button", name="Close Deciding").click()
    canvas.page.get_by_role("button", name="Close Counting").click()
    expect(canvas.nodes).to_have_count(0)
    choose(canvas, "Reopen closed workflow")
    choose(canvas, "Reopen closed workflow")
    expect(canvas.tabs).to_have_text(["Counting (not saved)", "Deciding (not saved)"])


def test_a_workflow_is_saved_by_key_menu_and_status_bar_and_then_by_itself(canvas: Canvas, http: httpx.Client) -> None:
    canvas.add_node("value.text")
    canvas.field("text", "value").fill("by key")
    canvas.press("Control+s")
    graph_id = graph_of_address(canvas.page)
    expect(status(canvas).get_by_text(re.compile(r"^saved \d\d:\d\d$"))).to_be_visible()
    canvas.fill("text", "value", "by itself")
    expect(status(canvas).get_by_role("button", name="not saved")).to_be_visible()
    expect(status(canvas).get_by_text(re.compile("^saved "))).to_be_visible()
    assert http.get(f"/api/graphs/{graph_id}").json()["nodes"][0]["params"]["value"] == "by itself"
    assert http.get(f"/api/graphs/{graph_id}/revisions").json()["revisions"][0]["revision"] == 2
    canvas.page.get_by_role("button", name="New workflow").click()
    canvas.add_node("value.text")
    choose(canvas, "Save")
    assert graph_of_address(canvas.page) != graph_id
    canvas.page.get_by_role("button", name="New workflow").click()
    canvas.add_node("value.text")
    status(canvas).get_by_role("button", name="not saved").click()
    expect(status(canvas).get_by_text(re.compile("^saved "))).to_be_visible()
    expect(canvas.tabs).to_have_text(["Untitled"] * 3)


@pytest.fixture
def conflict(canvas: Canvas, http: httpx.Client) -> Locator:
    """The dialog about a graph `disputed` that says `mine` here and `theirs` on the server."""
    http.delete("/api/graphs/disputed")
    put(http, "disputed", words("Disputed"))
    canvas.open("g/disputed")
    expect(canvas.nodes).to_have_count(3)
    theirs = words("Disputed", "theirs")
    theirs["nodes"].append({"id": "extra", "type": "value.int", "position": {"x": 360, "y": 240}})
    put(http, "disputed", theirs)
    canvas.fill("first", "value", "mine")
    dialog = canvas.page.get_by_role("dialog", name="This workflow was changed elsewhere")
    expect(dialog.get_by_role("region", name="Here")).to_contain_text("3 nodes")
    expect(dialog.get_by_role("region", name="On the server")).to_contain_text("4 nodes")
    expect(dialog).to_contain_text("Text, Value: “mine” here, “theirs” on the server")
    expect(dialog).to_contain_text("Whole number: only on the server")
    assert saved_text(http, "disputed") == "theirs"
    return dialog


def test_in_a_conflict_mine_can_be_kept_and_theirs_stays_in_the_history(
    canvas: Canvas, conflict: Locator, complaints: Complaints
) -> None:
    complaints.allow("412")
    conflict.get_by_role("button", name="Decide later").click()
    status(canvas).get_by_role("button", name="changed elsewhere").click()
    conflict.get_by_role("button", name="Keep mine").click()
    wait_for_saved(canvas, "disputed", "mine")
    choose(canvas, "Version history…")
    versions = canvas.page.get_by_role("dialog", name="Version history").get_by_role("listitem")
    expect(versions.first).to_contain_text(re.compile("now.*3 nodes"))
    expect(versions.nth(1)).to_contain_text("4 nodes")


def test_in_a_conflict_theirs_can_be_taken_and_that_undone(
    canvas: Canvas, http: httpx.Client, conflict: Locator, complaints: Complaints
) -> None:
    complaints.allow("412")
    conflict.get_by_role("button", name="Take theirs").click()
    expect(canvas.nodes).to_have_count(4)
    expect(canvas.field("first", "value")).to_have_value("theirs")
    assert saved_text(http, "disputed") == "theirs"
    canvas.button("Undo").click()
    wait_for_saved(canvas, "disputed", "mine")


def test_in_a_conflict_both_can_be_kept(
    canvas: Canvas, http: httpx.Client, conflict: Locator, complaints: Complaints
) -> None:
    complaints.allow("412")
    conflict.get_by_role("button", name="Keep both").click()
    expect(canvas.tabs).to_have_text(["Disputed (copy)", "Disputed"])
    copy = graph_of_address(canvas.page)
    assert (saved_text(http, copy), saved_text(http, "disputed")) == ("mine", "theirs")
    canvas.page.get_by_role("button", name="Disputed", exact=True).click()
    expect(canvas.field("first", "value")).to_have_value("theirs")


def test_two_windows_on_one_workflow_follow_each_other(
    canvas: Canvas, context: BrowserContext, http: httpx.Client
) -> None:
    put(http, "together", words("Together"))
    canvas.open("g/together")
    other = Canvas(context.new_page())
    other.open("g/together")
    other.fill("first", "value", "from the other window")
    expect(canvas.field("first", "value")).to_have_value("from the other window")
    canvas.fill("second", "value", "and back")
    expect(other.field("second", "value")).to_have_value("and back")
    for window in (canvas, other):
        expect(window.page.get_by_role("dialog")).to_have_count(0)
    assert http.get("/api/graphs/together/revisions").json()["revisions"][0]["revision"] == 3


def test_an_unsaved_workflow_survives_a_reload_and_a_crash(canvas: Canvas, context: BrowserContext) -> None:
    canvas.add_node("value.text")
    canvas.fill("text", "value", "precious")
    canvas.page.reload()
    expect(canvas.field("text", "value")).to_have_value("precious")
    canvas.fill("text", "value", "more precious")
    canvas.page.evaluate(UNTIL_KEPT, "more precious")
    with canvas.page.expect_event("crash"), pytest.raises(BrowserError):
        canvas.page.goto("chrome://crash")
    after = Canvas(context.new_page())
    after.open()
    expect(after.field("text", "value")).to_have_value("more precious")
    expect(after.tabs).to_have_text(["Untitled (not saved)"])


def test_an_earlier_version_is_looked_at_and_restored(canvas: Canvas, http: httpx.Client) -> None:
    for text in ("old", "newer", "newest"):
        put(http, "versions", words(f"Versions, {text}", text))
    canvas.open("g/versions")
    choose(canvas, "Version history…")
    dialog = canvas.page.get_by_role("dialog", name="Version history")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_role("listitem").first).to_contain_text("Version 3")
    dialog.get_by_role("button", name="Open version 2 as a copy").click()
    expect(canvas.field("first", "value")).to_have_value("newer")
    expect(canvas.tabs).to_have_count(2)
    canvas.page.get_by_role("button", name="Versions, newest", exact=True).click()
    choose(canvas, "Version history…")
    dialog.get_by_role("button", name="Restore version 1").click()
    expect(canvas.toast("Version 1 is the current one again.")).to_be_visible()
    expect(canvas.field("first", "value")).to_have_value("old")
    wait_for_saved(canvas, "versions", "old")
    canvas.button("Undo").click()
    wait_for_saved(canvas, "versions", "newest")


def test_saved_workflows_are_found_renamed_duplicated_and_deleted_with_undo(canvas: Canvas, http: httpx.Client) -> None:
    put(http, "harbour", words("Harbour at dusk"))
    put(http, "mill", words("Mill by a river"))
    canvas.button("Workflows").click()
    panel = canvas.page.get_by_role("list", name="Saved workflows")
    canvas.page.get_by_label("Search workflows").fill("harbour")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    act(canvas, "Harbour at dusk", "Duplicate")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    act(canvas, "Harbour at dusk copy", "Rename…")
    canvas.page.get_by_label("Name", exact=True).fill("Harbour at dawn")
    canvas.press("Enter")
    expect(panel).to_contain_text("Harbour at dawn")
    panel.get_by_role("button", name=re.compile("^Harbour at dusk")).click()
    expect(canvas.nodes).to_have_count(3)
    act(canvas, "Harbour at dusk", "Delete")
    expect(canvas.nodes).to_have_count(0)
    expect(panel.get_by_role("listitem")).to_have_count(1)
    assert http.get("/api/graphs/harbour").status_code == 404
    canvas.toast("Deleted “Harbour at dusk”").get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(canvas.nodes).to_have_count(3)
    canvas.page.get_by_label("Search workflows").fill("no such thing")
    expect(canvas.page.get_by_text("No workflow is called “no such thing”.")).to_be_visible()


def act(canvas: Canvas, name: str, item: str) -> None:
    """Choose from the menu of a saved workflow."""
    canvas.page.get_by_role("button", name=f"More for {name}", exact=True).click()
    canvas.page.get_by_role("menuitem", name=item).click()


def test_the_address_opens_a_graph_a_run_and_a_template(
    canvas: Canvas, http: httpx.Client, complaints: Complaints
) -> None:
    complaints.allow("404")
    put(http, "addressed", words("Addressed"))
    run = http.post("/api/runs?wait=60", json={"graph": words("Ran once", "as it was")}).json()
    canvas.open(f"r/{run['id']}")
    expect(canvas.field("first", "value")).to_have_value("as it was")
    canvas.expect_state("joined", "succeeded|cached")
    for route, name in (("g/addressed", "Addressed"), ("t/text_to_image", "Text to image")):
        canvas.page.evaluate("route => { location.hash = `#/${route}` }", route)
        expect(canvas.tabs.last).to_contain_text(name)
    canvas.page.get_by_role("button", name="Addressed", exact=True).click()
    expect(canvas.page).to_have_url(re.compile("#/g/addressed$"))
    canvas.page.evaluate("location.hash = '#/g/nothing-of-that-name'")
    expect(canvas.toast("The workflow could not be opened")).to_be_visible()


def test_templates_open_from_the_panel_beside_what_is_open(canvas: Canvas) -> None:
    canvas.add_node("whole number")
    canvas.button("Templates").click()
    picture = canvas.page.get_by_role("region", name="Templates").locator("img").first
    expect(picture).to_be_visible()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    canvas.open_template("Inpainting")
    expect(canvas.tabs).to_have_count(2)
    expect(canvas.tabs.last).to_contain_text("Inpainting")


def test_an_exported_workflow_is_the_same_when_it_is_imported(
    canvas: Canvas, http: httpx.Client, tmp_path: Path
) -> None:
    graph = words("Travelling", "über $ALL 'quotes' \"and\" 日本")
    graph["view"] = {"notes": [{"id": "n", "text": "# Hello", "x": 0, "y": 500, "width": 200, "height": 80}]}
    put(http, "travelling", graph)
    canvas.open("g/travelling")
    expect(canvas.nodes).to_have_count(3)
    first = export(canvas, tmp_path / "first.json")
    canvas.button("Workflows").click()
    with canvas.page.expect_file_chooser() as chooser:
        choose(canvas, "Import…")
    chooser.value.set_files(tmp_path / "first.json")
    expect(canvas.tabs).to_have_count(2)
    expect(canvas.nodes).to_have_count(3)
    again = export(canvas, tmp_path / "again.json")
    for exported in (first, again):
        exported["view"].pop("viewport", None)
    assert again == first
    assert [node["params"] for node in first["nodes"]] == [node["params"] for node in graph["nodes"]]


def export(canvas: Canvas, path: Path) -> dict[str, Any]:
    """Export the active workflow to a file; what is in it."""
    with canvas.page.expect_download() as download:
        choose(canvas, "Export JSON")
    assert download.value.suggested_filename == "Travelling.json"
    download.value.save_as(path)
    graph: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return graph


def test_a_workflow_copied_as_curl_or_python_runs(canvas: Canvas, http: httpx.Client, tmp_path: Path) -> None:
    graph = words("Copied out", 'it\'s $HOME, `ls` \\ "END"\nEND')
    graph["nodes"].append({"id": "fill", "type": "image.solid", "params": {"width": 16, "height": 16}})
    graph["nodes"].append({"id": "show", "type": "image.preview"})
    graph["edges"].append({"source": "fill", "sourceHandle": "image", "target": "show", "targetHandle": "images"})
    put(http, "copied", graph)
    canvas.open("g/copied")
    expect(canvas.nodes).to_have_count(5)
    answer = json.loads(called(["sh", "-c", copied(canvas, "curl")], tmp_path))
    assert (answer["state"], answer["name"]) == ("succeeded", "Copied out")
    (tmp_path / "run.py").write_text(copied(canvas, "Python"), encoding="utf-8")
    names = called([sys.executable, "run.py"], tmp_path).split()
    assert names == ["show_images_0.png"] and (tmp_path / names[0]).stat().st_size > 0
    last = http.get("/api/runs?search=Copied out&limit=1").json()["runs"][0]
    for run_id in (answer["id"], last["id"]):
        run = http.get(f"/api/runs/{run_id}").json()
        assert run["state"] == "succeeded"
        assert run["graph"]["nodes"][0]["params"]["value"] == graph["nodes"][0]["params"]["value"]


def copied(canvas: Canvas, language: str) -> str:
    choose(canvas, f"Copy as {language}")
    expect(canvas.toast(f"Copied as {language}.")).to_be_visible()
    text: str = canvas.page.evaluate("navigator.clipboard.readText()")
    return text


def called(command: list[str], folder: Path) -> str:
    """What a command prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SCRIPT_PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
