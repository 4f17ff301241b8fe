"""A node pack: node definitions for server and worker, and what only a worker needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from engine.catalogue.define import NodeDefinition
from engine.errors import Problem
from engine.values.codecs import ValueKind

DownloadState = Literal["running", "finished", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadStatus:
    """How far the download of a repo is, in bytes; `total` is 0 until it is known.

    `file` is the first of the repo's files that is still on its way, `problem` says why it failed.
    """

    repo: str
    done: int
    total: int
    state: DownloadState = "running"
    file: str = ""
    problem: Problem | None = None


DownloadReport = Callable[[DownloadStatus], None]
"""Called from any thread."""


def _untold(status: DownloadStatus) -> None:
    """Nobody asked."""


@dataclass(frozen=True, kw_only=True)
class WorkerFacts:
    """What a worker knows of its place. Budgets in bytes; `settings` are plain data for packs.

    Packs tell `report_download` of downloads that people wait for.
    """

    data_dir: Path
    input_dir: Path
    output_dir: Path
    models_memory: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    report_download: DownloadReport = _untold


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in memory: its name, the repo it came from, where it is and its size in bytes."""

    name: str
    repo: str
    device: str
    dtype: str
    size: int


class ModelHolder(Protocol):
    """What holds the models of a worker. All methods may be called from any thread while a node runs."""

    def models(self) -> list[LoadedModel]: ...

    def loads(self) -> int:
        """How often weights were loaded since the start."""

    def device(self) -> tuple[str, int, int]:
        """Device name, bytes used, bytes in all (0, 0 where it has no memory of its own)."""

    def free(self, model: str | None, repo: str | None = None) -> None:
        """Unload all models, or those of this name, of this repo, or of both.

        Returns when the memory is free; waits for a running node.
        """

    def recover(self) -> bool:
        """A node ran out of memory: unload what neither it nor a running one uses, and give back what nothing holds.

        Returns whether a second try may fit.
        """

    def works(self) -> bool:
        """Whether the device still answers; asked after a node has failed. If not, the worker ends and starts anew."""


Describer = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Answers a `Describe` request with plain data; raises BlockloomError for what a person must mend."""


@dataclass(frozen=True, kw_only=True)
class WorkerSide:
    """What a pack brings to a worker.

    `states` are worker-wide objects that nodes get through `Context.state(name)`. `warm` does slow imports; it runs in
    the background after the worker is ready. `stop_download` ends the downloads of a repo, and returns at once.
    """

    kinds: Sequence[ValueKind] = ()
    describers: Mapping[str, Describer] = field(default_factory=dict)
    states: Mapping[str, Any] = field(default_factory=dict)
    models: ModelHolder | None = None
    warm: Callable[[], None] | None = None
    stop_download: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What a pack's load function returns. `worker` is called once in each worker, never in the server."""

    name: str
    definitions: Sequence[NodeDefinition]
    worker: Callable[[WorkerFacts], WorkerSide] | None = None
