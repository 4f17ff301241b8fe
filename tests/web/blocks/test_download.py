"""Downloads as a person sees them at the node that waits: how far, of which file, stopped, failed and begun again."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Locator, expect

from nodes.diffusion.repos import DEMO_FOLDER
from tests.fakes import blocks
from tests.fakes.hub import FakeHub
from tests.web.blocks.graphs import approve, artifact, custom, picture
from tests.web.canvas import Canvas
from tests.web.test_building import opened

WORDS = 1_500_000
"""Bytes of a list of words that a block brings: more than the hub's client holds back."""
WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def wordy(hub: FakeHub, into: Path, repo: str, name: str) -> None:
    """A prompt expander on the hub that brings a file of `WORDS` bytes."""
    made = blocks.expander(into, config=None)
    (made / name).write_bytes(b"word\n" * (WORDS // 5))
    hub.upload(repo, made)


def bar(canvas: Canvas, node: str, repo: str) -> Locator:
    """The bar of a download at a node, not that of its Load button."""
    return canvas.node(node).locator(".node-download").get_by_role("progressbar", name=f"Downloading {repo}")


def test_a_block_that_is_downloaded_shows_how_far_that_is_and_goes_on_after_a_stop(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    repo = "slow/words"
    wordy(hub, tmp_path / "repo", repo, "words.dat")
    approve(http, repo)
    held = hub.hold("words.dat", after=WORDS // 2)
    opened(canvas, http, "slow-block", [custom("more", "")])
    canvas.field("more", "repo").fill(repo)
    canvas.press("Enter")

    expect(bar(canvas, "more", repo)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    node = canvas.node("more")
    expect(node.get_by_text(re.compile(r"^\d+ kB of 1\.4 MB · \d+ %$"))).to_be_visible()
    expect(node.get_by_text("words.dat")).to_be_visible()
    node.get_by_role("button", name=f"Stop downloading {repo}").click()
    expect(node.get_by_role("alert")).to_contain_text("was stopped")
    expect(bar(canvas, "more", repo)).to_have_count(0)
    held.release()
    node.get_by_role("button", name="Try again").click()
    expect(canvas.param("more", "old_prompt")).to_be_visible()


def test_a_download_that_failed_is_told_at_the_node_and_tried_again_there(
    canvas: Canvas, hub: FakeHub, http: httpx.Client, tmp_path: Path
) -> None:
    repo = "slow/failing"
    wordy(hub, tmp_path / "repo", repo, "failing.dat")
    approve(http, repo)
    hub.fail("failing.dat", status=403, times=2)
    opened(canvas, http, "failing", [custom("more", repo, old_prompt="kept")])
    node = canvas.node("more")
    expect(node.get_by_role("alert")).to_contain_text("does not let you read")
    hub.mend("failing.dat")
    node.get_by_role("button", name="Try again").click()
    expect(canvas.field("more", "old_prompt")).to_have_value("kept")


def test_weights_are_downloaded_at_the_node_that_runs_and_the_run_is_repeated_after_a_stop(
    canvas: Canvas, hub: FakeHub, http: httpx.Client
) -> None:
    repo = "slow/demo"
    hub.upload(repo, DEMO_FOLDER)
    held = hub.hold(WEIGHTS, after=size_of_weights(hub, repo) // 2)
    (load, *others), edges = picture(prompt="a red circle")
    opened(canvas, http, "weights", [load | {"params": {"repo": repo}}, *others], edges)
    canvas.press("f")
    run = canvas.start()
    node = canvas.node("denoise")
    expect(bar(canvas, "denoise", repo)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    expect(node.get_by_text(WEIGHTS)).to_be_visible()
    expect(canvas.page.locator(".node-download")).to_have_count(1)
    node.get_by_role("button", name=f"Stop downloading {repo}").click()
    assert canvas.wait_for_run(run)["nodes"]["denoise"]["problem"]["code"] == "download_stopped"
    held.release()
    with canvas.page.expect_response(lambda answer: answer.url.endswith("/api/runs")) as again:
        node.get_by_role("button", name="Run again").click()
    assert artifact(canvas.wait_for_run(again.value.json()["id"]))


def size_of_weights(hub: FakeHub, repo: str) -> int:
    return len(hub.files(repo)[WEIGHTS])
