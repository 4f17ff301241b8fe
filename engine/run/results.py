"""Which results are at hand, as the server knows it: plain data held here, the rest in a worker's memory or on disk."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from engine.values.refs import Key, ValueSummary

MAX_INLINE = 50_000
"""How many results of inline nodes are held; the least recently used go first."""

FILE_TYPES = frozenset({"image", "mask", "video", "audio", "file"})
"""Item types whose values are shown as artifacts."""

Summaries = Mapping[str, ValueSummary]


class ResultDisk(Protocol):
    """The server's view of the result cache on disk."""

    def has_all(self, keys: Iterable[Key]) -> set[Key]: ...
    def summaries(self, key: Key) -> dict[str, ValueSummary] | None: ...


class Results:
    """The index of results. Of workers it may be out of date: one that looks in vain says so, then `lost` mends it."""

    def __init__(self, disk: ResultDisk, artifact_exists: Callable[[str], bool]) -> None:
        self._disk = disk
        self._artifact_exists = artifact_exists
        self._inline: OrderedDict[Key, dict[str, Any]] = OrderedDict()
        self._summaries: dict[Key, Summaries] = {}
        self._in_memory: set[Key] = set()
        self._on_disk: set[Key] = set()

    def look_up(self, keys: Iterable[Key]) -> None:
        """Ask the disk, in one go, which of `keys` it holds."""
        unknown = [key for key in keys if key not in self._in_memory and key not in self._inline]
        found = self._disk.has_all(unknown)
        self._on_disk -= set(unknown) - found
        self._on_disk |= found

    def available(self, key: Key) -> bool:
        return key in self._in_memory or key in self._inline or key in self._on_disk

    def published(self, key: Key) -> bool:
        """Whether the files of the outputs are artifacts that still exist."""
        return self.visible(self.summaries(key))

    def visible(self, outputs: Summaries) -> bool:
        return all(self._visible(summary) for summary in outputs.values())

    def summaries(self, key: Key) -> Summaries:
        if (known := self._summaries.get(key)) is None:
            known = self._disk.summaries(key) or {}
            self._summaries[key] = known
        return known

    def inline(self, key: Key) -> dict[str, Any] | None:
        """The outputs themselves, where this process holds them."""
        if (outputs := self._inline.get(key)) is not None:
            self._inline.move_to_end(key)
        return outputs

    def put_inline(self, key: Key, outputs: dict[str, Any], summaries: Summaries) -> None:
        self._inline[key] = outputs
        self._summaries[key] = summaries
        if len(self._inline) > MAX_INLINE:
            oldest, _ = self._inline.popitem(last=False)
            self._summaries.pop(oldest, None)

    def made(self, key: Key, summaries: Summaries) -> None:
        """A worker holds the outputs of `key`."""
        self._in_memory.add(key)
        self._summaries[key] = summaries

    def described(self, key: Key, summaries: Summaries) -> None:
        """A worker tells more of a result that is at hand: its pictures are artifacts now."""
        if self.available(key):
            self._summaries[key] = summaries

    def kept(self, keys: Iterable[Key]) -> None:
        self._on_disk.update(keys)

    def evicted(self, keys: Iterable[Key]) -> None:
        self._in_memory.difference_update(keys)
        self._drop_summaries(keys)

    def lost(self, keys: Iterable[Key]) -> None:
        """A worker has looked for these in memory and on disk, and there are none."""
        self._in_memory.difference_update(keys)
        self._on_disk.difference_update(keys)
        self._drop_summaries(keys)

    def worker_gone(self) -> None:
        """What was only in the worker's memory is gone; the disk is asked again when a run is planned."""
        gone, self._in_memory = self._in_memory, set()
        self._drop_summaries(gone)

    def forget_disk(self) -> None:
        """The result cache was cleared."""
        gone, self._on_disk = self._on_disk, set()
        self._drop_summaries(gone)

    def _drop_summaries(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if not self.available(key):
                self._summaries.pop(key, None)

    def _visible(self, summary: ValueSummary) -> bool:
        if summary.items is not None:
            return all(self._visible(item) for item in summary.items)
        if summary.type not in FILE_TYPES:
            return True
        return summary.artifact is not None and self._artifact_exists(summary.artifact.id)
