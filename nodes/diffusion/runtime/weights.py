"""The weight files of a component: which there are, how large, in which precision, and what is wrong with them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.errors import NodeError
from nodes.diffusion.runtime.repos import CONFIG_PATTERNS, INDEX_FILES, PICKLED, Located, Repos

_FLOATS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def weight_files(folder: Path, variant: str | None = None) -> list[Path]:
    """The safetensors files of one component, those of `variant` where there are any."""
    files = sorted(folder.glob("*.safetensors"))
    of_variant = [path for path in files if variant and f".{variant}" in path.name]
    plain = [path for path in files if path.name.count(".") == 1]
    return of_variant or plain or files


def stored_bytes(files: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def stored_dtype(files: Iterable[Path]) -> str | None:
    """The precision that most of the files' bytes are in, by torch's name; None if no header can be read."""
    totals: dict[str, int] = {}
    for path in files:
        for entry in _header(path).values():
            if isinstance(entry, dict) and (name := _FLOATS.get(str(entry.get("dtype")))):
                start, end = entry["data_offsets"]
                totals[name] = totals.get(name, 0) + end - start
    return max(totals, key=totals.__getitem__) if totals else None


def configured_half(folder: Path) -> str | None:
    """The half precision that the repo's component configs were saved in; None if they do not agree on one."""
    named = set()
    for path in folder.glob("*/config.json"):
        config = read_config(path.parent)
        named.add(config.get("dtype") or config.get("torch_dtype"))
    halves = named & {"float16", "bfloat16"}
    return halves.pop() if len(halves) == 1 else None


def read_config(folder: Path) -> dict[str, Any]:
    """A component's `config.json`, empty where there is none."""
    path = folder / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return config


def damaged_file(files: Iterable[Path]) -> Path | None:
    """The first file that is no whole safetensors file."""
    from safetensors import SafetensorError, safe_open

    for path in files:
        try:
            with safe_open(path, framework="pt"):
                pass
        except (SafetensorError, OSError):
            return path
    return None


def fetch_missing(repos: Repos, located: Located, subfolder: str, variant: str | None) -> None:
    """Download one component's files of a hub repo where they are not here yet. Raises NodeError if there are none."""
    folder = located.folder / subfolder
    if located.on_hub and not weight_files(folder, variant):
        prefix = f"{subfolder}/" if subfolder else ""
        repos.fetch(located.repo, located.commit, [f"{prefix}{name}" for name in ("*.safetensors", *CONFIG_PATTERNS)])
        if not weight_files(folder, variant):
            raise NodeError(
                f"Repo {located.repo!r} has no safetensors weights in {subfolder or 'its main folder'}.",
                remedy="Choose a repo with safetensors weights; pickles are not loaded.", code="pickled_weights",
            )  # fmt: skip


def refuse_pickled(located: Located) -> None:
    """Raise NodeError if a component's weights exist as pickles only, which could run code when they are loaded."""
    for name in components_in_index(located.folder):
        files = _names(located.folder / name)
        if not any(file.endswith(".safetensors") for file in files):
            for file in files:
                if file.endswith(PICKLED) and not file.startswith(("training_args", "optimizer", "scheduler")):
                    raise NodeError(
                        f"The weights {name}/{file} of repo {located.repo!r} are a pickle, which can run code.",
                        remedy="Choose a repo with safetensors weights.", code="pickled_weights",
                    )  # fmt: skip


def components_in_index(folder: Path) -> list[str]:
    """The components that the repo's index names."""
    for name in INDEX_FILES:
        if (folder / name).is_file():
            index: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
            return [key for key, entry in index.items() if isinstance(entry, list) and entry[0] is not None]
    return []


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _header(path: Path) -> dict[str, Any]:
    """The safetensors header: 8 bytes of length (little endian), then JSON; empty if it is damaged."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                return {}
            found = json.loads(file.read(length))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
