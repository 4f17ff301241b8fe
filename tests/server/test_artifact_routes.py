"""Uploads and downloads: what is accepted, and how it is served."""

import io
import struct
import zlib

import pytest
from PIL import Image

from engine.graph.document import load_graph
from engine.graph.embedded import embedded
from engine.values.artifacts import ArtifactStore
from nodes.video.coding import encode
from server.thumbnails import Thumbnails


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


@pytest.fixture
def run(server, helpers):
    """A run that had an override."""
    return server.run(helpers.graph(helpers.node("show", "echo", value=1)), overrides={"show.value": "über"}).json()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_is_downloaded_with_the_graph_of_its_run(server, run, kind):
    data = _picture(kind)
    path = f"/api/artifacts/{server.http.post('/api/artifacts', content=data).json()['id']}"
    answer = server.http.get(f"{path}?download=a.{kind.lower()}&run={run['id']}")
    assert load_graph(embedded(answer.content) or b"").nodes[0].params == {"value": "über"}
    assert "filename*=utf-8''a." in answer.headers["content-disposition"]
    assert answer.headers["etag"] != server.http.get(path).headers["etag"]
    known = {"If-None-Match": answer.headers["etag"]}
    assert server.http.get(f"{path}?download=a&run={run['id']}", headers=known).status_code == 304
    assert server.http.get(path).content == server.http.get(f"{path}?run={run['id']}").content == data
    assert server.http.post("/api/graphs/read", content=answer.content).json()["nodes"][0]["id"] == "show"


def test_a_download_of_another_type_stays_as_it_is(server, run):
    data = _picture("JPEG")
    path = f"/api/artifacts/{server.http.post('/api/artifacts', content=data).json()['id']}"
    assert server.http.get(f"{path}?download=a.jpg&run={run['id']}").content == data


def test_a_download_with_the_graph_of_no_run_says_so(server):
    path = f"/api/artifacts/{server.http.post('/api/artifacts', content=_picture()).json()['id']}"
    answer = server.http.get(f"{path}?download=a.png&run=nothing")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (404, "no_run")


def _thumbnail(server, data: bytes, size: int = 64):
    return server.http.get(f"{_path(server, data)}/thumbnail?size={size}")


def _path(server, data: bytes) -> str:
    return f"/api/artifacts/{server.http.post('/api/artifacts', content=data).json()['id']}"


def test_a_thumbnail_is_a_small_webp_that_may_be_cached_for_ever(server):
    path = _path(server, _picture(size=(400, 100)))
    first, second = (server.http.get(f"{path}/thumbnail?size=64") for _ in range(2))
    assert (first.headers["content-type"], first.content) == ("image/webp", second.content)
    assert Image.open(io.BytesIO(first.content)).size == (64, 16)
    assert "immutable" in first.headers["cache-control"] and "sandbox" in first.headers["content-security-policy"]
    unchanged = server.http.get(f"{path}/thumbnail?size=64", headers={"If-None-Match": first.headers["etag"]})
    assert unchanged.status_code == 304
    assert server.http.get(f"{path}/thumbnail").headers["etag"] != first.headers["etag"]


def _turned() -> bytes:
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (400, 100)).save(data, "JPEG", exif=exif)
    return data.getvalue()


def _grey() -> bytes:
    data = io.BytesIO()
    Image.new("I;16", (400, 100), 0x8080).save(data, "PNG")
    return data.getvalue()


KINDS = {
    "a small picture": (_picture(size=(8, 6)), (8, 6), "RGB"),
    "a JPEG on its side": (_turned(), (16, 64), "RGB"),
    "16-bit grey": (_grey(), (64, 16), "RGB"),
    "a GIF": (_picture("GIF", (100, 100)), (64, 64), "RGB"),
}


@pytest.mark.parametrize(("data", "size", "mode"), KINDS.values(), ids=KINDS.keys())
def test_thumbnails_of_all_kinds_of_pictures(server, data, size, mode):
    picture = Image.open(io.BytesIO(_thumbnail(server, data).content))
    assert (picture.size, picture.mode) == (size, mode)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{'0' * 64}.png/thumbnail", 404),
        (f"{'0' * 64}.mp4/thumbnail", 404),
        (f"{'0' * 64}.wav/thumbnail", 415),
        ("..%2F..%2Fruns.sqlite/thumbnail", 404),
        ("nothing/thumbnail", 404),
        (f"{'0' * 64}.png/thumbnail?size=63", 422),
        (f"{'0' * 64}.png/thumbnail?size=1025", 422),
    ],
)
def test_a_thumbnail_that_cannot_be_says_why(server, path, status):
    answer = server.http.get(f"/api/artifacts/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_picture_too_large_to_decode_has_no_thumbnail(server):
    artifact = server.app.state.blockloom.engine.artifacts.keep(_bomb(), ".png")
    assert server.http.get(f"/api/artifacts/{artifact.id}/thumbnail").status_code == 413


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_a_video_shows_its_first_frame(server, format):
    red, blue = (Image.new("RGB", (96, 48), colour) for colour in ("red", "blue"))
    clip = encode([red, blue], 2, 8.0, format=format, quality=90, progress=lambda step, total: None)
    answer = _thumbnail(server, clip.data)
    assert answer.status_code == 200, answer.text
    still = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert still.size == (64, 32) and still.getpixel((30, 15))[0] > 200


def test_a_damaged_video_has_no_thumbnail(server):
    answer = _thumbnail(server, b"\0\0\0\x18ftypmp42" + b"x" * 99)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "bad_video")


async def test_thumbnails_used_longest_ago_make_room(tmp_path):
    artifacts = ArtifactStore(tmp_path / "artifacts", 2**30)
    thumbnails = Thumbnails(tmp_path / "thumbnails", artifacts, limit_bytes=20_000)
    made = [await thumbnails.get(artifacts.keep(_picture(size=(64, 64)), ".png").id, 64) for _ in range(8)]
    left = [path for path in made if path.exists()]
    assert 0 < len(left) < 8 and made[-1] in left
    assert sum(path.stat().st_size for path in left) <= 20_000
