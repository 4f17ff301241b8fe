"""Names of files that people give: below the input or output folder, and nowhere else."""

import re
from hashlib import sha256
from pathlib import Path, PurePosixPath

from engine.errors import NodeError

_ARTIFACT_ID = re.compile(r"[0-9a-f]{64}\.[a-z0-9]+")
_PART = re.compile(r"\w(?:[\w .()+,@=-]*[\w)+,@=-])?")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
MAX_PART = 100
"""Bytes of one name in UTF-8; file systems take 255, and a counter and an extension follow."""


def is_artifact_id(name: str) -> bool:
    return _ARTIFACT_ID.fullmatch(name) is not None


def input_file(folder: Path, name: str, *, port: str) -> Path:
    """The file `name` (relative, `/` between parts) below `folder`, links followed.

    Raises NodeError if the name leads out of the folder or there is no such file.
    """
    if not stays_inside(name):
        raise _outside(name, "input", port)
    try:
        path = (folder / name).resolve()
        outside, found = not path.is_relative_to(folder.resolve()), path.is_file()
    except (OSError, RuntimeError):  # a name too long for the file system, links in a circle
        outside, found = False, False
    if outside:
        raise _outside(name, "input", port)
    if not found:
        raise NodeError(
            f"There is no file {name[:200]!r} in the input folder.",
            remedy="Upload the picture, or check the name.",
            port=port,
        )
    return path


def output_place(folder: Path, name: str, *, port: str) -> tuple[Path, str]:
    """The folder (made if missing) and the stem for a file to be saved as `name`, such as `cats/portrait`.

    Raises NodeError if the name leads out of `folder` or would not be a good file name on all systems.
    """
    parts = PurePosixPath(name).parts
    if not parts or not stays_inside(name):
        raise _outside(name, "output", port)
    for part in parts:
        if not _PART.fullmatch(part) or _DEVICES.fullmatch(part) or len(part.encode()) > MAX_PART:
            raise NodeError(
                f"{part[:200]!r} is not a good file name.",
                remedy=f"Start with a letter or digit; use at most {MAX_PART} letters, digits, spaces and -_.()+,@=",
                port=port,
            )
    place = folder.joinpath(*parts[:-1])
    if not place.resolve().is_relative_to(folder.resolve()):
        raise _outside(name, "output", port)
    place.mkdir(parents=True, exist_ok=True)
    return place, parts[-1]


def file_state(folder: Path, name: str) -> str:
    """A text that changes when the file `name` in `folder` changes; empty for artifacts. Never raises."""
    if is_artifact_id(name):
        return ""
    try:
        return _state(input_file(folder, name, port=""))
    except NodeError:
        return "missing"  # running the node says why


def folder_state(folder: Path) -> str:
    """A text that changes when any file below `folder` changes, for names that are known only once the graph runs."""
    states = sorted(_state(path) for path in folder.rglob("*") if path.is_file())
    return sha256("\n".join(states).encode("utf-8", "surrogateescape")).hexdigest()


def _state(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:  # removed just now
        return f"{path}|gone"
    return f"{path}|{facts.st_size}|{facts.st_mtime_ns}"


def stays_inside(name: str) -> bool:
    """Whether `name` is relative and has no part that leads up, on any system."""
    if "\0" in name or "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return False
    return bool(name.strip()) and ".." not in PurePosixPath(name).parts


def _outside(name: str, folder: str, port: str) -> NodeError:
    return NodeError(
        f"{name[:200]!r} is not a name inside the {folder} folder.",
        remedy=f"Give a name relative to the {folder} folder, such as cats/portrait, without '..'.",
        port=port,
    )
