"""The setting `remote_code` off, as a person sees it: code can be read, nothing of it runs or can be approved."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from nodes.diffusion.trust import Approvals
from tests.bench.serving import start, wait_for
from tests.fakes.hub import FakeHub
from tests.web.blocks.graphs import custom, expander
from tests.web.canvas import Canvas
from tests.web.test_building import opened

REPO = "acme/forbidden"


@pytest.fixture(scope="module")
def address(hub: FakeHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that runs no code of repos, though one was approved before that was set."""
    data = tmp_path_factory.mktemp("data")
    Approvals(data).approve(REPO, expander(hub, tmp_path_factory.mktemp("repo"), REPO, plain="", rich="x"))
    environment = hub.environment(tmp_path_factory.mktemp("hub")) | {"BLOCKLOOM_REMOTE_CODE": "0"}
    url, process = start(data, environment=environment)
    try:
        wait_for(f"{url}/api/health")
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_node_says_that_code_is_off_and_its_code_can_be_read_but_not_approved(
    canvas: Canvas, http: httpx.Client
) -> None:
    opened(canvas, http, "off", [custom("more", REPO)])
    node = canvas.node("more")
    expect(node.get_by_role("alert")).to_contain_text("Code is switched off")
    node.get_by_role("button", name="Read code").click()
    dialog = canvas.page.get_by_role("dialog", name=f"Review {REPO}")
    expect(dialog.get_by_role("note")).to_contain_text("Remote code is switched off on this server")
    expect(dialog.get_by_role("region", name="block.py")).to_contain_text("class PromptExpander")
    expect(dialog.get_by_role("button", name="Approve")).to_have_count(0)
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_have_count(0)


def test_the_list_of_approvals_says_that_none_of_them_counts_and_lets_them_be_revoked(
    canvas: Canvas, http: httpx.Client
) -> None:
    opened(canvas, http, "off-list", [custom("more", REPO)])
    canvas.page.get_by_role("button", name="Worker: ").click()
    system = canvas.page.get_by_role("dialog", name="System")
    expect(system.get_by_text("no code of any repo runs")).to_be_visible()
    system.get_by_role("button", name=f"Revoke {REPO} at").click()
    expect(system.get_by_text("No code of any repo is approved.")).to_be_visible()
