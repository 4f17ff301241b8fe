"""Reads picture files that nobody has checked: only known formats, of bounded size, whole and intact."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.errors import NodeError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is read; the many other decoders of PIL are a needless risk."""
MAX_PIXELS = 64_000_000
"""As RGBA 256 MB. A file of a few kB can hold far more (a decompression bomb)."""


def read_picture(path: Path, *, port: str) -> "Image":
    """The first frame of the file, upright (EXIF), in mode RGB, or RGBA if it has transparency.

    Raises NodeError if it is no picture, too large, cut off or damaged.
    """
    from PIL import ImageOps

    try:
        with path.open("rb") as file:
            _open(file, path.name, port).verify()  # checksums of PNG; the rest shows when it is decoded
            file.seek(0)
            picture = _open(file, path.name, port)
            picture.load()
        return as_colour(ImageOps.exif_transpose(picture))
    except NodeError:
        raise
    except Exception as error:  # decoders meet hostile bytes here and raise nearly anything
        raise NodeError(
            f"The picture {path.name!r} is damaged or cut off: {error}.",
            remedy="Save or upload it again.",
            port=port,
            code="bad_picture",
        ) from error


def as_colour(picture: "Image") -> "Image":
    """In mode RGB, or RGBA if it has transparency; always a new picture. 16-bit grey is scaled to 8 bits.

    Metadata and colour profiles stay behind: the result cache does not keep them, and results must not depend on it.
    """
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    transparent = "A" in picture.getbands() or "transparency" in picture.info
    colour = picture.convert("RGBA" if transparent else "RGB")  # a copy, even if the mode stays
    colour.info = {}
    return colour


def _open(file: BinaryIO, name: str, port: str) -> "ImageFile":
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # a warning only where warnings are errors
        raise _too_large(name, port) from None
    except UnidentifiedImageError:
        raise NodeError(
            f"{name!r} is not a picture that can be read.",
            remedy=f"Use one of {', '.join(FORMATS)}.",
            port=port,
            code="bad_picture",
        ) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large(name, port)
    return picture


def _too_large(name: str, port: str) -> NodeError:
    return NodeError(
        f"The picture {name!r} has more than {MAX_PIXELS // 1_000_000} million pixels.",
        remedy="Scale it down first.",
        port=port,
        code="picture_too_large",
    )
