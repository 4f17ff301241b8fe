"""Load, save and preview: the pictures that come in and go out, and the files that are refused."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import NodeError
from engine.graph.embedded import embedded
from nodes.images import files

RED_GREEN = Image.frombytes("RGB", (2, 1), bytes([255, 0, 0, 0, 255, 0]))


def png(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    facts = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", facts) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["a.png", "below/b.png", "Ein Bild.png"])
def test_loads_from_the_input_folder(place: Any, name: str) -> None:
    (place.input_dir / name).parent.mkdir(exist_ok=True)
    (place.input_dir / name).write_bytes(png(RED_GREEN))
    image, mask = files.load(name, place.context)
    assert (image.mode, image.tobytes()) == ("RGB", RED_GREEN.tobytes())
    assert (mask.mode, mask.tobytes()) == ("L", b"\0\0")


def test_loads_an_artifact(place: Any) -> None:
    artifact = place.artifacts.keep(png(RED_GREEN), ".png")
    assert files.load(artifact.id, place.context)[0].tobytes() == RED_GREEN.tobytes()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_reads_the_usual_formats(place: Any, format: str) -> None:
    Image.new("RGB", (8, 8), (200, 0, 0)).save(place.input_dir / "a", format)
    image, _ = files.load("a", place.context)
    assert (image.size, image.mode) == ((8, 8), "RGB")
    assert image.getpixel((4, 4))[0] == pytest.approx(200, abs=8)


def test_the_mask_is_white_where_the_picture_is_transparent(place: Any) -> None:
    picture = Image.frombytes("RGBA", (2, 1), bytes([9, 9, 9, 255, 8, 8, 8, 0]))
    picture.save(place.input_dir / "a.png")
    image, mask = files.load("a.png", place.context)
    assert (image.mode, image.tobytes(), mask.tobytes()) == ("RGBA", picture.tobytes(), b"\x00\xff")


def test_a_palette_with_transparency_becomes_rgba(place: Any) -> None:
    picture = Image.frombytes("P", (2, 1), bytes([0, 1]))
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.save(place.input_dir / "a.png", transparency=1)
    image, mask = files.load("a.png", place.context)
    assert (image.mode, image.getpixel((0, 0)), mask.tobytes()) == ("RGBA", (255, 0, 0, 255), b"\x00\xff")


def test_grey_of_16_bits_is_scaled(place: Any) -> None:
    Image.new("I;16", (1, 1), 0x8080).save(place.input_dir / "a.png")
    assert files.load("a.png", place.context)[0].getpixel((0, 0)) == (128, 128, 128)


def test_the_camera_orientation_is_applied(place: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    RED_GREEN.save(place.input_dir / "a.png", exif=exif)
    image, _ = files.load("a.png", place.context)
    assert (image.size, image.tobytes()) == ((1, 2), RED_GREEN.tobytes())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (png(Image.effect_noise((64, 64), 90))[:-900], "damaged or cut off"),
        (png(Image.effect_noise((64, 64), 90)).replace(b"IDAT", b"IDAT\x01", 1), "damaged or cut off"),
        (png_header(10_000, 6_401), "more than 64 million pixels"),
        (png_header(12_000, 12_000), "more than 64 million pixels"),
        (png_header(60_000, 60_000), "more than 64 million pixels"),
        (png_header(100, 100), "damaged or cut off"),
        (b"GIF89a", "damaged|not a picture"),
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    ],
)
def test_a_bad_file_is_refused(place: Any, data: bytes, message: str) -> None:
    (place.input_dir / "bad.png").write_bytes(data)
    for load in (files.load, files.load_mask):
        with pytest.raises(NodeError, match=message) as caught:
            load("bad.png", place.context)
        assert "bad.png" in caught.value.problems[0].message


def test_a_truncated_jpeg_is_refused(place: Any) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(buffer, "JPEG")
    (place.input_dir / "a.jpg").write_bytes(buffer.getvalue()[:-500])
    with pytest.raises(NodeError, match="damaged or cut off"):
        files.load("a.jpg", place.context)


def test_an_unknown_artifact_is_refused(place: Any) -> None:
    with pytest.raises(NodeError):
        files.load("0" * 64 + ".png", place.context)


def test_a_loaded_mask_is_its_brightness_and_transparent_counts_as_black(place: Any) -> None:
    Image.frombytes("LA", (3, 1), bytes([255, 255, 100, 255, 255, 0])).save(place.input_dir / "m.png")
    mask = files.load_mask("m.png", place.context)
    assert (mask.mode, list(mask.tobytes())) == ("L", [255, 100, 0])


def test_saves_under_the_next_number_and_never_over_a_file(place: Any) -> None:
    taken = place.output_dir / "cats" / "cat_00007.jpg"
    taken.parent.mkdir()
    taken.write_bytes(b"mine")
    images, names = files.save([RED_GREEN, RED_GREEN], place.context, name="cats/cat")
    assert images == [RED_GREEN, RED_GREEN]
    assert names == ["cats/cat_00008.png", "cats/cat_00009.png"]
    assert place.lines == ["Saved cats/cat_00008.png", "Saved cats/cat_00009.png"]
    assert taken.read_bytes() == b"mine"
    with Image.open(place.output_dir / names[0]) as saved:
        assert saved.tobytes() == RED_GREEN.tobytes()


@pytest.mark.parametrize(("format", "ending"), [("png", ".png"), ("jpeg", ".jpg"), ("webp", ".webp")])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1"])
def test_saves_every_mode_in_every_format(place: Any, format: Any, ending: str, mode: str) -> None:
    _, (name,) = files.save([Image.new(mode, (4, 4))], place.context, format=format, quality=95)
    assert name == f"image_00001{ending}"
    with Image.open(place.output_dir / name) as saved:
        assert (saved.format, saved.size) == (format.upper(), (4, 4))


@pytest.mark.parametrize("format", ["png", "webp"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_saved_files_carry_the_graph_of_the_run(place: Any, format: Any, mode: str) -> None:
    _, (name,) = files.save([Image.new(mode, (5, 3), (9, 9, 9, 99)[: len(mode)])], place.context, format=format)
    assert embedded((place.output_dir / name).read_bytes()) == place.context.graph().encode()
    with Image.open(place.output_dir / name) as saved:
        saved.load()
        assert (saved.size, saved.mode) == ((5, 3), mode)


def test_jpeg_shows_transparency_as_white(place: Any) -> None:
    _, (name,) = files.save([Image.new("RGBA", (8, 8), (255, 0, 0, 0))], place.context, format="jpeg")
    with Image.open(place.output_dir / name) as saved:
        assert saved.getpixel((4, 4)) == (255, 255, 255)


def test_preview_passes_pictures_on() -> None:
    images = [RED_GREEN]
    assert files.preview(images) is images


def test_the_key_of_a_loaded_file_follows_its_content(place: Any) -> None:
    fingerprint = files.load.definition.fingerprint
    path: Path = place.input_dir / "a.png"
    missing = fingerprint({"image": "a.png"}, place.input_dir)
    path.write_bytes(b"one")
    first = fingerprint({"image": "a.png"}, place.input_dir)
    path.write_bytes(b"three")
    second = fingerprint({"image": "a.png"}, place.input_dir)
    assert len({missing, first, second}) == 3
    assert fingerprint({"image": "a.png"}, place.input_dir) == second
    assert fingerprint({"image": "../a.png"}, place.input_dir) == "missing"
    assert fingerprint({"image": "0" * 64 + ".png"}, place.input_dir) == ""


def test_a_name_from_another_node_makes_the_key_follow_the_whole_folder(place: Any) -> None:
    fingerprint = files.load_mask.definition.fingerprint
    before = fingerprint({}, place.input_dir)
    (place.input_dir / "b.png").write_bytes(b"one")
    after = fingerprint({}, place.input_dir)
    assert before != after
    assert fingerprint({}, place.input_dir) == after
