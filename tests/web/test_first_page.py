"""Opening the canvas for the first time."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.web.canvas import Canvas


def test_the_page_opens_with_the_templates_and_no_complaints(canvas: Canvas, http: httpx.Client) -> None:
    for template in http.get("/api/templates").json()["templates"]:
        expect(canvas.page.get_by_role("button", name=template["title"], exact=True).first).to_be_visible()
    expect(canvas.page).to_have_title(re.compile("Blockloom"))


def test_the_hashed_files_are_kept_and_compressed(page: Page) -> None:
    with page.expect_response("**/assets/index-*.js") as script:
        page.goto("/")
    headers = script.value.all_headers()
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
