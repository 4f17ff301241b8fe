"""Events and previews to sockets: one bounded outbox per client, so that a slow one holds up nobody else."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from engine.run.events import Event, RunEventBase

OUTBOX_BYTES = 16 * 2**20
"""Encoded events a client may be behind. A run of 10,000 nodes makes about 6 MB of events in a burst."""

PATIENCE = 0.005
"""Seconds that an event waits for those which follow from it, as the start of a node from the end of another: each
frame wakes server and client, on a small machine at the cost of what the worker computes. The end of a run waits for
none."""
PROGRESS_PATIENCE = 0.1
"""Seconds after the last sending that progress waits to be taken along."""


class PreviewHeader(BaseModel):
    """The JSON header of a binary frame: 4 bytes big-endian length, this header, the encoded picture."""

    run: str
    node: str
    step: int
    mime: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event, encoded once for all clients. `run` and `seq` are None and 0 for events that stand alone."""

    kind: str
    json: bytes
    run: str | None = None
    seq: int = 0


@dataclass(eq=False)
class Outbox:
    """What waits for one client: events in order, and the newest preview of each node.

    `overflowed` once more than `limit` bytes of events waited; nothing is added from then on.
    """

    run: str | None = None
    limit: int = OUTBOX_BYTES
    overflowed: bool = False
    closed: bool = False
    _events: deque[Encoded] = field(default_factory=deque)
    _previews: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _size: int = 0
    _due: bool = False
    _sent: float = 0.0
    _waking: asyncio.TimerHandle | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, event: Encoded) -> None:
        if self.overflowed or self.closed or (self.run and event.run not in (None, self.run)):
            return
        self._size += len(event.json)
        if self._size > self.limit:
            self.overflowed = True
            self._events.clear()
            self._previews.clear()
        else:
            self._events.append(event)
            if event.kind != "run_finished":
                self._wait_for_company(event.kind)
                return
        self._become_due()

    def put_preview(self, run: str, node: str, frame: bytes) -> None:
        """Newest wins; it moves to the end, so that all nodes get their turn."""
        if self.overflowed or self.closed or (self.run and run != self.run):
            return
        self._previews.pop((run, node), None)
        self._previews[run, node] = frame
        self._changed.set()

    def close(self) -> None:
        self.closed = True
        self._changed.set()

    async def wait(self) -> None:
        """Return when there is something to send, or the outbox was closed or has overflowed."""
        while not (self._due or self._previews or self.overflowed or self.closed):
            self._changed.clear()
            await self._changed.wait()

    def take_events(self) -> list[Encoded]:
        """All waiting events, in order."""
        events = list(self._events)
        self._events.clear()
        self._size, self._due = 0, False
        if events:
            self._sent = asyncio.get_running_loop().time()
        return events

    def take_preview(self) -> bytes | None:
        """The preview that waits longest, if any."""
        return self._previews.pop(next(iter(self._previews))) if self._previews else None

    def _wait_for_company(self, kind: str) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + PATIENCE
        if kind == "node_progress":
            due = max(due, self._sent + PROGRESS_PATIENCE)
        if self._due or (self._waking is not None and self._waking.when() <= due):
            return
        if self._waking is not None:
            self._waking.cancel()
        self._waking = loop.call_at(due, self._become_due)

    def _become_due(self) -> None:
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
        self._due = bool(self._events)
        self._changed.set()


class EventSource(Protocol):
    """What the hub needs of the engine."""

    def subscribe(
        self,
        listener: Callable[[Event], None],
        previews: Callable[[dict[str, Any], bytes], None] | None = None,
    ) -> Callable[[], None]: ...


class Hub:
    """Fans events out. Lives in the event loop; `publish` may only be called there."""

    def __init__(self, source: EventSource) -> None:
        self._outboxes: set[Outbox] = set()
        self._unsubscribe = source.subscribe(self.publish, self._publish_preview)
        self.closing = asyncio.Event()

    @property
    def clients(self) -> int:
        return len(self._outboxes)

    @contextmanager
    def connect(self, run: str | None = None, limit: int = OUTBOX_BYTES) -> Iterator[Outbox]:
        """An outbox that fills from now on, for one run or for all."""
        outbox = Outbox(run=run, limit=limit)
        if self.closing.is_set():
            outbox.close()
        self._outboxes.add(outbox)
        try:
            yield outbox
        finally:
            self._outboxes.discard(outbox)

    def publish(self, event: Event) -> None:
        if self._outboxes:
            encoded = encode(event)
            for outbox in self._outboxes:
                outbox.put(encoded)

    def close(self) -> None:
        """Let all clients go: the server stops."""
        if self.closing.is_set():
            return
        self._unsubscribe()
        self.closing.set()
        for outbox in self._outboxes:
            outbox.close()

    def _publish_preview(self, header: dict[str, Any], data: bytes) -> None:
        if self._outboxes:
            frame = preview_frame(PreviewHeader.model_validate(header), data)
            for outbox in self._outboxes:
                outbox.put_preview(header["run"], header["node"], frame)


def encode(event: Event) -> Encoded:
    data = event.encoded
    if isinstance(event, RunEventBase):
        return Encoded(kind=event.kind, json=data, run=event.run, seq=event.seq)
    return Encoded(kind=event.kind, json=data)


def preview_frame(header: PreviewHeader, data: bytes) -> bytes:
    text = header.model_dump_json().encode()
    return len(text).to_bytes(4, "big") + text + data
