"""Model repos on this machine, and downloads from the Hugging Face hub; never imports torch."""

import asyncio
import fnmatch
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from engine.errors import BlockloomError, Problem
from engine.run.events import DownloadProgress

INDEX_FILES = ("modular_model_index.json", "model_index.json")
DEMO_FOLDER = Path(__file__).parents[1] / "nodes" / "demo" / "model"
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.py")
REPORT_EVERY = 0.25
"""Seconds between progress events of a download."""


class LocalModel(BaseModel):
    """A repo on this machine: bytes on disk, the commits that are there, and the time of last use (epoch seconds).

    `source`: built in, in the models folder, or in the Hugging Face cache (only these can be deleted here).
    `pipeline` says whether it holds a whole pipeline, not just parts.
    """

    repo: str
    source: Literal["built-in", "folder", "cache"]
    size: int
    commits: list[str] = []
    last_used: float | None = None
    pipeline: bool = False


class ModelList(BaseModel):
    models: list[LocalModel]


def local_models(models_folder: Path) -> list[LocalModel]:
    """All repos on this machine. Reads folders, so call it in a thread."""
    found = [_folder_model("demo", DEMO_FOLDER, "built-in")] if DEMO_FOLDER.is_dir() else []
    if models_folder.is_dir():
        folders = {
            path.parent
            for name in INDEX_FILES
            for depth in ("*", "*/*")
            for path in models_folder.glob(f"{depth}/{name}")
        }
        found += [_folder_model(path.relative_to(models_folder).as_posix(), path, "folder") for path in sorted(folders)]
    return found + _cached_models()


def delete_cached(repo: str) -> int:
    """Remove all commits of `repo` from the Hugging Face cache; returns the bytes freed.

    Raises KeyError if it is not there.
    """
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        info = scan_cache_dir()
    except CacheNotFound:
        raise KeyError(repo) from None
    commits = [
        revision.commit_hash
        for cached in info.repos
        if cached.repo_id == repo and cached.repo_type == "model"
        for revision in cached.revisions
    ]
    if not commits:
        raise KeyError(repo)
    strategy = info.delete_revisions(*commits)
    strategy.execute()
    return strategy.expected_freed_size


def wanted_files(names: Iterable[str], variant: str | None = None) -> list[str]:
    """Which files of a repo a pipeline loads: configs, tokenizers and safetensors of the variant, no pickles.

    The single-file checkpoint that often lies beside a diffusers folder layout is left out.
    """
    names = list(names)
    layout = any(name in INDEX_FILES for name in names)
    kept = [
        name
        for name in names
        if any(fnmatch.fnmatch(name, pattern) for pattern in WANTED)
        and not (layout and "/" not in name and name.endswith(".safetensors"))
    ]
    weights = {name for name in kept if ".safetensors" in name}
    return [name for name in kept if name not in weights or _of_variant(name, weights, variant)]


def _of_variant(name: str, weights: set[str], variant: str | None) -> bool:
    """Whether `name` is of the variant, or plain where its folder has no such variant."""
    folder = name.rpartition("/")[0]
    beside = {other for other in weights if other.rpartition("/")[0] == folder}
    chosen = {other for other in beside if (_variant(other) or None) == variant}
    if not chosen:
        chosen = {other for other in beside if _variant(other) == ""} or beside
    return name in chosen


def _variant(name: str) -> str:
    """`model.fp16-00001-of-00002.safetensors` → `fp16`; plain weights → ``."""
    stem = name.rpartition("/")[2].partition(".safetensors")[0]
    return stem.partition(".")[2].partition("-0")[0]


class Downloads:
    """Downloads under way, one task per repo; `publish` gets their progress in the event loop."""

    def __init__(self, publish: Callable[[DownloadProgress], None], *, offline: bool) -> None:
        self._publish = publish
        self._offline = offline
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    def start(self, repo: str, revision: str | None, variant: str | None) -> bool:
        """Begin, unless it is under way already; returns whether it began. Raises BlockloomError when offline."""
        if self._offline:
            raise BlockloomError(
                Problem(
                    code="offline",
                    message=f"The server is set to work offline, so {repo!r} is not downloaded.",
                    remedy="Switch the setting `offline` off.",
                )
            )
        if repo in self._tasks:
            return False
        self._tasks[repo] = asyncio.create_task(self._run(repo, revision, variant))
        return True

    async def stop(self) -> None:
        """Give up what is under way; the parts that are there stay in the cache."""
        self._stopping = True
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, repo: str, revision: str | None, variant: str | None) -> None:
        loop = asyncio.get_running_loop()

        def report(event: DownloadProgress) -> None:
            loop.call_soon_threadsafe(self._publish, event)

        meter = _Meter(repo, report, lambda: self._stopping)
        try:
            await asyncio.to_thread(_download, repo, revision, variant, meter)
        except Exception as error:  # the hub client has no common base for what can go wrong on the way
            meter.failed(_download_problem(repo, error))
        else:
            meter.finished()
        finally:
            del self._tasks[repo]


class Stopped(Exception):
    """The server stops."""


class _Meter:
    """Counts bytes of a download and reports them now and then. Used in the download's thread."""

    def __init__(self, repo: str, report: Callable[[DownloadProgress], None], stopping: Callable[[], bool]) -> None:
        self.repo, self.done, self.total = repo, 0, 0
        self._report, self._stopping = report, stopping
        self._reported = 0.0

    def add(self, size: int) -> None:
        if self._stopping():
            raise Stopped
        self.done += size
        if (now := time.monotonic()) - self._reported >= REPORT_EVERY:
            self._reported = now
            self._tell("running")

    def finished(self) -> None:
        self.done = self.total
        self._tell("finished")

    def failed(self, problem: Problem) -> None:
        self._tell("failed", problem)

    def _tell(self, state: Literal["running", "finished", "failed"], problem: Problem | None = None) -> None:
        done = min(self.done, self.total)
        self._report(DownloadProgress(repo=self.repo, done=done, total=self.total, state=state, problem=problem))


def _download(repo: str, revision: str | None, variant: str | None, meter: _Meter) -> None:
    from huggingface_hub import HfApi

    api = HfApi()
    info = api.model_info(repo, revision=revision, files_metadata=True)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    files = wanted_files(sizes, variant)
    meter.total = sum(sizes[name] for name in files)
    before = 0
    for name in files:
        api.hf_hub_download(repo, name, revision=info.sha, tqdm_class=_bar_for(meter))
        before += sizes[name]
        # A file that was there already, or came in one piece, never moved the bar.
        meter.add(max(0, before - meter.done))


def _bar_for(meter: _Meter) -> Any:
    """A silent progress bar class, as the hub client wants one, that feeds `meter`."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> bool | None:
            meter.add(int(n or 0))
            return None

    return Bar


def _download_problem(repo: str, error: Exception) -> Problem:
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    code, message = "download_failed", f"{repo!r} could not be downloaded: {type(error).__name__}."
    remedy = "Check the network and try again; what is there already is kept."
    if isinstance(error, Stopped):
        code, message, remedy = "stopped", f"The download of {repo!r} stopped with the server.", "Start it again."
    elif isinstance(error, GatedRepoError):
        code, message, remedy = "gated", f"Repo {repo!r} is gated.", "Accept its terms on the hub and log in."
    elif isinstance(error, RepositoryNotFoundError | HFValidationError):
        code, message, remedy = "missing_repo", f"The hub has no repo {repo!r}.", "Check its name: org/name."
    return Problem(code=code, message=message, remedy=remedy, details=str(error))


def _folder_model(repo: str, folder: Path, source: Literal["built-in", "folder"]) -> LocalModel:
    files = [path for path in folder.rglob("*") if path.is_file()]
    pipeline = any((folder / name).is_file() for name in INDEX_FILES)
    return LocalModel(repo=repo, source=source, size=sum(path.stat().st_size for path in files), pipeline=pipeline)


def _cached_models() -> list[LocalModel]:
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return []
    return [
        LocalModel(
            repo=cached.repo_id,
            source="cache",
            size=cached.size_on_disk,
            commits=sorted(revision.commit_hash for revision in cached.revisions),
            last_used=cached.last_accessed,
            pipeline=any(file.file_name in INDEX_FILES for revision in cached.revisions for file in revision.files),
        )
        for cached in sorted(repos, key=lambda cached: cached.repo_id)
        if cached.repo_type == "model"
    ]
