"""Past facts about runs, workers and the catalogue, as they go to clients: a union on `kind`.

Events of one run carry `run` and `seq`, numbered from 1 without gaps; a client that sees a hole asks for a snapshot
(`GET /runs/{id}`, whose `seq` says how far it reaches). The other events stand alone.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from engine.errors import Problem
from engine.values.refs import ValueSummary

RunState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
FINAL_STATES = frozenset({"succeeded", "failed", "cancelled"})
LogLevel = Literal["debug", "info", "warning", "error"]
_ENCODED = "_encoded"


class EventBase(BaseModel):
    model_config = ConfigDict(frozen=True)

    @property
    def encoded(self) -> bytes:
        """As JSON, the way clients get it and the history keeps it; made once."""
        memo = vars(self)  # a cached_property would lock, at the price of the encoding itself
        if (data := memo.get(_ENCODED)) is None:
            data = memo[_ENCODED] = self.__pydantic_serializer__.to_json(self, exclude_none=True)
        return data

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy is encoded anew: it may be changed."""
        copy = super().model_copy(update=update, deep=deep)
        vars(copy).pop(_ENCODED, None)
        return copy


class RunEventBase(EventBase):
    run: str
    seq: int
    time: float
    """Seconds since the epoch, by the server's clock."""


class RunQueued(RunEventBase):
    """`prompt` and `seed` are the first that the graph has, see `Run`."""

    kind: Literal["run_queued"] = "run_queued"
    name: str = ""
    prompt: str = ""
    seed: int | None = None


class RunStarted(RunEventBase):
    """`nodes` is how many nodes the run will visit, cached ones included.

    `unneeded` are the nodes that it depends on too but will not visit, since results further on are at hand, with the
    content keys of their outputs. If one of those results turns out to be gone, some are visited after all.
    """

    kind: Literal["run_started"] = "run_started"
    nodes: int
    unneeded: dict[str, str] = {}


class NodeStarted(RunEventBase):
    kind: Literal["node_started"] = "node_started"
    node: str


class NodeProgress(RunEventBase):
    kind: Literal["node_progress"] = "node_progress"
    node: str
    step: int
    total: int


class NodeLog(RunEventBase):
    kind: Literal["node_log"] = "node_log"
    node: str
    level: LogLevel = "info"
    text: str


class NodeFinished(RunEventBase):
    """`cached`: nothing was computed. `seconds`: time in its lane. `key`: content key of the outputs."""

    kind: Literal["node_finished"] = "node_finished"
    node: str
    cached: bool
    seconds: float
    key: str
    outputs: dict[str, ValueSummary]


class NodeFailed(RunEventBase):
    kind: Literal["node_failed"] = "node_failed"
    node: str
    problem: Problem


class NodeSkipped(RunEventBase):
    """`because` is the id of the node that failed, was muted or was cancelled upstream."""

    kind: Literal["node_skipped"] = "node_skipped"
    node: str
    because: str


class RunFinished(RunEventBase):
    """The one terminal event of a run. `failed` and `cancelled` carry a problem."""

    kind: Literal["run_finished"] = "run_finished"
    state: Literal["succeeded", "failed", "cancelled"]
    seconds: float
    problem: Problem | None = None


class LoadedModel(EventBase):
    name: str
    repo: str
    device: str
    dtype: str
    size: int
    """Bytes."""


class WorkerMemory(EventBase):
    """Bytes."""

    rss: int = 0
    results: int = 0
    device_used: int = 0
    device_total: int = 0


class WorkerChanged(EventBase):
    """`reason` says why a worker that is not ready is not."""

    kind: Literal["worker_changed"] = "worker_changed"
    state: Literal["starting", "ready", "restarting", "stopped", "failed"]
    device: str = ""
    memory: WorkerMemory = WorkerMemory()
    models: list[LoadedModel] = []
    loads: int = 0
    reason: str = ""


class DownloadProgress(EventBase):
    """Bytes of a model download; `total` is 0 until it is known, `file` is the first of those on their way."""

    kind: Literal["download_progress"] = "download_progress"
    repo: str
    done: int
    total: int
    state: Literal["running", "finished", "failed"] = "running"
    file: str = ""
    problem: Problem | None = None


class CatalogueChanged(EventBase):
    """Node types or block descriptions changed: compile again."""

    kind: Literal["catalogue_changed"] = "catalogue_changed"
    revision: int


class QueueChanged(EventBase):
    """The queued runs go in another order: `runs` are the ids of all of them, the next one first.

    A run that joins at the end or leaves is told by its own `run_queued`, `run_started` and `run_finished` only.
    """

    kind: Literal["queue_changed"] = "queue_changed"
    runs: list[str]


RunEvent = Annotated[
    RunQueued | RunStarted | NodeStarted | NodeProgress | NodeLog | NodeFinished | NodeFailed | NodeSkipped
    | RunFinished,
    Field(discriminator="kind"),
]  # fmt: skip
Event = Annotated[
    RunQueued | RunStarted | NodeStarted | NodeProgress | NodeLog | NodeFinished | NodeFailed | NodeSkipped
    | RunFinished | WorkerChanged | DownloadProgress | CatalogueChanged | QueueChanged,
    Field(discriminator="kind"),
]  # fmt: skip

run_event_list: TypeAdapter[list[RunEvent]] = TypeAdapter(list[RunEvent])
