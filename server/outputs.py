"""Writing the outputs of a run into a folder, for the command line."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from engine.errors import Problem, StorageError
from engine.values.refs import ArtifactRef, ValueSummary


def make_folder(folder: Path) -> None:
    """Make the folder for outputs. Raises StorageError, before anything has run, where there can be none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"The folder {folder} cannot be written: {error.strerror}."
        raise StorageError(Problem(code="no_folder", message=message, remedy="Choose another with --out.")) from error


def write_outputs(
    outputs: Mapping[str, Mapping[str, ValueSummary]], folder: Path, fetch: Callable[[ArtifactRef], bytes]
) -> tuple[list[Path], list[str]]:
    """Write `<node>_<port>[_<i>].<ext>`: pictures and media as they are, text as .txt, other data as .json.

    `fetch` gets an artifact's bytes. Returns the files, and the `node.port` of what has no file form (tensors, refs of
    things in a worker's memory).
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    left_out: list[str] = []
    for node, ports in outputs.items():
        for port, summary in ports.items():
            parts = list(_parts(f"{node}_{port}", summary))
            for stem, part in parts:
                written += _write(folder / stem, part, fetch)
            if not any(_has_file(part) for _, part in parts):
                left_out.append(f"{node}.{port}")
    return written, left_out


def _parts(stem: str, summary: ValueSummary) -> Iterator[tuple[str, ValueSummary]]:
    """The value itself, or the items of a list of files, numbered from 1."""
    items = summary.items or []
    if any(item.artifact for item in items):
        yield from ((f"{stem}_{number}", item) for number, item in enumerate(items, start=1))
    else:
        yield stem, summary


def _has_file(summary: ValueSummary) -> bool:
    return summary.artifact is not None or summary.value is not None


def _write(stem: Path, summary: ValueSummary, fetch: Callable[[ArtifactRef], bytes]) -> list[Path]:
    # Ids may hold dots, so no with_suffix.
    if summary.artifact is not None:
        path = stem.parent / f"{stem.name}{Path(summary.artifact.id).suffix}"
        path.write_bytes(fetch(summary.artifact))
    elif isinstance(summary.value, str):
        path = stem.parent / f"{stem.name}.txt"
        path.write_text(summary.value, encoding="utf-8")
    elif summary.value is not None:
        path = stem.parent / f"{stem.name}.json"
        path.write_text(json.dumps(summary.value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        return []
    return [path]
