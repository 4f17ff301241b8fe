"""The weight files of a component: which there are, how large, in which precision, and what is wrong with them."""

import glob
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.errors import NodeError
from nodes.diffusion.files import is_pickle, pickles_in, weights_in
from nodes.diffusion.repos import CONFIG_PATTERNS, INDEX_FILES, Located, Repos
from nodes.diffusion.requirements import read_object

_FLOATS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def weight_files(folder: Path, variant: str | None = None) -> list[Path]:
    """The weight files of one component, of `variant` where there are any; pickles where there is nothing else."""
    files = sorted(folder.glob("*.safetensors"))
    if not files and folder.is_dir():
        files = sorted(path for path in folder.iterdir() if is_pickle(path.name))
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


def configured_half(folders: Iterable[Path]) -> str | None:
    """The half precision that the configs of the components below `folders` name; None if they do not agree on one."""
    named = set()
    for path in (path for folder in folders for path in (*folder.glob("*/config.json"), folder / "config.json")):
        config = read_config(path.parent)
        named.add(config.get("dtype") or config.get("torch_dtype"))
    halves = named & {"float16", "bfloat16"}
    return halves.pop() if len(halves) == 1 else None


def read_config(folder: Path) -> dict[str, Any]:
    """A component's `config.json`, empty where there is none that can be read."""
    return read_object(folder / "config.json") or {}


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


def tensor_shapes(repos: Repos, located: Located, name: str) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors in a safetensors file, of which only the header is read, from the hub if need be.

    Empty if the file is damaged. Raises NodeError if it is not to be had.
    """
    path = located.folder / name
    if located.on_hub and not path.is_file():
        return repos.hub.tensor_shapes(located.repo, located.commit, name)
    entries = {key: entry for key, entry in _header(path).items() if key != "__metadata__" and isinstance(entry, dict)}
    return {key: tuple(entry.get("shape", ())) for key, entry in entries.items()}


def stored_tensor(repos: Repos, located: Located, subfolder: str, variant: str | None, name: str) -> Any | None:
    """One tensor of a component's weights; None if they have none of this name. Raises NodeError as `fetch_missing`."""
    from safetensors import safe_open

    fetch_missing(repos, located, subfolder, variant)
    for path in weight_files(located.folder / subfolder, variant):
        if name in _header(path):
            with safe_open(path, framework="pt") as file:
                return file.get_tensor(name)
    return None


def fetch_missing(repos: Repos, located: Located, subfolder: str, variant: str | None) -> None:
    """Download one component's files of a hub repo where they are not here yet.

    Raises NodeError if it has no weights that may be loaded, or if they can't be fetched.
    """
    names = repos.files(located)
    wanted = weights_in(names, subfolder, variant, pickles=repos.pickles)
    if not wanted and (pickles := pickles_in(names, subfolder)):
        raise pickled(located, pickles[0])
    repos.fetch(located, [glob.escape(name) for name in wanted] or list(CONFIG_PATTERNS))
    if located.on_hub and not wanted:
        raise NodeError(
            f"Repo {located.repo!r} has no weights in {subfolder or 'its main folder'}.",
            remedy="Choose a repo that is complete.", code="missing_component",
        )  # fmt: skip


def refuse_pickled(repos: Repos, located: Located) -> None:
    """Raise NodeError if a component's weights exist as pickles only, which could run code when they are loaded."""
    if repos.pickles:
        return
    names = repos.files(located)
    for component in components_in_index(located.folder):
        if not weights_in(names, component, None) and (pickles := pickles_in(names, component)):
            raise pickled(located, pickles[0])


def pickled(located: Located, name: str) -> NodeError:
    """The refusal of a file of weights that is a pickle."""
    return NodeError(
        f"The weights {name} of repo {located.repo!r} are a pickle, which can run code.",
        remedy="Choose a repo with safetensors weights, or switch the setting `pickles` on.", code="pickled_weights",
    )  # fmt: skip


def components_in_index(folder: Path) -> list[str]:
    """The components that the repo's index says where to load from: its own folders, or other repos."""
    for name in INDEX_FILES:
        if (folder / name).is_file():
            index = read_object(folder / name) or {}
            return [key for key, entry in index.items() if isinstance(entry, list) and _says_where(entry)]
    return []


def _says_where(entry: list[Any]) -> bool:
    """`[library, class]`, or `[library or null, class or null, {"pretrained_model_name_or_path": …}]`."""
    source = entry[2] if len(entry) == 3 and isinstance(entry[2], dict) else {}
    return bool(entry) and (isinstance(entry[0], str) or source.get("pretrained_model_name_or_path") is not None)


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
