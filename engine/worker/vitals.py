"""A worker watches itself: statistics when they change, and an end before the machine runs out of memory."""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from engine.worker.library import Library
from engine.worker.protocol import DEVICE_FAULT, OUT_OF_BUDGET, ModelStats, Stats
from engine.worker.results import Results
from engine.worker.sender import Sender

MEMORY_CHECK_SECONDS = 0.1
CHECKS_PER_STATS = 10
CHECKS_PER_FLUSH = 2
ROUND = 2**20
"""Memory is told in whole MiB, so that a trifle is no change."""

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def resident_memory() -> int:
    """Bytes of memory this process occupies; on macOS its highest so far, on Windows 0 (not known)."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * _PAGE
    if sys.platform == "win32":
        return 0
    import resource

    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


class Vitals:
    """Sends `Stats`; over `limit_bytes` of memory it says so and ends the process."""

    def __init__(self, *, library: Library, results: Results, limit_bytes: int | None, sender: Sender) -> None:
        self._library = library
        self._results = results
        self._limit_bytes = limit_bytes
        self._sender = sender
        self._last: Stats | None = None
        self._wake = threading.Event()
        self._telling = threading.Lock()
        self._loads = 0

    def start(self) -> None:
        threading.Thread(target=self._watch, name="vitals", daemon=True).start()

    def node_ended(self) -> None:
        """Tell at once if models were loaded meanwhile."""
        models = self._library.models
        if models is not None and models.loads() != self._loads:
            self._loads = models.loads()
            self._wake.set()

    def recover(self) -> bool:
        """A node ran out of memory: make some, and tell. Returns whether a second try may fit."""
        if self._library.models is None:
            return False
        more = False
        with suppress(Exception):  # the node's own failure is what matters
            more = self._library.models.recover()
        self.tell()
        return more

    def check_device(self) -> None:
        """A node has failed: end the process if that has put the device out of order."""
        if self._library.models is not None and not self._library.models.works():
            self._end(DEVICE_FAULT)

    def _end(self, code: int) -> None:
        self._sender.flush()
        os._exit(code)

    def _watch(self) -> None:
        checks = 0
        while True:
            if checks % CHECKS_PER_STATS == 0 or self._wake.is_set():
                self._wake.clear()
                self.tell()
            if checks % CHECKS_PER_FLUSH == 0:
                self._sender.flush()
            self._check_memory()
            checks += 1
            self._wake.wait(MEMORY_CHECK_SECONDS)

    def _check_memory(self) -> None:
        if self._limit_bytes is not None and resident_memory() > self._limit_bytes:
            self.tell()
            self._end(OUT_OF_BUDGET)

    def tell(self) -> None:
        """Send the statistics now, if they have changed. May be called from any thread."""
        with self._telling:
            stats = self._stats()
            if stats != self._last:
                self._last = stats
                self._sender.send(stats)

    def _stats(self) -> Stats:
        rss, results = resident_memory() // ROUND * ROUND, self._results.size
        if (holder := self._library.models) is None:
            return Stats(rss=rss, results=results)
        device, used, total = holder.device()
        models = [
            ModelStats(name=model.name, repo=model.repo, device=model.device, dtype=model.dtype, size=model.size)
            for model in holder.models()
        ]
        return Stats(
            rss=rss, results=results, device=device, device_used=used, device_total=total, models=models,
            loads=holder.loads(),
        )  # fmt: skip
