"""What a running node may ask of its surroundings, in a worker: the `Context` of `engine.catalogue.context`."""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from engine.catalogue.pack import WorkerFacts
from engine.errors import Cancelled, NodeError, StorageError
from engine.values.artifacts import ArtifactStore
from engine.values.refs import ArtifactRef
from engine.worker.capture import NodeLog
from engine.worker.protocol import FromWorker, Preview, Progress

EVERY_STEP = 1_000
"""Nodes of at most so many steps tell each of them; beyond, the newest goes out `PROGRESS_RATE` times a second."""
PROGRESS_RATE = 30.0
"""Progress messages per second and node; more cannot be seen."""

Item = TypeVar("Item")


class Throttle(Generic[Item]):
    """Passes on at most `rate` items a second, none for 0. The newest wins; `flush` sends the last one held back."""

    def __init__(self, rate: float, send: Callable[[Item], None]) -> None:
        self._interval = 1.0 / rate if rate else math.inf
        self._send = send
        self._next = 0.0 if rate else math.inf
        self._held: Item | None = None

    def due(self) -> bool:
        """Whether an item offered now would go out at once."""
        return time.monotonic() >= self._next

    def offer(self, item: Item) -> None:
        self._held = item
        if self.due():
            self.flush()

    def flush(self) -> None:
        if self._held is not None and self._interval < math.inf:
            self._next = time.monotonic() + self._interval
            self._send(self._held)
            self._held = None


class NodeContext:
    """The context of one execution. `cancel` may be called from any thread."""

    def __init__(
        self,
        *,
        id: int,
        node: str,
        ports: dict[str, str],
        facts: WorkerFacts,
        artifacts: ArtifactStore,
        states: Mapping[str, Any],
        preview_rate: float,
        send: Callable[[FromWorker], None],
        log: NodeLog,
        graph: str | None = None,
    ) -> None:
        self.node = node
        self.ports = ports
        self.input_dir = facts.input_dir
        self.output_dir = facts.output_dir
        self.data_dir = facts.data_dir
        self.cancelled = False
        self._id = id
        self._artifacts = artifacts
        self._states = states
        self._log = log
        self._graph = graph
        self._send = send
        self._progress: Throttle[Progress] = Throttle(PROGRESS_RATE, send)
        self._previews: Throttle[Preview] = Throttle(preview_rate, send)

    def cancel(self) -> None:
        self.cancelled = True

    def check(self) -> None:
        if self.cancelled:
            raise Cancelled

    def progress(self, step: int, total: int) -> None:
        message = Progress(id=self._id, step=step, total=total)
        if total <= EVERY_STEP:
            self._send(message)
        else:
            self._progress.offer(message)
        self.check()

    def preview(self, data: bytes, *, mime: str = "image/jpeg", step: int = 0) -> None:
        self._previews.offer(Preview(id=self._id, step=step, mime=mime, data=data))

    def wants_preview(self) -> bool:
        return self._previews.due()

    def log(self, text: str, level: Literal["debug", "info", "warning", "error"] = "info") -> None:
        self._log.line(text, level)

    def artifact(self, artifact_id: str) -> Path:
        try:
            return self._artifacts.path(artifact_id)
        except StorageError as error:
            raise NodeError(error.problems[0]) from error

    def keep(self, data: bytes, *, extension: str) -> ArtifactRef:
        return self._artifacts.keep(data, extension)

    def graph(self) -> str:
        if self._graph is None:
            remedy = "This is a fault of the node, which must be declared with reads_graph=True."
            raise NodeError("The node asked for the graph without saying so.", code="no_graph", remedy=remedy)
        return self._graph

    def state(self, name: str) -> Any:
        try:
            return self._states[name]
        except KeyError:
            raise NodeError(f"No node pack provides {name!r}.", code="no_state") from None

    def flush(self) -> None:
        """Send what was held back; called at the end of the node."""
        self._progress.flush()
        self._previews.flush()
