"""Watches the local folders that graphs use: when an author saves, what was described is forgotten and asked anew."""

import asyncio
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from engine.errors import NodeError
from engine.service import Engine
from nodes.diffusion.repos import Repos
from nodes.diffusion.trust import LOCAL

logger = logging.getLogger(__name__)

DEMO = "demo"
"""Comes along with the program and never changes, though it is described at the fingerprint of its folder."""
EVERY = 0.1
"""Seconds between looks. One takes some tenths of a millisecond for each local folder that something was described of,
and next to nothing where there is none."""


class FolderWatch:
    """`async with FolderWatch(engine, repos):` watches until the end.

    A folder has changed if its fingerprint is no more the commit that a description names. Where a description was
    refused there is none: then it is asked for once more, in case the folder changed meanwhile, and whenever it does.
    """

    def __init__(self, engine: Engine, repos: Repos) -> None:
        self._engine, self._repos = engine, repos
        self._asked: dict[str, dict[str, str]] = {}

    async def __aenter__(self) -> "FolderWatch":
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._look()
            except Exception:  # a folder that goes away while it is read, say; the next look is soon
                logger.exception("The folders of local blocks could not be watched")

    async def _look(self) -> None:
        named = {key: repos for key in self._engine.catalogue.descriptions if (repos := _repos_of(key))}
        if not named:
            return
        commits = await asyncio.to_thread(self._commits, frozenset().union(*named.values()))
        descriptions = self._engine.catalogue.descriptions
        changed = [
            key for key, repos in named.items()
            if key in descriptions and self._changed(key, descriptions[key], {repo: commits[repo] for repo in repos})
        ]  # fmt: skip
        if changed:
            self._engine.ask_anew(keys=changed)

    def _commits(self, repos: Iterable[str]) -> dict[str, str]:
        """The commits of those among `repos` that are local folders, "" for others. In a thread: it reads folders."""
        return {repo: self._commit(repo) for repo in repos}

    def _commit(self, repo: str) -> str:
        try:
            return self._repos.locate(repo).commit if self._repos.is_local(repo) else ""
        except (NodeError, OSError):  # it has just gone
            return ""

    def _changed(self, key: str, description: Mapping[str, Any], now: Mapping[str, str]) -> bool:
        """`now` are the commits of the repos that the question names; it is asked anew once for each state of them."""
        if "problem" in description:
            stale = any(now.values()) or key in self._asked
        else:
            stale = any(commit != now[repo] for repo, commit in _commits_in(key, description))
        if not stale or self._asked.get(key) == now:
            return False
        self._asked[key] = dict(now)
        return True


@lru_cache(maxsize=4096)
def _repos_of(key: str) -> frozenset[str]:
    """The repos that the question `key` names, those of parts included, without the demo model."""
    return frozenset(_repos_in(json.loads(key.partition(" ")[2]))) - {DEMO}


def _repos_in(request: Any) -> Iterator[str]:
    if isinstance(request, dict):
        if isinstance(repo := request.get("repo"), str):
            yield repo.partition("@")[0].strip()
        for value in request.values():
            yield from _repos_in(value)
    elif isinstance(request, list):
        for value in request:
            yield from _repos_in(value)


def _commits_in(key: str, description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Which local repos were described at which commits, by the question or by its answer."""
    request = json.loads(key.partition(" ")[2])
    commit = description.get("commit") or request.get("commit")
    if isinstance(commit, str) and commit.startswith(LOCAL) and request["repo"] != DEMO:
        yield request["repo"], commit
    for part in request.get("parts") or ():
        at = (description.get("commits") or {}).get(part["name"])
        if part.get("repo") and isinstance(at, str) and at.startswith(LOCAL):
            yield part["repo"].partition("@")[0].strip(), at
