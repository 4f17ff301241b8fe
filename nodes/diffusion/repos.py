"""Where a repo's files are on this machine: the demo model, a local folder, or the hub's cache; imports no torch."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue.pack import WorkerFacts
from engine.errors import STALE_DESCRIPTION, NodeError
from nodes.diffusion.hub import Hub
from nodes.diffusion.trust import ANY_COMMIT, LOCAL, Approvals, require_approval

DEMO_FOLDER = Path(__file__).parents[1] / "demo" / "model"
INDEX_FILES = ("modular_model_index.json", "model_index.json")
BLOCK_CONFIG = "modular_config.json"
CONFIG_PATTERNS = ("*.json", "*.txt", "*.model", "*.jinja", "*.md", "*.py")
"""What is small and read before any weights. Code among it is only kept: running it takes an approval."""
PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
HASHED_WHOLE = 64 * 2**20
"""Bytes: folders up to this size are known by their content, larger ones by names, sizes and times."""


@dataclass(frozen=True)
class Located:
    """A repo's folder and the commit its files are of.

    `on_hub`: missing files can be fetched. `in_blocks`: in the folder of local blocks, where files are meant to change.
    """

    repo: str
    folder: Path
    commit: str
    on_hub: bool
    in_blocks: bool = False

    def holds(self, path: Path) -> bool:
        """Whether a file is the repo's own, wherever links lead; the hub's cache keeps files beside its snapshots."""
        root = self.folder.parents[1] if self.on_hub else self.folder
        return path.resolve().is_relative_to(root.resolve())


class Repos:
    """Finds repos.

    Settings: `models` and `blocks` are folders of local repos, `offline` forbids asking the hub, `pickles` lets
    pickled weights be loaded where there are no others, `remote_code` lets approved code run.
    """

    def __init__(self, facts: WorkerFacts) -> None:
        self._models = _folder(facts.settings.get("models"))
        self._blocks = Path(facts.settings.get("blocks") or facts.data_dir / "blocks").resolve()
        self.pickles = bool(facts.settings.get("pickles"))
        self.remote_code = bool(facts.settings.get("remote_code", True))
        self.approvals = Approvals(facts.data_dir)
        self.hub = Hub(facts.report_download, offline=bool(facts.settings.get("offline")))
        self._fingerprints: dict[tuple[Any, ...], str] = {}

    @property
    def blocks_folder(self) -> Path:
        """The folder of local blocks; it need not be there."""
        return self._blocks

    def locate(self, repo: str, revision: str | None = None, *, latest: bool = False) -> Located:
        """The repo's folder with its configs and code at hand. Raises NodeError if there is none.

        A branch of the hub is at the commit at which it was last seen here; `latest` asks anew.
        """
        if repo == "demo":
            return Located(repo, DEMO_FOLDER, self._fingerprint(DEMO_FOLDER), on_hub=False)
        if (local := self._local(repo)) is not None:
            folder, in_blocks = local
            return Located(repo, folder, self._local_commit(repo, folder), on_hub=False, in_blocks=in_blocks)
        _refuse_paths(repo)
        commit = self.hub.commit(repo, revision, latest=latest)
        return Located(repo, self.hub.snapshot(repo, commit, CONFIG_PATTERNS), commit, on_hub=True)

    def require_approval(self, located: Located) -> None:
        """Raise NodeError unless the repo's code may run, see `trust.require_approval`."""
        require_approval(self.approvals, located.repo, located.commit, remote_code=self.remote_code)

    def fetch(self, located: Located, patterns: list[str]) -> None:
        """Have the repo's files that match at hand. Raises NodeError if the hub can't be reached."""
        if located.on_hub:
            self.hub.snapshot(located.repo, located.commit, patterns)

    def can_approve(self, repo: str, commit: str) -> bool:
        """Whether the repo is on this machine at this commit, so that somebody can have read it.

        Raises NodeError for a local folder that can't be read.
        """
        if (folder := self._local(repo)) is not None:
            return commit in (ANY_COMMIT, self._local_commit(repo, folder[0]))
        return self.hub.has(repo, commit)

    def files(self, located: Located) -> dict[str, int]:
        """Names and sizes of all files of the repo, those included that are still on the hub only."""
        here = {path.relative_to(located.folder).as_posix(): path.stat().st_size for path in _files(located.folder)}
        return {**here, **self.hub.files(located.repo, located.commit)} if located.on_hub else here

    def is_local(self, repo: str) -> bool:
        """Whether `repo` is a folder among the local models and blocks."""
        return self._local(repo) is not None

    def _local(self, repo: str) -> tuple[Path, bool] | None:
        """The repo's folder among the local ones, and whether that is the folder of blocks."""
        for root in (self._models, self._blocks):
            if root is not None and (folder := _below(root, repo, links=root != self._blocks)) is not None:
                return folder, root == self._blocks
        return None

    def _local_commit(self, repo: str, folder: Path) -> str:
        try:
            return self._fingerprint(folder)
        except OSError as error:
            raise NodeError(
                f"The folder {repo!r} can't be read: {error.strerror or error} ({error.filename}).",
                remedy="Let Blockloom's user read all of it; if files of it were just being written, try again.",
                port="repo", code="unreadable_repo",
            ) from error  # fmt: skip

    def _fingerprint(self, folder: Path) -> str:
        stats = sorted((entry.path, entry.stat()) for entry in _entries(folder))
        start = len(str(folder)) + 1
        signature = tuple((path[start:], stat.st_size, stat.st_mtime_ns) for path, stat in stats)
        key = (str(folder), *signature)
        if key not in self._fingerprints:
            whole = sum(stat.st_size for _, stat in stats) <= HASHED_WHOLE
            digest = hashlib.sha256()
            for (path, _), facts in zip(stats, signature, strict=True):
                digest.update(repr((facts[0], _sha256(Path(path))) if whole else facts).encode())
            self._fingerprints[key] = (LOCAL + digest.hexdigest())[:40]
        return self._fingerprints[key]


def require_commit(located: Located, commit: str | None, port: str) -> None:
    """Raise NodeError if the repo's files are not those of `commit`, at which it was described."""
    if located.commit != commit:
        raise NodeError(
            f"The files of repo {located.repo!r} have changed since they were described.",
            remedy="Run it again; the repo is read anew.", port=port, code=STALE_DESCRIPTION,
        )  # fmt: skip


def split_revision(text: str) -> tuple[str, str | None]:
    """`org/name@revision` → repo and revision; None where there is no `@`."""
    repo, _, revision = text.strip().partition("@")
    return repo.strip(), revision.strip() or None


def lock_name(repo: str, revision: str | None) -> str:
    """Under which name the graph's lock keeps the commit of `repo` at `revision`: two revisions have two entries."""
    return f"{repo}@{revision}" if revision else repo


def _folder(setting: Any) -> Path | None:
    return Path(setting).resolve() if setting else None


def _below(root: Path, repo: str, *, links: bool) -> Path | None:
    """The folder `repo` below `root`; with `links` it may be one, to a disk that has room for models."""
    try:
        named = Path(os.path.normpath(root / repo))
        folder = named.resolve()
        place = named if links else folder
        return folder if place.is_relative_to(root) and place != root and folder.is_dir() else None
    except (OSError, ValueError):  # no name that a file system takes
        return None


def _refuse_paths(repo: str) -> None:
    if Path(repo).is_absolute() or repo.startswith((".", "~")) or repo.count("/") > 1:
        raise NodeError(
            f"There is no folder {repo!r} among the local models and blocks.",
            remedy="Put the repo there, or name a repo of the hub as org/name.", code="missing_repo",
        )  # fmt: skip


def _files(folder: Path) -> list[Path]:
    """All files in order, without hidden ones and what Python makes of code that it imports."""
    return sorted(Path(entry.path) for entry in _entries(folder))


def _entries(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    """The same in any order. Folders that are links are left out, as they may lead in circles."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)
            elif _is_file(entry):
                yield entry


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads in circles
        return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
