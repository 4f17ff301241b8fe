"""How pictures are measured, described, kept in the result cache and shown."""

import io
import json
import sys
import zlib
from typing import TYPE_CHECKING, Any

from engine.errors import Problem, StorageError
from engine.values.refs import ValueSummary

if TYPE_CHECKING:
    from PIL.Image import Image

PNG_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
"""Modes that PNG keeps exactly. A palette becomes RGB or RGBA; all others are stored raw."""
_PNG_START = b"\x89PNG"
_RAW_START = b"RAW1"
_PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2}
"""How PIL holds a pixel; all other modes take 4 bytes."""


class PictureKind:
    """PIL pictures, masks included."""

    tag = "pil-png"

    def owns(self, value: Any) -> bool:
        pil = sys.modules.get("PIL.Image")  # where PIL is not loaded there are no pictures
        return pil is not None and isinstance(value, pil.Image)

    def size(self, value: "Image") -> int:
        return value.width * value.height * _PIXEL_BYTES.get(value.mode, 4)

    def encode(self, value: "Image") -> bytes:
        """A PNG; for modes that PNG does not have, a header line of JSON and the compressed pixels."""
        picture = _without_palette(value)
        if picture.mode in PNG_MODES:
            return _png(picture)
        header = json.dumps({"mode": picture.mode, "size": picture.size}).encode()
        return _RAW_START + header + b"\n" + zlib.compress(picture.tobytes(), level=1)

    def decode(self, data: bytes) -> "Image":
        """Raises StorageError if `data` is not what `encode` makes."""
        from PIL import Image

        try:
            if data.startswith(_RAW_START):
                return _from_raw(data[len(_RAW_START) :])
            picture = Image.open(io.BytesIO(data), formats=("PNG",))
            picture.load()
            return picture
        except Exception as error:  # the cache may be damaged in any way
            message = f"A stored picture is damaged: {error}."
            raise StorageError(Problem(code="bad_stored_picture", message=message, remedy="Run again.")) from error

    def summary(self, value: "Image") -> ValueSummary:
        return ValueSummary(type="image", size=self.size(value), width=value.width, height=value.height)

    def file(self, value: "Image") -> tuple[bytes, str]:
        picture = _without_palette(value)
        if picture.mode not in PNG_MODES:
            picture = picture.convert("L" if len(picture.getbands()) == 1 else "RGB")
        return _png(picture), ".png"


def _without_palette(picture: "Image") -> "Image":
    if picture.mode not in ("P", "PA"):
        return picture
    return picture.convert("RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB")


def _png(picture: "Image") -> bytes:
    """Only runs are compressed: at 1024 px five times as fast as the default, and no larger. Metadata stays out."""
    bare = picture.copy()
    bare.info = {}
    buffer = io.BytesIO()
    bare.save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


def _from_raw(data: bytes) -> "Image":
    from PIL import Image

    header, _, packed = data.partition(b"\n")
    facts = json.loads(header)
    width, height = facts["size"]
    unpacker = zlib.decompressobj()
    pixels = unpacker.decompress(packed, width * height * 8 + 1)  # no mode has more bytes a pixel
    if not unpacker.eof:
        raise ValueError("it does not hold as many pixels as it says")
    return Image.frombytes(facts["mode"], (width, height), pixels)
