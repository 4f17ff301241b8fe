"""What may be uploaded: media known by their content, pictures verified before they are kept."""

import asyncio
import contextlib
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from engine.values.artifacts import ArtifactStore
from engine.values.refs import ArtifactRef
from server.bodies import limited
from server.errors import HttpProblem

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 64_000_000
"""Pixels of a picture; 64 MP take 256 MB of memory as RGBA."""

CHUNK = 1024 * 1024
FORM_OVERHEAD = 64 * 1024
"""Bytes of boundaries and headers around a file in a form."""
PICTURES = {".png", ".jpg", ".webp", ".gif"}
_ACCEPTED = "PNG, JPEG, WebP, GIF, MP4, WebM, WAV, MP3, FLAC or Ogg"


async def keep_upload(artifacts: ArtifactStore, chunks: AsyncIterator[bytes], max_bytes: int) -> ArtifactRef:
    """Keep what `chunks` yields as an artifact, once it is known to be sound.

    Raises HttpProblem: 415 for other types, 422 for damaged and 413 for too large pictures.
    """
    with tempfile.TemporaryDirectory(prefix="blockloom-upload-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
        extension = await asyncio.to_thread(_verified_extension, path)
        return await artifacts.keep_stream(_read(path), extension, max_bytes)


def uploaded(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The file in the request, which is the body or the one file of a form. Raises HttpProblem 413, 400."""
    is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
    return _form_file(request, limit) if is_form else limited(request, limit)


def sniff(head: bytes) -> str | None:
    """The extension that the first 32 bytes tell of, whatever the file was called."""
    if head.startswith(b"RIFF"):
        return {b"WEBP": ".webp", b"WAVE": ".wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return ".mp4"
    magics = {
        b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF87a": ".gif", b"GIF89a": ".gif",
        b"\x1a\x45\xdf\xa3": ".webm", b"ID3": ".mp3", b"\xff\xfb": ".mp3", b"\xff\xf3": ".mp3", b"fLaC": ".flac",
        b"OggS": ".ogg",
    }  # fmt: skip
    return next((extension for magic, extension in magics.items() if head.startswith(magic)), None)


def _verified_extension(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(32)
    extension = sniff(head)
    if extension is None:
        what = "is empty" if not head else "has a type that is not accepted"
        raise HttpProblem(415, "unknown_type", f"The file {what}.", f"Send {_ACCEPTED}; the content decides.")
    if extension in PICTURES:
        _verify_picture(path)
    return extension


def _verify_picture(path: Path) -> None:
    """Decode it all: only that finds a truncated picture."""
    with open_picture(path) as picture:
        picture.load()


@contextlib.contextmanager
def open_picture(path: Path) -> "Iterator[ImageFile]":
    """The picture, its size checked and nothing decoded yet.

    Raises HttpProblem, also for what goes wrong while it is decoded: 413 if it is too large, 422 if it is damaged.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise _too_many_pixels(f"{width}×{height}")
                yield picture
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("hundreds of millions of pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise HttpProblem(
            422, "bad_image", f"The picture is damaged: {error}.".replace(str(path), "the file"), "Send it again."
        ) from error


def _too_many_pixels(size: str) -> HttpProblem:
    message = f"The picture is too large: {size}, where {MAX_PIXELS // 1_000_000} million pixels are allowed."
    return HttpProblem(413, "too_many_pixels", message, "Scale it down first.")


async def _form_file(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The one file of a form; the parser keeps it on disk. Raises HttpProblem 400 for other forms."""
    parser = MultiPartParser(request.headers, limited(request, limit + FORM_OVERHEAD), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HttpProblem(400, "bad_form", f"The form cannot be read: {error.message}", "Send one file.") from error
    try:
        file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if file is None:
            raise HttpProblem(400, "bad_form", "The form holds no file.", "Send it as the field `file`.")
        while chunk := await file.read(CHUNK):
            yield chunk
    finally:
        await form.close()


async def _read(path: Path) -> AsyncIterator[bytes]:
    with contextlib.closing(path.open("rb")) as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
