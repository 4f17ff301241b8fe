"""The files of the input folder, as file widgets offer them: relative names, and nothing outside the folder."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from nodes.images.paths import stays_inside

Kind = Literal["image", "video", "audio", "other"]

KINDS: dict[str, Kind] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"), "image"),
    **dict.fromkeys((".mp4", ".webm", ".mov", ".mkv", ".avi"), "video"),
    **dict.fromkeys((".wav", ".mp3", ".flac", ".ogg", ".m4a", ".opus"), "audio"),
}
MOST_FILES = 100_000
"""Files looked at; a folder of more is listed in part."""


class InputFile(BaseModel):
    """`path` is relative to the input folder, as nodes take it; `size` in bytes, `modified` in seconds of the epoch."""

    path: str
    size: int
    modified: float
    kind: Kind


class FileList(BaseModel):
    """Files, last modified first, and how many there are in all."""

    files: list[InputFile]
    total: int


def list_files(folder: Path, *, search: str | None, kind: Kind | None, limit: int) -> FileList:
    """The files below `folder` with `search` in their path. Hidden ones are left out, and so are links that lead out
    of the folder and links to folders."""
    files = [
        file for file in islice(_files(folder), MOST_FILES)
        if (kind is None or file.kind == kind) and (not search or search.casefold() in file.path.casefold())
    ]  # fmt: skip
    files.sort(key=lambda file: (-file.modified, file.path))
    return FileList(files=files[:limit], total=len(files))


def _files(folder: Path) -> Iterator[InputFile]:
    root = folder.resolve()
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and (file := _file(root, Path(place, name))):
                yield file


def _file(root: Path, path: Path) -> InputFile | None:
    """None for what no node could read: links out of the folder, names that are no text, what is no file."""
    name = path.relative_to(root).as_posix()
    try:
        name.encode()
        facts = path.stat()
        if not path.is_file() or not stays_inside(name):
            return None
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            return None
    except (OSError, RuntimeError, UnicodeEncodeError):  # removed just now, links in a circle
        return None
    return InputFile(
        path=name, size=facts.st_size, modified=facts.st_mtime, kind=KINDS.get(path.suffix.lower(), "other")
    )
