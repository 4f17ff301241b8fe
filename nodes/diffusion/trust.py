"""Which code of model repos a person has approved: repo by repo and commit by commit, in one file that lists it all."""

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import NodeError

FILE = "approvals.json"
ANY_COMMIT = "*"
"""Stands for the commit of a local folder that is approved as such, whatever its content."""
LOCAL = "local"
"""What the commits of local folders begin with; a commit of the hub is hexadecimal, so it never does."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Code of `repo` may run at `commit`; approved at `time`, in seconds since the epoch."""

    repo: str
    commit: str
    time: float

    @property
    def local(self) -> bool:
        """Whether it was given for a folder on this machine."""
        return self.commit == ANY_COMMIT or self.commit.startswith(LOCAL)


class Approvals:
    """The approvals of one data folder. Server and workers have one each: the file is read anew when it has changed.

    Only what can be read counts: a damaged file approves nothing.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._lock = threading.RLock()
        self._stamp: tuple[int, ...] | None = None
        self._known: dict[tuple[str, str], Approval] = {}

    def all(self) -> list[Approval]:
        """By repo, the oldest approval first."""
        with self._lock:
            return sorted(self._read().values(), key=lambda approval: (approval.repo, approval.time))

    def has(self, repo: str, commit: str) -> bool:
        """Whether code of `repo` may run at `commit`.

        An approval of a folder as such holds for folders only, never for a repo of the hub that has the same name.
        """
        with self._lock:
            known = self._read()
            return (repo, commit) in known or (commit.startswith(LOCAL) and (repo, ANY_COMMIT) in known)

    def approve(self, repo: str, commit: str) -> Approval:
        """Approve `repo` at `commit`, or a local folder as such with `ANY_COMMIT`. Approving again changes nothing."""

        def add(known: dict[tuple[str, str], Approval]) -> None:
            known.setdefault((repo, commit), Approval(repo=repo, commit=commit, time=time.time()))

        return self._change(add)[repo, commit]

    def revoke(self, repo: str, commit: str | None = None) -> int:
        """Take back the approval of `repo` at `commit`, or all of `repo`; returns how many there were."""
        revoked = 0

        def remove(known: dict[tuple[str, str], Approval]) -> None:
            nonlocal revoked
            gone = [key for key in known if key[0] == repo and commit in (None, key[1])]
            for key in gone:
                del known[key]
            revoked = len(gone)

        self._change(remove)
        return revoked

    def _change(self, change: Callable[[dict[tuple[str, str], Approval]], None]) -> dict[tuple[str, str], Approval]:
        with self._lock:
            known = dict(self._read())
            change(known)
            if known != self._known:
                self._write(known)
            return known

    def _read(self) -> dict[tuple[str, str], Approval]:
        try:
            facts = self._path.stat()
        except OSError:
            self._stamp, self._known = None, {}
            return self._known
        stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if stamp != self._stamp:
            self._stamp, self._known = stamp, _parse(self._path)
        return self._known

    def _write(self, known: dict[tuple[str, str], Approval]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps({"approvals": [asdict(each) for each in known.values()]}, indent=1))
        partial.replace(self._path)


def require_approval(approvals: Approvals, repo: str, commit: str, *, remote_code: bool) -> None:
    """Raise NodeError unless code of `repo` may run at `commit`; `remote_code` is the setting that forbids it all."""
    if not remote_code:
        raise NodeError(
            f"Repo {repo!r} brings code of its own, and the server is set to run none.",
            remedy="Switch the setting `remote_code` on, or choose a repo that needs no code.",
            port="repo", code="remote_code_off",
        )  # fmt: skip
    if not approvals.has(repo, commit):
        named = repo if commit.startswith(LOCAL) else f"{repo}@{commit}"
        raise NodeError(
            f"Repo {repo!r} brings code of its own, which does not run before you approve it.",
            remedy=f"Review it, then approve it: on the canvas, or with `blockloom block approve {named}`.",
            port="repo", code="needs_approval",
        )  # fmt: skip


def _parse(path: Path) -> dict[tuple[str, str], Approval]:
    try:
        entries: Any = json.loads(path.read_text(encoding="utf-8"))["approvals"]
        approvals = [
            Approval(repo=str(entry["repo"]), commit=str(entry["commit"]), time=float(entry["time"]))
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {(approval.repo, approval.commit): approval for approval in approvals}
