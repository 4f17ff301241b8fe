"""Approvals from the command line: in this process, or on the server that has the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from engine.catalogue.pack import WorkerFacts
from engine.errors import BlockloomError, Problem
from nodes.diffusion.repos import Repos
from nodes.diffusion.review import BlockReview, review
from server.client import Client
from server.instance import DataLock, InUse
from server.running import Say, connected, holder_url
from server.settings import Settings


class Desk(Protocol):
    """Where approvals are given. Raises BlockloomError."""

    def review(self, repo: str, revision: str | None) -> BlockReview: ...

    def approve(self, repo: str, commit: str) -> None: ...

    def revoke(self, repo: str, commit: str | None) -> int: ...

    def approvals(self) -> list[tuple[str, str, float]]:
        """Repo, commit and time, in seconds since the epoch, of each."""


@contextmanager
def desk(settings: Settings, *, say: Say) -> Iterator[Desk]:
    """A server that has the data folder must hear of it, so that it asks its worker again."""
    lock = DataLock(settings.data)
    try:
        lock.__enter__()
    except InUse as in_use:
        with connected(holder_url(in_use, say), settings) as client:
            yield _There(client)
    else:
        try:
            yield _Here(settings)
        finally:
            lock.__exit__()


class _Here:
    def __init__(self, settings: Settings) -> None:
        config = settings.engine_config()
        self._repos = Repos(
            WorkerFacts(
                data_dir=config.data_dir, input_dir=config.input_dir, output_dir=config.output_dir,
                settings=config.settings,
            )
        )  # fmt: skip

    def review(self, repo: str, revision: str | None) -> BlockReview:
        return review(self._repos, repo, revision)

    def approve(self, repo: str, commit: str) -> None:
        if not self._repos.remote_code:
            problem = Problem(
                code="remote_code_off", message="The settings let no code of repos run.",
                remedy="Switch the setting `remote_code` on.",
            )  # fmt: skip
            raise BlockloomError(problem)
        self._repos.approvals.approve(repo, commit)

    def revoke(self, repo: str, commit: str | None) -> int:
        return self._repos.approvals.revoke(repo, commit)

    def approvals(self) -> list[tuple[str, str, float]]:
        return [(approval.repo, approval.commit, approval.time) for approval in self._repos.approvals.all()]


class _There:
    def __init__(self, client: Client) -> None:
        self._client = client

    def review(self, repo: str, revision: str | None) -> BlockReview:
        return BlockReview.model_validate(self._client.review(repo, revision))

    def approve(self, repo: str, commit: str) -> None:
        self._client.approve(repo, commit)

    def revoke(self, repo: str, commit: str | None) -> int:
        return self._client.revoke(repo, commit)

    def approvals(self) -> list[tuple[str, str, float]]:
        return [(found["repo"], found["commit"], found["time"]) for found in self._client.approvals()]
