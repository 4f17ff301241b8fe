"""The values a worker holds in memory, by key: least recently used first out, except what a run still needs."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.values.refs import Key, ValueSummary


@dataclass(slots=True)
class Held:
    """The outputs of a key and their summaries; `size` in bytes; `pins` are the runs that need it."""

    outputs: Mapping[str, Any]
    summaries: Mapping[str, ValueSummary]
    size: int
    pins: set[str] = field(default_factory=set)


class ResultStore:
    """Outputs by key within a budget of bytes. Thread-safe. What is pinned stays, even over the budget."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._held: dict[Key, Held] = {}
        self._unpinned: OrderedDict[Key, None] = OrderedDict()  # longest unused first
        self._pinned: dict[str, dict[Key, None]] = {}
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes held now."""
        return self._size

    @property
    def pinned(self) -> bool:
        """Whether any run needs something."""
        return bool(self._pinned)

    def put(self, key: Key, held: Held, run: str) -> list[Key]:
        """Hold it, pinned for `run`, instead of what was under `key`; returns the keys evicted for it."""
        with self._lock:
            if (old := self._held.get(key)) is not None:
                self._size -= old.size
                held.pins |= old.pins
            self._held[key] = held
            self._size += held.size
            self._pin(key, held, run)
            return self._evict(self.limit_bytes)

    def get(self, key: Key, run: str) -> Held | None:
        """What is held under `key`, from now on pinned for `run`."""
        with self._lock:
            if (held := self._held.get(key)) is not None:
                self._pin(key, held, run)
            return held

    def release(self, run: str) -> list[Key]:
        """Unpin what `run` needed; returns the keys evicted thereby."""
        with self._lock:
            for key in self._pinned.pop(run, ()):
                pins = self._held[key].pins
                pins.discard(run)
                if not pins:
                    self._unpinned[key] = None
            return self._evict(self.limit_bytes)

    def clear(self) -> list[Key]:
        """Drop all that is not pinned; returns the keys."""
        with self._lock:
            return self._evict(limit_bytes=-1)

    def _pin(self, key: Key, held: Held, run: str) -> None:
        held.pins.add(run)
        self._pinned.setdefault(run, {})[key] = None
        self._unpinned.pop(key, None)

    def _evict(self, limit_bytes: int) -> list[Key]:
        evicted: list[Key] = []
        while self._size > limit_bytes and self._unpinned:
            key, _ = self._unpinned.popitem(last=False)
            self._size -= self._held.pop(key).size
            evicted.append(key)
        return evicted
