"""The pages: the built canvas with its caching and compression, and what stands in for it when it is not built."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.routes import pages

SCRIPT = b"export const answer = 42;\n" * 100
INDEX = b"<!doctype html><title>Blockloom</title>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "index-1a2b.js").write_bytes(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT, 9, mtime=0))
    (assets / "inter-3c4d.woff2").write_bytes(b"wOF2")
    (tmp_path / "index.html").write_bytes(INDEX)
    (tmp_path / "favicon.svg").write_bytes(b"<svg/>")
    (tmp_path / ".built").write_bytes(b"a hash")
    return tmp_path


def client_of(canvas: Path | None) -> TestClient:
    app = FastAPI()
    app.include_router(pages.router)
    pages.install(app, canvas)
    return TestClient(app)


@pytest.fixture
def client(built: Path) -> Iterator[TestClient]:
    with client_of(built) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/w/anything"])
def test_the_canvas_is_asked_for_again_and_sent_only_if_it_changed(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, INDEX, "no-cache")
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_hashed_files_are_kept_for_ever_and_others_are_not(client):
    assert client.get("/assets/inter-3c4d.woff2").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "gzip"), ("*", "gzip"), ("gzip;q=0", None), ("br", None), ("", None)],
)
def test_a_compressed_file_goes_to_those_who_take_it(client, accepted, encoding):
    answer = client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": accepted})
    assert answer.content == SCRIPT
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_types_do_not_depend_on_the_system(client):
    assert client.get("/assets/inter-3c4d.woff2").headers["content-type"] == "font/woff2"


@pytest.mark.parametrize("path", ["/.built", "/assets/../.built", "/assets/%2e%2e/.built", "/nothing", "/assets/no.js"])
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code == 404


def test_without_a_built_canvas_the_page_says_how_to_build_it():
    with client_of(None) as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "hatch_build.py" in answer.text
    assert "/static/style.css" in answer.text
