"""The Hugging Face hub and its cache: revisions become commits, and commits become folders."""

import glob
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from engine.catalogue.pack import DownloadReport
from engine.errors import BlockloomError, Cancelled, NodeError, Problem
from nodes.diffusion.download import Download, Stopped

COMMIT = re.compile(r"[0-9a-f]{40}")
FIRST = ["*model_index.json", "modular_config.json"]
"""What is downloaded to get the list of all files with it."""

PIECE = 256 * 1024
"""Bytes in which the hub client counts and writes what comes; in its own pieces of 10 MB a slow line seems to stand."""

Choose = Callable[[Iterable[str]], list[str]]
"""Picks, from the names of all files of a repo, those that are wanted."""


class Hub:
    """Asks the hub at `HF_ENDPOINT`, or only its cache when `offline`. Raises NodeError in words of `hub_problem`."""

    def __init__(self, report: DownloadReport, *, offline: bool) -> None:
        self.offline = offline
        self._report = report
        self._checks = threading.local()
        self._downloads: set[Download] = set()
        self._lock = threading.Lock()

    @contextmanager
    def interruptible(self, check: Callable[[], None]) -> Iterator[None]:
        """Downloads that this thread waits for inside end when `check` raises Cancelled."""
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

    def tensor_shapes(self, repo: str, commit: str, name: str) -> dict[str, tuple[int, ...]]:
        """The shapes of the tensors in a safetensors file, of which only the header is read; empty if it is damaged."""
        from huggingface_hub import HfApi
        from huggingface_hub.errors import OfflineModeIsEnabled, SafetensorsParsingError

        try:
            if self.offline:
                raise OfflineModeIsEnabled(f"{name} is not on this machine.")
            found = HfApi().parse_safetensors_file_metadata(repo, name, revision=commit)
        except SafetensorsParsingError:
            return {}
        except Exception as error:
            raise NodeError(hub_problem(repo, commit, error)) from error
        return {key: tuple(tensor.shape) for key, tensor in found.tensors.items()}

    def snapshot(self, repo: str, commit: str, patterns: Iterable[str]) -> Path:
        """The folder of a snapshot, with all files that match at hand. When offline, with those that are here."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import IncompleteSnapshotError

        wanted, found = list(patterns), None
        try:
            folder = snapshot_download(repo, revision=commit, allow_patterns=wanted, local_files_only=True)
            found = Path(folder)
        except IncompleteSnapshotError as error:
            if self.offline:
                return Path(error.snapshot_path)
        except Exception as error:  # not here, whatever the reason
            if self.offline:
                raise NodeError(hub_problem(repo, commit, error)) from error
        if found is not None and (self.offline or self.files(repo, commit)):
            return found
        return self._fetch(repo, lambda: commit, lambda names: [
            name for name in names if any(fnmatch(name, pattern) for pattern in wanted)
        ])  # fmt: skip

    def stop(self, repo: str) -> None:
        """End all downloads of `repo` that are under way here; who waits for them gets a NodeError."""
        with self._lock:
            for download in self._downloads:
                if download.repo == repo:
                    download.stop()

    def fetch(self, repo: str, revision: str | None, choose: Choose) -> Path:
        """Download the files that `choose` picks, of the revision as it is on the hub now."""
        return self._fetch(repo, lambda: self.commit(repo, revision, latest=True), choose)

    def _fetch(self, repo: str, commit: Callable[[], str], choose: Choose) -> Path:
        """Reports how it goes, to the end: finished, or failed for a reason."""
        download = Download(repo, self._report, getattr(self._checks, "current", _go_on))
        with self._lock:
            self._downloads.add(download)
        try:
            folder = download.run(lambda: self._download(download, commit(), choose))
        except (Exception, Cancelled) as error:
            problem = hub_problem(repo, None, error)
            download.failed(problem)
            if isinstance(error, Cancelled):
                raise
            raise NodeError(problem) from error
        finally:
            with self._lock:
                self._downloads.remove(download)
        download.finished()
        return Path(folder)

    def _download(self, download: Download, commit: str, choose: Choose) -> str:
        from huggingface_hub import constants, snapshot_download, try_to_load_from_cache

        constants.DOWNLOAD_CHUNK_SIZE = PIECE
        repo, bar = download.repo, download.bar()
        if not self.files(repo, commit):
            snapshot_download(repo, revision=commit, allow_patterns=FIRST, tqdm_class=bar)
        sizes = self.files(repo, commit)
        names = choose(sizes)

        def is_missing(name: str) -> bool:
            return not isinstance(try_to_load_from_cache(repo, name, revision=commit), str)

        missing = [name for name in names if is_missing(name)]
        download.file = lambda: next(filter(is_missing, missing), "")
        download.total = download.done + sum(sizes[name] for name in missing)
        patterns = [glob.escape(name) for name in names]
        return snapshot_download(repo, revision=commit, allow_patterns=patterns, tqdm_class=bar)


def hub_problem(repo: str, revision: str | None, error: BaseException) -> Problem:
    """Why something is not to be had from the hub, in words for a person."""
    from huggingface_hub import errors

    if isinstance(error, BlockloomError):
        return error.problems[0]
    if isinstance(error, errors.LocalEntryNotFoundError | errors.RevisionResolutionError):
        error = error.__cause__ or error  # what the hub said, before the cache was asked
    at = f" at {revision!r}" if revision else ""
    code, message = "missing_repo", f"Repo {repo!r}{at} is not on this machine, and the hub can't be reached."
    remedy = "Check the name and the network, or choose a repo that is here."
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, Cancelled | Stopped):
        code, message, remedy = "download_stopped", f"The download of {repo!r} was stopped.", "Start it again."
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
