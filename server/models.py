"""Model repos on this machine, and downloads from the Hugging Face hub; never imports torch."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from engine.catalogue.pack import DownloadStatus
from engine.errors import BlockloomError, Cancelled, NodeError, Problem
from engine.run.events import DownloadProgress
from nodes.diffusion.files import wanted_files
from nodes.diffusion.hub import Hub
from nodes.diffusion.repos import DEMO_FOLDER, INDEX_FILES


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


class Downloads:
    """Downloads under way, one task per repo; `publish` gets their progress in the event loop."""

    def __init__(self, publish: Callable[[DownloadProgress], None], *, offline: bool) -> None:
        self._publish = publish
        self._offline = offline
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped: set[str] = set()
        self._closing = False

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
        self._stopped.discard(repo)
        if repo in self._tasks:
            return False
        self._tasks[repo] = asyncio.create_task(self._run(repo, revision, variant))
        return True

    def stop(self, repo: str) -> None:
        """End the download of `repo`, if there is one; what is here stays, and it goes on from there next time."""
        if repo in self._tasks:
            self._stopped.add(repo)

    async def close(self) -> None:
        """Give up what is under way; the parts that are there stay in the cache."""
        self._closing = True
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, repo: str, revision: str | None, variant: str | None) -> None:
        loop = asyncio.get_running_loop()

        def report(status: DownloadStatus) -> None:
            loop.call_soon_threadsafe(self._publish, progress_of(status))

        try:
            await asyncio.to_thread(self._download, Hub(report, offline=False), repo, revision, variant)
        finally:
            del self._tasks[repo]
            self._stopped.discard(repo)

    def _download(self, hub: Hub, repo: str, revision: str | None, variant: str | None) -> None:
        """In a thread. Whatever ends it was reported."""
        with suppress(NodeError, Cancelled), hub.interruptible(lambda: self._go_on(repo)):
            hub.fetch(repo, revision, lambda names: wanted_files(names, variant))

    def _go_on(self, repo: str) -> None:
        if self._closing or repo in self._stopped:
            raise Cancelled


def progress_of(status: DownloadStatus) -> DownloadProgress:
    """What clients hear of a download in the server itself."""
    return DownloadProgress(
        repo=status.repo, done=status.done, total=status.total, state=status.state, file=status.file,
        problem=status.problem,
    )  # fmt: skip


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
