"""A real server with its demo model, and pages of a real Chromium that a fault in the canvas makes fail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.bench.serving import serving
from tests.web.browser import chromium
from tests.web.canvas import Canvas

HERE = Path(__file__).parent
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content-Security-Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
PATIENCE = 20_000
"""Milliseconds that an action or expectation may take on a busy machine."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests go last: Playwright keeps an event loop running in this thread, where async tests start theirs."""
    items.sort(key=lambda item: HERE in item.path.parents)


@dataclass
class Complaints:
    """What the browser complained of in one test: errors, violations of the security policy, foreign requests."""

    heard: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Expect complaints that match this regular expression, in a test that provokes them."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        return [text for text in self.heard if not any(re.search(pattern, text) for pattern in self.allowed)]

    def listen(self, context: BrowserContext, url: str) -> None:
        """Hear everything that pages of this context complain of; `url` is the server's."""
        own = urlsplit(url).netloc

        def on_request(address: str) -> None:
            parts = urlsplit(address)
            if parts.scheme not in ("data", "blob") and parts.netloc != own:
                self.heard.append(f"request to another host: {address}")

        context.on("console", lambda said: self.heard.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.heard.append(str(error.error)))
        context.on("request", lambda request: on_request(request.url))
        context.add_init_script(REPORT_VIOLATIONS)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A server on a free port with an empty data folder, shared by all tests: where it is."""
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def http(address: str) -> Iterator[httpx.Client]:
    """The server as a program sees it."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: while Playwright is there its event loop runs, and asynchronous tests could not run theirs."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def context(browser: Browser, address: str, complaints: Complaints) -> Iterator[BrowserContext]:
    """A browser profile of its own. The test fails if one of its pages complains."""
    context = browser.new_context(
        base_url=address, viewport={"width": 1440, "height": 900}, reduced_motion="no-preference",
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    complaints.listen(context, address)
    yield context
    context.close()
    assert complaints.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture
def canvas(page: Page) -> Canvas:
    """The canvas, opened for the first time."""
    canvas = Canvas(page)
    canvas.open()
    return canvas
