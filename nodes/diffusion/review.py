"""What can be read of a repo before any of its code runs: files, code, requirements, other repos, changes."""

import ast
import difflib
import filecmp
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from nodes.diffusion.files import is_pickle
from nodes.diffusion.origin import Kind, origin_of
from nodes.diffusion.repos import BLOCK_CONFIG, CONFIG_PATTERNS, INDEX_FILES, Located, Repos
from nodes.diffusion.requirements import Requirement, pip_command, read_object, requirements_of
from nodes.diffusion.trust import ANY_COMMIT

LANGUAGES = {
    ".py": "python", ".json": "json", ".md": "markdown", ".txt": "text", ".jinja": "jinja", ".yaml": "yaml",
    ".yml": "yaml", ".toml": "toml", ".cfg": "ini", ".sh": "shell", ".js": "javascript", ".html": "html",
}  # fmt: skip
MAX_TEXT = 256 * 1024
"""Bytes of a file that is shown; of larger ones only the size is told."""
MAX_TEXTS = 4 * 1024 * 1024
"""Bytes of all texts of one review; code comes first."""
MAX_FILES = 5_000
MAX_DIFF = 256 * 1024
"""Characters of the changes shown of one file."""
_parsing = threading.Lock()
"""Python 3.11 counts how deep it is in a tree once for all threads, and fails where two parse at once."""
_REPO_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NAMES_A_REPO = frozenset({"pretrained_model_name_or_path", "pretrained_model_or_path", "repo", "repo_id"})
_LOADS_A_REPO = frozenset({"from_pretrained", "hf_hub_download", "snapshot_download", "load_lora_weights"})


class ReviewFile(BaseModel):
    """A file of the repo: size in bytes; its text, if it is short and is one."""

    path: str
    size: int
    text: str | None = None
    language: str = ""


class FileChange(BaseModel):
    """What is new in a file since the last approved commit, as a unified diff; empty where it is no text."""

    path: str
    status: Literal["added", "removed", "changed"]
    unified: str = ""


class BlockReview(BaseModel):
    """What a person decides on. Nothing of the repo was run for it, and only its small files were downloaded.

    `local`: a folder on this machine. `approved`: this commit is. `approved_commit` is the one approved last, `*` for a
    folder as such; `diff` says what changed since, null if nothing was approved or the old files are gone. `origin`
    says whether the commit is on the repo's main `branch`, on another branch or at a tag (`named`, by `origin_ref`), or
    whether none of them leads to it (`unnamed`): then it can be of anybody who made a fork or a pull request. `config`
    is `modular_config.json`. `pip` installs what is missing or conflicting of `requirements`. `refers` are other repos
    that the index or the code name, and `pickles` are weights that could run code when they are loaded. `folder` is
    where the files are on the server's machine.
    """

    repo: str
    revision: str | None = None
    commit: str
    folder: str
    local: bool
    approved: bool
    approved_commit: str | None = None
    origin: Kind = "unknown"
    origin_ref: str = ""
    has_code: bool = False
    files: list[ReviewFile]
    config: dict[str, Any] | None = None
    requirements: list[Requirement] = []
    pip: str = ""
    refers: list[str] = []
    pickles: list[str] = []
    diff: list[FileChange] | None = None


def review(repos: Repos, repo: str, revision: str | None = None) -> BlockReview:
    """Read the repo at `revision`, downloading its small files if need be. Raises NodeError if it can't be had."""
    located = repos.locate(repo, revision)
    sizes = repos.files(located)
    files = list(_read(located, sizes))
    config = read_object(located.folder / BLOCK_CONFIG)
    requirements = requirements_of(located.folder, config or {})
    approved_commit = _approved_commit(repos, located)
    origin = origin_of(located, offline=repos.hub.offline)
    return BlockReview(
        repo=repo,
        revision=revision,
        commit=located.commit,
        folder=str(located.folder),
        local=not located.on_hub,
        approved=repos.approvals.has(repo, located.commit),
        approved_commit=approved_commit,
        origin=origin.kind,
        origin_ref=origin.ref,
        has_code=any(file.language == "python" for file in files),
        files=files,
        config=config,
        requirements=requirements,
        pip=pip_command(requirements),
        refers=sorted(set(_refers(located.folder, files)) - {repo}),
        pickles=sorted(_shown(name) for name in sizes if is_pickle(name)),
        diff=_changes(repos, located, approved_commit, files),
    )


# Files


def _read(located: Located, sizes: dict[str, int]) -> Iterator[ReviewFile]:
    """Code first, then by name; texts as far as the limits allow, and no link leads out of the repo."""
    left = MAX_TEXTS
    for name in sorted(sizes, key=lambda name: (not name.endswith(".py"), name))[:MAX_FILES]:
        language = LANGUAGES.get(Path(name).suffix, "")
        readable = bool(language) and sizes[name] <= min(MAX_TEXT, left) and located.holds(located.folder / name)
        text = _text(located.folder / name) if readable else None
        left -= len(text or "")
        yield ReviewFile(path=_shown(name), size=sizes[name], text=text, language=language)


def _shown(name: str) -> str:
    """A file's name as JSON can say it; those on disk need not be text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(path: Path) -> str | None:
    """None if it is not here, or no UTF-8."""
    try:
        return path.read_text(encoding="utf-8") if path.stat().st_size <= MAX_TEXT else None
    except (OSError, UnicodeDecodeError):
        return None


# Other repos


def _refers(folder: Path, files: list[ReviewFile]) -> Iterator[str]:
    for name in INDEX_FILES:
        yield from _in_data(read_object(folder / name))
    for file in files:
        if file.text is None:
            continue
        if file.language == "python":
            yield from _in_code(file.text)
        elif file.path.endswith(("config.json", BLOCK_CONFIG)):
            yield from _in_data(_json(file.text))


def _in_data(data: Any) -> Iterator[str]:
    """Repos that an index or a config names as a source: also `org/name--module.Class` in an auto_map."""
    if isinstance(data, list):
        for item in data:
            yield from _in_data(item)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name in _NAMES_A_REPO and isinstance(value, str) and _REPO_ID.fullmatch(value):
                yield value
            elif isinstance(value, str) and "--" in value and _REPO_ID.fullmatch(value.partition("--")[0]):
                yield value.partition("--")[0]
            else:
                yield from _in_data(value)


def _in_code(text: str) -> Iterator[str]:
    """Repo ids that stand where something is loaded. Code can hide them: this helps reading, it proves nothing."""
    try:
        with _parsing:
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        values = [keyword.value for keyword in node.keywords if keyword.arg in _NAMES_A_REPO]
        values += node.args[:1] if called in _LOADS_A_REPO else []
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and _REPO_ID.fullmatch(value.value):
                yield value.value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


# Changes


def _approved_commit(repos: Repos, located: Located) -> str | None:
    """The commit that counts as seen: this one, or the one approved last."""
    approved = [approval.commit for approval in repos.approvals.all() if approval.repo == located.repo]
    if located.commit in approved:
        return located.commit
    fitting = [commit for commit in approved if commit != ANY_COMMIT or not located.on_hub]
    return fitting[-1] if fitting else None


def _changes(repos: Repos, located: Located, approved: str | None, files: list[ReviewFile]) -> list[FileChange] | None:
    if approved in (None, located.commit, ANY_COMMIT) or not located.on_hub:
        return None
    try:
        folder = repos.hub.snapshot(located.repo, str(approved), CONFIG_PATTERNS)
    except Exception:  # the old commit is gone, here and on the hub: then all of it is to be read
        return None
    before = Located(located.repo, folder, str(approved), on_hub=True)
    old = {file.path: file for file in _read(before, repos.files(before))}
    new = {file.path: file for file in files}
    return [
        FileChange(
            path=path,
            status="added" if path not in old else "removed" if path not in new else "changed",
            unified=_unified(path, old.get(path), new.get(path)),
        )
        for path in sorted({*old, *new})
        if not (path in old and path in new and _same(folder / path, located.folder / path, old[path], new[path]))
    ]


def _same(before: Path, after: Path, old: ReviewFile, new: ReviewFile) -> bool:
    """By content where both files are here, else by size."""
    if old.size != new.size:
        return False
    return filecmp.cmp(before, after, shallow=False) if before.is_file() and after.is_file() else True


def _unified(path: str, old: ReviewFile | None, new: ReviewFile | None) -> str:
    before, after = ("" if file is None else file.text for file in (old, new))
    if before is None or after is None:
        return ""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return text if len(text) <= MAX_DIFF else f"{text[:MAX_DIFF]}\n… and more"
