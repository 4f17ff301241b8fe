"""How pictures are kept and described."""

import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import StorageError
from engine.values.refs import ValueSummary
from nodes.images.kind import PictureKind

KIND = PictureKind()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "HSV", "YCbCr", "LAB"])
def test_a_picture_survives_being_stored(mode: str) -> None:
    length = len(Image.new(mode, (5, 3)).tobytes())
    image = Image.frombytes(mode, (5, 3), bytes(range(8, 8 + length)))
    read = KIND.decode(KIND.encode(image))
    assert (read.mode, read.size, read.tobytes()) == (image.mode, image.size, image.tobytes())


def test_a_palette_becomes_colours() -> None:
    image = Image.new("P", (2, 2), 1)
    image.putpalette([0, 0, 0, 1, 2, 3])
    assert KIND.decode(KIND.encode(image)).getpixel((0, 0)) == (1, 2, 3)
    image.info["transparency"] = 1
    assert KIND.decode(KIND.encode(image)).getpixel((0, 0)) == (1, 2, 3, 0)


@pytest.mark.parametrize(("mode", "size"), [("L", 15), ("1", 15), ("RGB", 60), ("RGBA", 60), ("F", 60), ("I;16", 30)])
def test_the_summary_says_size_and_memory(mode: str, size: int) -> None:
    expected = ValueSummary(type="image", size=size, width=5, height=3)
    assert KIND.summary(Image.new(mode, (5, 3))) == expected


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "F", "CMYK", "I;16"])
def test_every_picture_can_be_opened_as_a_file(mode: str) -> None:
    data, extension = KIND.file(Image.new(mode, (5, 3)))
    with Image.open(io.BytesIO(data)) as image:
        assert (extension, image.format, image.size) == (".png", "PNG", (5, 3))


def test_metadata_does_not_travel() -> None:
    image = Image.new("RGB", (1, 1))
    image.info["exif"] = b"Exif\0\0secret"
    assert b"secret" not in KIND.encode(image)
    assert image.info["exif"] == b"Exif\0\0secret"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        KIND.encode(Image.effect_noise((64, 64), 50))[:-200],
        b"RAW1{}\n",
        b"RAW1" + json.dumps({"mode": "F", "size": [2, 2]}).encode() + b"\n" + zlib.compress(b"short"),
        b"RAW1" + json.dumps({"mode": "F", "size": [1, 1]}).encode() + b"\n" + zlib.compress(b"\0" * 10_000_000),
    ],
)
def test_a_damaged_picture_is_refused(data: bytes) -> None:
    with pytest.raises(StorageError, match="damaged"):
        KIND.decode(data)


def test_owning_a_value_does_not_import_pil(root: Path) -> None:
    program = (
        "import sys; from nodes.images.kind import PictureKind; print(PictureKind().owns({}), 'PIL' in sys.modules);"
        "from PIL import Image; print(PictureKind().owns(Image.new('L', (1, 1))))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
