"""The files that a repo's code reads beside itself, as a Python module that lays them out where they are needed."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from textwrap import wrap

from engine.errors import NodeError
from nodes.diffusion.overlay import FILE as NODE_CONFIG
from nodes.diffusion.repos import BLOCK_CONFIG, INDEX_FILES, PICKLED, Located, Repos
from nodes.diffusion.runtime.code import SMALL, fetch_beside

MOST_BYTES = 16 * 2**20
MOST_FILES = 1000
_NOT_OF_CODE = frozenset({BLOCK_CONFIG, NODE_CONFIG, *INDEX_FILES, "requirements.txt"})
_WEIGHTS = (".safetensors", ".safetensors.index.json", ".gguf", ".onnx", *PICKLED)
_LICENCES = ("LICENSE", "LICENCE", "NOTICE", "COPYING")

_MODULE = '''\
"""Files that the code of {repo} reads beside itself. They are laid out in a folder for as long as Python runs."""

import atexit
import base64
import shutil
import tempfile
from pathlib import Path

TEXTS = {texts}
BYTES = {bytes}
_folders = []


def path_of(name):
    """Where a file of the repo is, with all the others around it."""
    if not _folders:
        folder = Path(tempfile.mkdtemp(prefix="blocks-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        files = {{path: text.encode() for path, text in TEXTS.items()}}
        files |= {{path: base64.b64decode(text) for path, text in BYTES.items()}}
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        _folders.append(folder)
    return str(_folders[0] / name)
'''


def files_module(located: Located, repos: Repos, folders: Iterable[str], code: Iterable[str]) -> str:
    """The module's text, with all small files of the repo but code, weights, configs and what is in `folders`.

    Raises NodeError if they are too many or too large, lead out of the repo's folder, or if `code` reads weights.
    """
    fetch_beside(located, repos)
    texts, binaries = dict[str, str](), dict[str, str]()
    wanted = _beside(located, repos, folders)
    _refuse_weights(located, [name for name in wanted if name.endswith(_WEIGHTS)], "\n".join(code))
    for name in _within_limits(located, {name: size for name, size in wanted.items() if not name.endswith(_WEIGHTS)}):
        path = located.folder / name
        if not located.holds(path):
            raise _refused(located, f"{name} leads out of its folder")
        content = path.read_bytes()
        text = _text(content)
        if text is None:
            binaries[name] = base64.b64encode(content).decode("ascii")
        else:
            texts[name] = text
    return _MODULE.format(
        repo=located.repo,
        texts=_literal({name: json.dumps(text, ensure_ascii=False) for name, text in texts.items()}),
        bytes=_literal({name: _in_lines(text) for name, text in binaries.items()}),
    )


def licences(located: Located) -> dict[str, str]:
    """The repo's licence files, which go along with its code."""
    found: dict[str, str] = {}
    for path in sorted(located.folder.iterdir()):
        if path.name.upper().startswith(_LICENCES) and path.is_file() and located.holds(path):
            text = _text(path.read_bytes()) if path.stat().st_size <= SMALL else None
            found |= {path.name: text} if text is not None else {}
    return found


def _beside(located: Located, repos: Repos, folders: Iterable[str]) -> dict[str, int]:
    """The names and sizes of the files that lie beside the code."""
    without = [PurePosixPath(folder) for folder in folders if folder]
    return {
        name: size
        for name, size in repos.files(located).items()
        if not name.endswith((".py", ".md"))
        and not any(part.startswith(".") or part == "__pycache__" for part in PurePosixPath(name).parts)
        and name not in _NOT_OF_CODE
        and not name.upper().startswith(_LICENCES)
        and not any(PurePosixPath(name).is_relative_to(folder) for folder in without)
    }


def _refuse_weights(located: Located, names: Iterable[str], code: str) -> None:
    for name in names:
        if PurePosixPath(name).name in code:
            raise _refused(located, f"{name} holds weights, which stay where they are")


def _within_limits(located: Located, sizes: Mapping[str, int]) -> list[str]:
    if large := [name for name, size in sizes.items() if size > SMALL]:
        raise _refused(located, f"{large[0]} is larger than {SMALL >> 20} MB")
    if len(sizes) > MOST_FILES or sum(sizes.values()) > MOST_BYTES:
        raise _refused(located, f"the files beside it are more than {MOST_FILES}, or {MOST_BYTES >> 20} MB")
    return sorted(sizes)


def _text(content: bytes) -> str | None:
    """None for what is no text that comes out as it went in."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or all(char.isprintable() or char in "\n\t" for char in text) else None


def _literal(values: dict[str, str]) -> str:
    if not values:
        return "{}"
    return "{\n" + "".join(f"    {json.dumps(name)}: {value},\n" for name, value in values.items()) + "}"


def _in_lines(text: str) -> str:
    return "(\n" + "".join(f'        "{line}"\n' for line in wrap(text, 100) or [""]) + "    )"


def _refused(located: Located, why: str) -> NodeError:
    return NodeError(
        f"The files that the code of repo {located.repo!r} reads can't be published along: {why}.",
        remedy="Leave its block out, or let it read them from a repo of their own.", code="not_publishable",
    )  # fmt: skip
