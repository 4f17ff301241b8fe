"""Graphs inside picture files: in and out again, with the pixels as they were."""

import io
from typing import Any

import pytest
from PIL import Image

from engine.graph.document import Graph, Node, compact_graph, load_graph
from engine.graph.embedded import NotAPicture, embed, embedded

TEXT = compact_graph(
    Graph(name="A <b> & ]]> \ufffe 猫", nodes=[Node(id="a", type="text", params={"text": 'two\nlines "quoted" \x7f'})])
)


def picture(format: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((37, 21), 90).convert(mode).save(buffer, format, **options)
    return buffer.getvalue()


FILES = {
    "PNG": picture("PNG"),
    "PNG with transparency": picture("PNG", "RGBA"),
    "WebP": picture("WEBP"),
    "WebP with transparency": picture("WEBP", "RGBA"),
    "lossless WebP": picture("WEBP", lossless=True),
    "lossless WebP with transparency": picture("WEBP", "RGBA", lossless=True),
    "WebP with EXIF and other XMP": picture("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0", xmp=b"<x/>"),
    "animated WebP": picture("WEBP", save_all=True, append_images=[Image.new("RGB", (37, 21))]),
}


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes, int]:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.mode, image.size, image.tobytes(), getattr(image, "n_frames", 1)


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_a_graph_goes_in_and_comes_out_and_the_pixels_stay(data: bytes) -> None:
    made = embed(data, TEXT)
    found = embedded(made)
    assert found is not None and load_graph(found) == load_graph(TEXT)
    assert pixels(made) == pixels(data)
    assert embedded(data) is None


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_a_graph_replaces_the_one_that_was_there(data: bytes) -> None:
    assert embed(embed(data, '{"old":1}'), TEXT) == embed(data, TEXT)


def test_other_programs_see_the_text() -> None:
    with Image.open(io.BytesIO(embed(FILES["PNG"], TEXT))) as image:
        assert image.info["blockloom"] == TEXT
    with Image.open(io.BytesIO(embed(FILES["WebP"], TEXT))) as image:
        assert b'xmlns:blockloom="urn:blockloom"' in image.info["xmp"]


BAD = {
    "nothing": b"",
    "a JPEG": picture("JPEG"),
    "a PNG that is cut off": FILES["PNG"][:-20],
    "a WebP that is cut off": FILES["WebP"][:-20],
    "only a PNG's first bytes": FILES["PNG"][:8],
    "only a WebP's first bytes": FILES["WebP"][:12],
    "a WebP without a bitstream": b"RIFF\x0c\0\0\0WEBPVP8X\0\0\0\0",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_no_sound_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        embed(data, TEXT)


def test_a_text_chunk_of_another_program_is_no_graph() -> None:
    assert embedded(FILES["PNG"].replace(b"IDAT", b"iTXt", 1)) is None


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


LARGE = (1).to_bytes(4, "big") + b"mdat" + (19).to_bytes(8, "big") + b"xyz"
"""A box with a size of 64 bits."""
MP4 = box(b"ftyp", b"isom\0\0\2\0") + LARGE + box(b"uuid", b"of another program") + box(b"moov", b"tables")


def test_a_graph_is_the_last_box_of_an_mp4_and_replaces_the_one_before() -> None:
    made = embed(MP4, TEXT)
    assert made.startswith(MP4) and embedded(MP4) is None
    assert load_graph(embedded(made) or b"") == load_graph(TEXT)
    assert embed(embed(MP4, '{"old":1}'), TEXT) == made


def test_an_mp4_that_leaves_no_room_is_refused() -> None:
    endless = box(b"ftyp", b"isom") + bytes(4) + b"mdat" + b"goes on to the end of the file"
    for data in (MP4[:-3], endless, MP4 + b"?", embed(MP4, TEXT) + box(b"free", b"")):
        with pytest.raises(NotAPicture):
            embed(data, TEXT)
