"""Custom blocks and block nodes: reviewed, approved, updated, expanded, collapsed, published and imported by hand."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.fakes import blocks
from tests.fakes.hub import FakeHub
from tests.web.blocks.graphs import PIPELINE, SHOW, approve, artifact, block, custom, expander, picture, review
from tests.web.canvas import Canvas, place
from tests.web.conftest import PATIENCE, Complaints
from tests.web.test_accessibility import AXE, Findings
from tests.web.test_building import choose, header, menu, opened, saved

ROOT = Path(__file__).parents[3]
EXPANDER = "acme/prompt-expander"
REFUSED = re.escape("the server responded with a status of 422")


# From a repo id to a picture


def test_a_block_goes_from_its_repo_id_to_a_picture_and_runs_nothing_before_it_is_approved(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.allow(REFUSED)
    trace = tmp_path / "executed"
    code = f"from pathlib import Path\nPath({str(trace)!r}).touch()\n" + blocks.EXPANDER
    hub.upload(EXPANDER, blocks.expander(tmp_path / "repo", code=code))
    opened(canvas, http, "custom-block", *picture(prompt="a red circle"))
    canvas.add_node("Custom block")
    canvas.field("custom_block", "repo").fill(EXPANDER)
    canvas.press("Enter")
    expect(canvas.node("custom_block").get_by_role("alert")).to_contain_text("Needs review")
    with canvas.page.expect_response(lambda answer: answer.url.endswith("/api/runs")) as refused:
        canvas.button("Run").click()
    assert refused.value.status == 422

    dialog = review(canvas, "custom_block")
    expect(dialog.get_by_text("Not approved yet")).to_be_visible()
    expect(dialog.get_by_role("region", name="block.py")).to_contain_text("class PromptExpander")
    expect(dialog.locator(".hljs-keyword").first).to_be_visible()
    dialog.get_by_role("button", name="modular_config.json").click()
    expect(dialog.get_by_role("region", name="modular_config.json")).to_contain_text('"auto_map"')
    assert not trace.exists(), "reading it runs none of it"

    dialog.get_by_role("button", name="Approve this commit").click()
    expect(dialog).to_have_count(0)
    expect(canvas.param("custom_block", "old_prompt")).to_contain_text("Your prompt")
    canvas.fill("custom_block", "old_prompt", "a large red circle")
    canvas.press("f")
    canvas.connect("custom_block", "prompt", "encode", "prompt")
    run = canvas.run()
    assert run["nodes"]["custom_block"]["outputs"]["prompt"]["value"] == "a large red circle on a blue background"
    assert artifact(run) and trace.exists()
    expect(canvas.node("show").locator("img")).to_be_visible()
    assert saved(canvas, http, "custom-block")["lock"]["repos"].keys() == {"demo", EXPANDER}


def test_a_new_commit_is_taken_by_an_update_and_shows_its_changes_before_it_is_approved(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    repo = "acme/growing"
    old = expander(hub, tmp_path / "repo", repo, plain="", rich="in old style")
    approve(http, repo)
    opened(canvas, http, "growing", [custom("more", repo, old_prompt="a red circle")])
    longer = blocks.EXPANDER.replace(
        'InputParam("repeat"', 'InputParam("loudness", type_hint=int, default=3),\n InputParam("repeat"'
    )
    new = hub.commit(repo, {"styles.py": "STYLES = {'plain': '', 'rich': 'in new style'}\n", "block.py": longer})
    canvas.page.reload()
    expect(canvas.param("more", "old_prompt")).to_be_visible()

    canvas.button("Menu").click()
    canvas.page.get_by_role("menuitem", name="Update repos").click()
    dialog = canvas.page.get_by_role("dialog", name="Update repos")
    expect(dialog.get_by_role("listitem")).to_have_text([re.compile(f"{repo}.*{old[:8]}.*{new[:8]}")])
    dialog.get_by_role("button", name="Update 1 repo").click()
    expect(canvas.node("more").get_by_role("alert")).to_contain_text("Needs review")

    dialog = review(canvas, "more")
    expect(dialog.get_by_text("Changed since you approved it")).to_be_visible()
    dialog.get_by_role("button", name="styles.py").click()
    expect(dialog.locator("[data-change=removed]")).to_contain_text("in old style")
    expect(dialog.locator("[data-change=added]")).to_contain_text("in new style")
    dialog.get_by_role("button", name="Code", exact=True).click()
    expect(dialog.get_by_role("region", name="styles.py")).not_to_contain_text("in old style")
    dialog.get_by_role("button", name="Approve this commit").click()
    expect(canvas.field("more", "old_prompt")).to_have_value("a red circle")
    canvas.node("more").get_by_role("button", name=re.compile("^Advanced")).click()
    expect(canvas.field("more", "loudness")).to_have_value("3")

    canvas.focus_pane()
    canvas.press("Control+z")
    canvas.press("Control+z")
    assert saved(canvas, http, "growing")["lock"]["repos"][repo]["commit"] == old, "an update is undone like any change"


def test_a_review_says_on_which_branch_a_commit_is_and_warns_of_one_that_is_on_none(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    repo = "acme/forked"
    expander(hub, tmp_path / "repo", repo, plain="", rich="x")
    strange = hub.pull_request(repo, {"styles.py": "STYLES = {}\n"})
    opened(canvas, http, "forked", [custom("good", repo), custom("strange", f"{repo}@{strange}")])
    dialog = review(canvas, "good")
    expect(dialog.get_by_text("on main")).to_be_visible()
    canvas.press("Escape")
    dialog = review(canvas, "strange")
    expect(dialog.get_by_role("note")).to_contain_text("No branch or tag leads to this commit")
    expect(dialog.get_by_text("its code may be by anybody")).to_be_visible()


def test_two_blocks_with_helpers_of_the_same_name_keep_their_own(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        expander(hub, tmp_path / name, f"clash/{name}", plain="", rich=f"by {name}")
        approve(http, f"clash/{name}")
    nodes = [custom(name, f"clash/{name}", old_prompt="a circle", style="rich") for name in ("one", "two")]
    nodes += [{"id": "join", "type": "text.join", "params": {"separator": ", "}}, block("encode", "text_encoder")]
    edges = ("one.prompt->join.texts", "two.prompt->join.texts", "join.text->encode.prompt",
             "load.pipeline->encode.pipeline")  # fmt: skip
    opened(canvas, http, "clash", [*nodes, PIPELINE], edges)
    choose(canvas, "encode")
    canvas.press("Control+Shift+Enter")
    canvas.expect_state("encode", "succeeded|cached")
    run = http.get("/api/runs?limit=1").json()["runs"][0]["id"]
    outputs = http.get(f"/api/runs/{run}").json()["nodes"]["join"]["outputs"]
    assert outputs["text"]["value"] == "a circle by one, a circle by two"


def test_what_was_approved_is_listed_and_taken_back(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    expander(hub, tmp_path / "repo", "acme/revoked", plain="", rich="x")
    approve(http, "acme/revoked")
    opened(canvas, http, "revoked", [custom("more", "acme/revoked")])
    expect(canvas.param("more", "old_prompt")).to_be_visible()
    canvas.page.get_by_role("button", name="Worker: ").click()
    system = canvas.page.get_by_role("dialog", name="System")
    system.get_by_role("button", name="Revoke acme/revoked at").click()
    expect(system.get_by_role("button", name="Revoke acme/revoked at")).to_have_count(0)
    canvas.press("Escape")
    expect(canvas.node("more").get_by_role("button", name="Review code")).to_be_visible()


def test_packages_that_are_missing_are_named_with_the_command_that_installs_them(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    made = blocks.expander(tmp_path / "repo")
    config = json.loads((made / "modular_config.json").read_text()) | {"requirements": {"no-such-package": ">=2"}}
    (made / "modular_config.json").write_text(json.dumps(config))
    hub.upload("acme/needy", made)
    approve(http, "acme/needy")
    opened(canvas, http, "needy", [custom("more", "acme/needy")])
    canvas.node("more").get_by_role("button", name="Show packages").click()
    dialog = canvas.page.get_by_role("dialog", name="Review acme/needy")
    expect(dialog.get_by_role("listitem").filter(has_text="no-such-package")).to_contain_text("missing")
    expect(dialog.get_by_text(re.compile("pip install .*no-such-package"))).to_be_visible()


def test_a_local_block_changes_at_the_node_when_its_file_is_saved(
    canvas: Canvas, folder: Path, http: httpx.Client
) -> None:
    made = blocks.expander(folder / "mine", config=None)
    opened(canvas, http, "mine", [custom("more", "mine")])
    dialog = review(canvas, "more")
    dialog.get_by_role("button", name="Approve this folder").click()
    canvas.fill("more", "old_prompt", "a red circle")
    code = (made / "block.py").read_text()
    (made / "block.py").write_text(
        code.replace('"repeat"', '"times"').replace("block_state.repeat", "block_state.times")
    )
    expect(canvas.param("more", "times")).to_be_visible()
    expect(canvas.field("more", "old_prompt")).to_have_value("a red circle")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violations_in_the_dialogs_about_blocks(
    browser: Browser, address: str, complaints: Complaints, scheme: Literal["light", "dark"], hub: FakeHub,
    http: httpx.Client, tmp_path: Path,
) -> None:  # fmt: skip
    repo = f"axe/{scheme}"
    expander(hub, tmp_path / "repo", repo, plain="", rich="x")
    approve(http, repo)
    styles = "STYLES = {'plain': '', 'rich': 'y'}\n"
    new = hub.commit(repo, {"styles.py": styles, "old.bin": b"0", "more.py": "X = 1\n"})
    context = browser.new_context(base_url=address, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=AXE)
    complaints.listen(context, address)
    canvas = Canvas(context.new_page())
    findings = Findings(canvas.page)
    nodes = [custom("new", f"{repo}@{new}"), PIPELINE, block("whole"), custom("old", repo)]
    opened(canvas, http, f"axe-{scheme}", nodes, ("load.pipeline->whole.pipeline",))
    findings.judge("nodes")
    dialog = review(canvas, "new")
    for file in ("styles.py", "more.py", "block.py"):
        dialog.get_by_role("button", name=file).click()
        findings.judge(f"review of {file}")
    canvas.press("Escape")
    for item in ("Insert block", "Publish"):
        menu(canvas, header(canvas, "whole"), item)
        expect(canvas.page.get_by_role("dialog")).to_be_visible()
        findings.judge(item)
        canvas.press("Escape")
    header(canvas, "whole").click()
    expect(canvas.page.get_by_role("heading", name="Blocks inside")).to_be_visible()
    findings.judge("block doc")
    canvas.focus_pane()
    canvas.button("Menu").click()
    canvas.page.get_by_role("menuitem", name="Update repos").click()
    expect(canvas.page.get_by_role("dialog", name="Update repos")).not_to_contain_text("Asking")
    findings.judge("update")
    context.close()
    findings.expect_none()
    assert complaints.unexpected() == []


# One node and many


def test_a_pipeline_expands_into_stages_that_make_the_same_picture_and_collapses_again(
    canvas: Canvas, http: httpx.Client
) -> None:
    whole = block("whole", prompt="a blue square", num_inference_steps=2, seed=7, height=64, width=64)
    edges = ("load.pipeline->whole.pipeline", "whole.images->show.images")
    opened(canvas, http, "expand", [PIPELINE, whole, SHOW], edges)
    before = artifact(canvas.run())

    menu(canvas, header(canvas, "whole"), "Expand into stages")
    expect(canvas.node("whole")).to_have_count(0)
    stages = canvas.page.locator(".react-flow__node.selected")
    expect(stages).to_have_count(3)
    for stage in stages.all():
        expect(stage).to_be_in_viewport(ratio=0.9)
    expect(canvas.page.locator("[data-pending]")).to_have_count(0)
    expect(canvas.page.locator("[data-lost]")).to_have_count(0)
    assert artifact(canvas.run()) == before

    canvas.press("Shift+E")
    canvas.press("f")
    expect(canvas.nodes).to_have_count(3)
    expect(canvas.page.locator("[data-pending]")).to_have_count(0)
    assert artifact(canvas.run()) == before

    canvas.focus_pane()
    canvas.press("Control+z")
    expect(canvas.nodes).to_have_count(5)
    canvas.press("Control+z")
    expect(canvas.node("whole")).to_be_visible()
    assert artifact(canvas.run()) == before


def test_a_custom_block_of_a_whole_pipeline_expands_and_what_is_right_of_it_makes_room(
    canvas: Canvas, http: httpx.Client
) -> None:
    sampling = {"num_inference_steps": 2, "seed": 7, "height": 64, "width": 64}
    whole = custom("whole", "demo", prompt="a red circle", **sampling)
    opened(canvas, http, "expand-custom", [whole, SHOW], ("whole.images->show.images",))
    before = artifact(canvas.run())
    menu(canvas, header(canvas, "whole"), "Expand into blocks")
    expect(canvas.node("whole")).to_have_count(0)
    canvas.press("f")
    expect(canvas.nodes).to_have_count(4)
    expect(canvas.page.locator("[data-pending], [data-lost]")).to_have_count(0)
    titles = ["Encode prompt", "Denoise", "Decode", "Preview image"]
    boxes = [place(canvas.page.get_by_role("article", name=title)) for title in titles]
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"], f"side by side, in order: {boxes}"
    assert artifact(canvas.run()) == before


def test_a_block_is_inserted_into_a_single_node(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    made = blocks.expander(tmp_path / "repo", config=None, code=blocks.EXPANDER.replace("old_prompt", "short_prompt"))
    hub.upload("acme/before", made)
    approve(http, "acme/before")
    whole = block("whole", num_inference_steps=2, seed=7, height=64, width=64)
    edges = ("load.pipeline->whole.pipeline", "whole.images->show.images")
    opened(canvas, http, "insert", [PIPELINE, whole, SHOW], edges)
    menu(canvas, header(canvas, "whole"), "Insert block")
    dialog = canvas.page.get_by_role("dialog", name="Insert a block")
    dialog.get_by_role("combobox", name="Repo").fill("acme/before")
    canvas.press("Enter")
    expect(dialog.get_by_role("combobox", name="Where")).to_have_text("Before text_encoder")
    dialog.get_by_role("button", name="Insert block").click()
    expect(dialog).to_have_count(0)
    node = canvas.page.locator(".react-flow__node.selected [data-node]")
    expect(node.locator('[data-param="short_prompt"]')).to_be_visible()
    node.locator('[data-param="short_prompt"]').locator("input, textarea").fill("a green triangle")
    assert artifact(canvas.run())


def test_a_block_of_the_connected_pipeline_is_inserted(canvas: Canvas, http: httpx.Client) -> None:
    parts = [{"name": name, "block": name} for name in ("text_encoder", "denoise")]
    sampling = {"num_inference_steps": 2, "seed": 7, "height": 64, "width": 64}
    latents = block("half", parts=parts, prompt="a red circle", **sampling)
    opened(canvas, http, "insert-own", [PIPELINE, latents, SHOW], ("load.pipeline->half.pipeline",))
    expect(header(canvas, "half")).to_contain_text("Encode prompt + Denoise")
    menu(canvas, header(canvas, "half"), "Insert block")
    dialog = canvas.page.get_by_role("dialog", name="Insert a block")
    for label, choice in (("From", "The connected pipeline"), ("Block", "decode"), ("Where", "At the end")):
        dialog.get_by_role("combobox", name=label).click()
        canvas.page.get_by_role("option", name=choice, exact=True).click()
    dialog.get_by_role("button", name="Insert block").click()
    expect(dialog).to_have_count(0)
    node = canvas.page.locator(".react-flow__node.selected [data-node]")
    expect(node.locator("header")).to_contain_text("Encode prompt + Denoise + Decode")
    canvas.press("f")
    canvas.connect(str(node.get_attribute("data-node")), "images", "show", "images")
    assert artifact(canvas.run())


def test_a_node_tells_what_its_block_is_made_of(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "doc", [PIPELINE, block("denoise", "denoise")], ("load.pipeline->denoise.pipeline",))
    menu(canvas, header(canvas, "denoise"), "Show block doc")
    inspector = canvas.page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("heading", name="Blocks inside")).to_be_visible()
    expect(inspector.get_by_role("heading", name="Components")).to_be_visible()
    expect(inspector.get_by_role("listitem").filter(has_text="EulerDiscreteScheduler")).to_contain_text("scheduler")


def test_nodes_are_published_as_a_folder_and_pushed(
    canvas: Canvas, hub: FakeHub, folder: Path, http: httpx.Client
) -> None:
    opened(canvas, http, "publish", *picture(prompt="a red circle"))
    choose(canvas, "encode", "denoise")
    menu(canvas, header(canvas, "denoise"), "Publish")
    dialog = canvas.page.get_by_role("dialog", name="Publish as a block")
    dialog.get_by_role("textbox", name="Name").fill("half-a-pipeline")
    dialog.get_by_role("switch", name="Push to the hub").click()
    dialog.get_by_role("textbox", name="Repo id").fill("acme/half")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    done = canvas.page.get_by_role("dialog", name="half-a-pipeline is published")
    expect(done.get_by_text("block.py")).to_be_visible()
    assert (folder / "half-a-pipeline" / "modular_config.json").is_file()
    assert "block.py" in hub.files("acme/half")


# Mellon


def test_a_mellon_workflow_that_is_dropped_opens_with_a_report(canvas: Canvas, tmp_path: Path) -> None:
    workflow = json.loads((ROOT / "tests/nodes/diffusion/mellon/text_to_image.json").read_text())
    unknown = {"module": "modules.Odd", "action": "Unheard", "label": "Unheard", "params": {"x": {"value": 3}}}
    workflow["nodes"].append({"id": "odd", "type": "custom", "position": {"x": 0, "y": 500}, "data": unknown})
    path = tmp_path / "My workflow.json"
    path.write_text(json.dumps(workflow))
    canvas.drop_file(path, "application/json")
    dialog = canvas.page.get_by_role("dialog", name=re.compile("^Imported"))
    expect(dialog.get_by_role("listitem").filter(has_text="placeholder: ")).to_have_count(1)
    expect(canvas.tabs).to_have_text([re.compile("My workflow")])
    dialog.get_by_role("button", name="Show unheard").click()
    expect(dialog).to_have_count(0)
    expect(canvas.page.locator(".react-flow__node.selected [data-node]")).to_have_attribute("data-unknown", "")
    canvas.press("f")
    expect(canvas.nodes).to_have_count(len(workflow["nodes"]))
