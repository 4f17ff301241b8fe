"""Results in a worker: in memory, on disk and published as artifacts, behind one face."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalogue.spec import CachePolicy
from engine.errors import StorageError
from engine.values.artifacts import ArtifactStore
from engine.values.cache import ResultCache
from engine.values.codecs import Kinds, summary_artifacts
from engine.values.refs import Key, ValueSummary
from engine.worker.protocol import Evicted, Execute, FromWorker, Kept
from engine.worker.store import Held, ResultStore

WORTH_KEEPING = 0.002
"""Seconds; with the policy `auto`, what was quicker than this is quicker made again than read from disk."""
WRITE_DELAY = 0.5
"""Seconds that writing to disk waits for the end of the run, so that it takes no time from the next node of a short
one."""
CLEAR_SECONDS = 30.0
"""How long clearing waits for results that are being written."""


@dataclass(frozen=True)
class _Unwritten:
    """A result that is to be on disk by `due` (by the monotonic clock) or soon after."""

    key: Key
    held: Held
    due: float


@dataclass(frozen=True)
class _Flush:
    """Asks the writing thread to say when all before it is written."""

    done: threading.Event


class Results:
    """Where executions find and leave values. Thread-safe; `send` is told what was evicted and what is on disk."""

    def __init__(
        self,
        *,
        store: ResultStore,
        cache: ResultCache,
        artifacts: ArtifactStore,
        kinds: Kinds,
        send: Callable[[FromWorker], None],
    ) -> None:
        self._store = store
        self._cache = cache
        self._artifacts = artifacts
        self._kinds = kinds
        self._send = send
        self._to_keep: queue.SimpleQueue[_Unwritten | _Flush] = queue.SimpleQueue()
        self._calm = threading.Event()  # no run needs results now
        threading.Thread(target=self._keep_results, name="keep-results", daemon=True).start()

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self._store.size

    def pin(self, key: Key, run: str) -> Held | None:
        """The outputs of `key`, if they are in memory, held on to until `run` is released."""
        return self._store.get(key, run)

    def find(self, key: Key, run: str) -> Held | None:
        """The outputs of `key` from memory or disk, pinned for `run`."""
        if (held := self._store.get(key, run)) is not None:
            return held
        if (outputs := self._cache.get(key)) is None:
            return None
        summaries = self._cache.summaries(key)
        if summaries is None:
            summaries = {name: self._kinds.summary(value, "any") for name, value in outputs.items()}
        held = Held(outputs, summaries, self._kinds.size(outputs))
        self._hold(key, held, run)
        return held

    def add(
        self, request: Execute, policy: CachePolicy, outputs: dict[str, Any], types: Mapping[str, str], seconds: float
    ) -> dict[str, ValueSummary]:
        """Hold what an execution made, pinned for its run, and keep it on disk if `policy` says so."""
        summaries = (self._published if request.publish else self._summaries)(outputs, types)
        held = Held(outputs, summaries, self._kinds.size(outputs))
        self._hold(request.key, held, request.run)
        worth_it = policy == "always" or (policy == "auto" and seconds >= WORTH_KEEPING)
        if worth_it and request.reuse and self._kinds.storable(outputs):
            self._calm.clear()
            self._to_keep.put(_Unwritten(request.key, held, time.monotonic() + WRITE_DELAY))
        return summaries

    def publish(self, key: Key, held: Held, types: Mapping[str, str]) -> Mapping[str, ValueSummary]:
        """The summaries of `held`, its pictures kept as artifacts if they are not yet, or no longer."""
        artifacts = list(summary_artifacts(held.summaries.values()))
        if not artifacts or not all(self._artifacts.exists(artifact.id) for artifact in artifacts):
            held.summaries = self._published(held.outputs, types)
            self._cache.set_summaries(key, held.summaries)
        return held.summaries

    def show(self, key: Key) -> Mapping[str, ValueSummary] | None:
        """`publish` for somebody who looks at `key` outside of a run; None if there is no such result any more."""
        looker = f"look at {key}"
        if (held := self.find(key, looker)) is None:
            return None
        try:
            return self.publish(key, held, {name: summary.type for name, summary in held.summaries.items()})
        finally:
            self._tell_evicted(self._store.release(looker))

    def release(self, run: str) -> None:
        self._tell_evicted(self._store.release(run))
        if not self._store.pinned:
            self._calm.set()

    def clear(self) -> None:
        """Drop all results, on disk and in memory, but those that a run needs now."""
        self.flush(CLEAR_SECONDS)  # or what is about to be written would outlive the clearing
        self._cache.clear()
        self._tell_evicted(self._store.clear())

    def flush(self, timeout: float) -> None:
        """Wait until all results are on disk, `timeout` seconds at most."""
        done = threading.Event()
        self._calm.set()
        self._to_keep.put(_Flush(done))
        done.wait(timeout)

    def _summaries(self, outputs: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, ValueSummary]:
        return {name: self._kinds.summary(value, types.get(name, "any")) for name, value in outputs.items()}

    def _published(self, outputs: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, ValueSummary]:
        keep = self._artifacts.keep
        return {name: self._kinds.publish(value, types.get(name, "any"), keep) for name, value in outputs.items()}

    def _hold(self, key: Key, held: Held, run: str) -> None:
        self._tell_evicted(self._store.put(key, held, run))

    def _tell_evicted(self, keys: list[Key]) -> None:
        if keys:
            self._send(Evicted(keys=keys))

    def _keep_results(self) -> None:
        self._cache.remove_orphans()
        while True:
            work = self._to_keep.get()
            if isinstance(work, _Flush):
                work.done.set()
                continue
            self._calm.wait(max(0.0, work.due - time.monotonic()))
            try:
                if self._cache.put(work.key, work.held.outputs, work.held.summaries):
                    self._send(Kept(keys=[work.key]))
            except StorageError as error:
                sys.stderr.write(f"{error}\n")
            except Exception as error:  # a kind of value that fails to encode must not end the writing of all others
                sys.stderr.write(f"A result could not be kept: {type(error).__name__}: {error}\n")
            del work
