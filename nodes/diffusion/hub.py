"""The Hugging Face hub and its cache: revisions become commits, commits become folders, downloads are reported."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from engine.catalogue.pack import DownloadReport
from engine.errors import BlockloomError, Cancelled, NodeError, Problem

COMMIT = re.compile(r"[0-9a-f]{40}")
REPORT_EVERY = 0.25
"""Seconds between progress reports of a download."""
_BYTE_BARS = ("huggingface_hub.snapshot_download", "huggingface_hub.http_get")
"""Names of the hub client's progress bars that count the bytes written; others count files, or bytes a second time."""


class Meter:
    """Counts the bytes of one download and reports them now and then; used by all threads of the download.

    `check` is called with each piece that arrives: what it raises ends the download.
    """

    def __init__(self, repo: str, report: DownloadReport, check: Callable[[], None], total: int = 0) -> None:
        self.repo, self.done, self.total = repo, 0, total
        self._report, self._check = report, check
        self._lock = threading.Lock()
        self._reported = 0.0

    def add(self, size: int) -> None:
        self._check()
        with self._lock:
            self.done += size
            if (now := time.monotonic()) - self._reported < REPORT_EVERY:
                return
            self._reported = now
        self._report(self.repo, min(self.done, self.total), self.total, "running", None)

    def finished(self) -> None:
        self._report(self.repo, self.total, self.total, "finished", None)

    def failed(self, problem: Problem) -> None:
        self._report(self.repo, min(self.done, self.total), self.total, "failed", problem)


def bar_class(meter: Meter) -> Any:
    """A silent progress bar class, as the hub client wants one, that feeds `meter`."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            self._counts = options.get("name") in _BYTE_BARS
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> bool | None:
            if self._counts:
                meter.add(int(n or 0))
            return None

    return Bar


class Hub:
    """Asks the hub at `HF_ENDPOINT`, or only its cache when `offline`. Raises NodeError in words of `hub_problem`."""

    def __init__(self, report: DownloadReport, *, offline: bool) -> None:
        self.offline = offline
        self._report = report
        self._checks = threading.local()

    @contextmanager
    def interruptible(self, check: Callable[[], None]) -> Iterator[None]:
        """Downloads that this thread starts inside end when `check` raises."""
        self._checks.current = check
        try:
            yield
        finally:
            del self._checks.current

    def commit(self, repo: str, revision: str | None, *, latest: bool = False) -> str:
        """The commit of a branch or tag (None: `main`): the one it was at when last asked, or with `latest` asked anew.

        When the hub can't be reached, the one known counts.
        """
        from huggingface_hub import HfApi
        from huggingface_hub.errors import RevisionResolutionError

        if revision and COMMIT.fullmatch(revision):
            return revision
        try:
            if self.offline or not latest:
                try:
                    return HfApi().resolve_revision(repo, revision=revision, local_files_only=True).resolved
                except RevisionResolutionError:
                    if self.offline:
                        raise
            return HfApi().resolve_revision(repo, revision=revision).resolved
        except Exception as error:  # the hub client has no base class for what can go wrong on the way
            raise NodeError(hub_problem(repo, revision, error)) from error

    def has(self, repo: str, commit: str) -> bool:
        """Whether files of the snapshot are here."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        if not COMMIT.fullmatch(commit):
            return False
        try:
            return bool(snapshot_download(repo, revision=commit, allow_patterns=[], local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            return False

    def files(self, repo: str, commit: str) -> dict[str, int]:
        """The names and sizes of all files of a snapshot; empty if only its files here are known."""
        from huggingface_hub import get_cached_repo_tree

        try:
            return {file.path: file.size for file in get_cached_repo_tree(repo, revision=commit)}
        except Exception:  # not listed yet
            return {}

    def snapshot(self, repo: str, commit: str, patterns: Iterable[str]) -> Path:
        """The folder of a snapshot, with all files that match at hand. When offline, with those that are here."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import IncompleteSnapshotError

        patterns, found = list(patterns), None
        try:
            folder = snapshot_download(repo, revision=commit, allow_patterns=patterns, local_files_only=True)
            found = Path(folder)
        except IncompleteSnapshotError as error:
            if self.offline:
                return Path(error.snapshot_path)
        except Exception as error:  # not here, whatever the reason
            if self.offline:
                raise NodeError(hub_problem(repo, commit, error)) from error
        if found is not None and (self.offline or self.files(repo, commit)):
            return found
        return self._download(repo, commit, patterns)

    def _download(self, repo: str, commit: str, patterns: list[str]) -> Path:
        from huggingface_hub import snapshot_download

        sizes = self.files(repo, commit)
        total = sum(size for name, size in sizes.items() if any(fnmatch(name, pattern) for pattern in patterns))
        meter = Meter(repo, self._report, getattr(self._checks, "current", _go_on), total)
        try:
            bar = bar_class(meter)
            folder = Path(snapshot_download(repo, revision=commit, allow_patterns=patterns, tqdm_class=bar))
        except (Exception, Cancelled) as error:
            problem = hub_problem(repo, commit, error)
            meter.failed(problem)
            if isinstance(error, Cancelled):
                raise
            raise NodeError(problem) from error
        meter.total = meter.total or meter.done
        meter.finished()
        return folder


def hub_problem(repo: str, revision: str | None, error: BaseException) -> Problem:
    """Why something is not to be had from the hub, in words for a person."""
    from huggingface_hub import errors

    if isinstance(error, BlockloomError):
        return error.problems[0]
    at = f" at {revision!r}" if revision else ""
    code, message = "missing_repo", f"Repo {repo!r}{at} is not on this machine, and the hub can't be reached."
    remedy = "Check the name and the network, or choose a repo that is here."
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, Cancelled):
        code, message, remedy = "cancelled", f"The download of {repo!r} was cancelled.", "Run it again to go on."
    elif isinstance(error, errors.HFValidationError):
        message, remedy = f"{repo!r} is no repo id.", "Write it as org/name."
    elif isinstance(error, errors.GatedRepoError):
        code, message, remedy = "gated", f"Repo {repo!r} is gated.", "Accept its terms on the hub and log in."
    elif isinstance(error, errors.RevisionNotFoundError):
        message, remedy = f"The hub's repo {repo!r} has no revision {revision or 'main'!r}.", "Check the revision."
    elif isinstance(error, errors.RepositoryNotFoundError):
        message = f"The hub has no repo {repo!r}, or it is private."
        remedy = "Check its name, org/name, and that you are logged in if it is private."
    elif status == 403:
        code, message, remedy = "gated", f"The hub does not let you read repo {repo!r}.", "Ask its owner for access."
    elif status is not None:
        code, message = "download_failed", f"The hub answered {status} for repo {repo!r}."
        remedy = "Try again later; what is there already is kept."
    return Problem(code=code, message=message, remedy=remedy, details=str(error))


def _go_on() -> None:
    """The check of a download that nothing ends."""
