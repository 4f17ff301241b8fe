"""Uploads and downloads: what is accepted, and how it is served."""

import io
import struct
import zlib

import pytest
from PIL import Image


def _picture(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    data = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(data, kind)
    return data.getvalue()


def _bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 30,000 × 30,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_a_picture_comes_back_byte_for_byte_with_the_type_of_its_content(server, kind, mime):
    data = _picture(kind)
    ref = server.http.post("/api/artifacts", content=data, headers={"Content-Type": "text/html"}).json()
    answer = server.http.get(f"/api/artifacts/{ref['id']}")
    assert (answer.content, answer.headers["content-type"], ref["size"]) == (data, mime, len(data))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_form_uploads_too_and_its_file_name_does_not_matter(server):
    files = {"file": ("../../evil.html", _picture(), "text/html")}
    ref = server.http.post("/api/artifacts", files=files).json()
    assert ref["mime"] == "image/png"


def test_ranges_etags_and_downloads_are_answered(server):
    data = _picture()
    path = f"/api/artifacts/{server.http.post('/api/artifacts', content=data).json()['id']}"
    part = server.http.get(path, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, data[2:6])
    etag = server.http.get(path).headers["etag"]
    assert server.http.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert "filename*=utf-8''a%20b.png" in server.http.get(f"{path}?download=a b.png").headers["content-disposition"]


BAD = {
    "nothing": (b"", 415),
    "a page": (b"<!doctype html><script>alert(1)</script>", 415),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 415),
    "a truncated picture": (_picture(size=(64, 64))[:-1500], 422),
    "only a PNG's first bytes": (b"\x89PNG\r\n\x1a\n garbage", 422),
    "an image bomb": (_bomb(), 413),
    "too many bytes": (b"\x89PNG\r\n\x1a\n" + b"\0" * 3_000_000, 413),
}


@pytest.mark.parametrize(("data", "status"), BAD.values(), ids=BAD.keys())
def test_a_bad_upload_is_refused_and_leaves_nothing_behind(server, data, status):
    before = sorted((server.data / "artifacts").rglob("*"))
    for answer in (
        server.http.post("/api/artifacts", content=data),
        server.http.post("/api/artifacts", content=iter([data[:100], data[100:]])),
        server.http.post("/api/artifacts", files={"file": ("a.png", data)}),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert sorted((server.data / "artifacts").rglob("*")) == before


def test_a_form_without_a_file_says_so(server):
    answer = server.http.post("/api/artifacts", files={"note": (None, "hello")})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (400, "bad_form")
