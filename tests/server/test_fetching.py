"""POST /api/artifacts/fetch: files of the web, which is a server here, and what is not asked."""

import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from server import fetching


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(buffer, "PNG")
    return buffer.getvalue()


class Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, data = {
            "/red.png": (200, {}, png()),
            "/moved": (302, {"Location": "red.png"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
            "/inside": (302, {"Location": "http://192.168.1.1/red.png"}, b""),
            "/page": (200, {}, b"<html>"),
            "/large": (200, {}, b"x" * 3_000_000),
        }.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


@pytest.fixture
def open_web(web, monkeypatch) -> str:
    """As if this machine were somewhere on the web."""
    real = fetching.is_public
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1" or real(address))
    return web


def fetch(server, url: str):
    return server.http.post("/api/artifacts/fetch", json={"url": url})


@pytest.mark.parametrize("path", ["/red.png", "/moved"])
def test_a_picture_of_the_web_becomes_an_artifact(server, open_web, path):
    answer = fetch(server, open_web + path)
    assert answer.status_code == 201, answer.text
    assert server.http.get(answer.headers["location"]).content == png()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/gone", 502, "not_fetched"), ("/round", 502, "not_fetched"), ("/inside", 422, "private_address"),
     ("/page", 415, "unknown_type"), ("/large", 413, "too_large")],
)  # fmt: skip
def test_what_cannot_be_fetched_says_why(server, open_web, path, status, code):
    answer = fetch(server, open_web + path)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://127.0.0.1:1/a.png", "private_address"), ("http://[::1]/a.png", "private_address"),
     ("http://10.0.0.1/a.png", "private_address"), ("http://169.254.169.254/latest", "private_address"),
     ("http://[::ffff:127.0.0.1]/a.png", "private_address"), ("http://localhost/a.png", "private_address"),
     ("file:///etc/passwd", "bad_address"), ("red.png", "bad_address"), ("http://", "bad_address")],
)  # fmt: skip
def test_only_addresses_of_the_web_are_asked(server, url, code):
    answer = fetch(server, url)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, code)


def test_an_unknown_name_says_so(server):
    answer = fetch(server, "http://nowhere.invalid/a.png")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (502, "not_fetched")


def test_nothing_is_fetched_offline(helpers, tmp_path, open_web):
    with helpers.serving(tmp_path, offline=True) as server:
        answer = fetch(server, f"{open_web}/red.png")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "offline")


def test_a_name_is_looked_up_once_and_what_was_checked_is_asked(server, open_web, monkeypatch):
    """A name that means another address a moment later would lead around the check."""
    asked, real = [], socket.getaddrinfo

    def look_up(host, *args, **options):
        if host != "pictures.example":
            return real(host, *args, **options)
        asked.append(host)
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    answer = fetch(server, open_web.replace("127.0.0.1", "pictures.example") + "/red.png")
    assert (answer.status_code, asked) == (201, ["pictures.example"])
