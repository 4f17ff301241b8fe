"""One download from the hub: its bytes are counted and reported, and it ends when nobody wants it any more."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from engine.catalogue.pack import DownloadReport, DownloadState, DownloadStatus
from engine.errors import Cancelled, Problem

REPORT_EVERY = 0.25
"""Seconds between progress reports."""
CHECK_EVERY = 0.1
"""Seconds between looks whether the download is still wanted."""
_BYTES = "huggingface_hub.snapshot_download"
"""Name of the hub client's progress bar that counts the bytes written; others count files, or bytes a second time."""


class Stopped(Exception):
    """A person stopped the download."""


class Download:
    """`check` is called now and then by the one who waits: what it raises ends the download, and the wait at once.

    `file` says which file is on its way; it is asked with each report.
    """

    def __init__(self, repo: str, report: DownloadReport, check: Callable[[], None]) -> None:
        self.repo, self.done, self.total = repo, 0, 0
        self.file: Callable[[], str] = str
        self._report, self._check = report, check
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._over = False

    def run(self, work: Callable[[], str]) -> str:
        """What `work` returns or raises, or Stopped. It runs aside: a hub that says nothing would hold it for long."""
        ended: Future[str] = Future()

        def attempt() -> None:
            try:
                ended.set_result(work())
            except BaseException as error:  # whatever it is, the one who waits gets it
                ended.set_exception(error)

        self._tell()
        threading.Thread(target=attempt, name=f"download {self.repo}", daemon=True).start()
        told, at = (0, 0), time.monotonic()
        try:
            while not wait([ended], timeout=CHECK_EVERY).done:
                self._check()
                if self._stop.is_set():
                    raise Stopped
                if told != (now := (self.done, self.total)) and time.monotonic() - at >= REPORT_EVERY:
                    told, at = now, time.monotonic()
                    self._tell()
            return ended.result()
        finally:
            self._over = True

    def stop(self) -> None:
        """Have `run` raise Stopped soon. May be called from any thread."""
        self._stop.set()

    def add(self, size: int) -> None:
        """So many bytes more are here. Called by all threads of the download; raises Cancelled if nobody waits."""
        if self._over:
            raise Cancelled
        with self._lock:
            self.done += size

    def finished(self) -> None:
        self._report(DownloadStatus(repo=self.repo, done=self.total, total=self.total, state="finished"))

    def failed(self, problem: Problem) -> None:
        self._tell("failed", problem)

    def _tell(self, state: DownloadState = "running", problem: Problem | None = None) -> None:
        done = min(self.done, self.total)
        self._report(
            DownloadStatus(
                repo=self.repo, done=done, total=self.total, state=state, file=self.file(), problem=problem
            )
        )  # fmt: skip

    def bar(self) -> Any:
        """A silent progress bar class, as the hub client wants one, that feeds this."""
        from huggingface_hub.utils.tqdm import tqdm

        add = self.add

        class Bar(tqdm):
            def __init__(self, *args: Any, **options: Any) -> None:
                self._counts = options.get("name") == _BYTES
                super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

            def update(self, n: float | None = 1) -> bool | None:
                if self._counts:
                    add(int(n or 0))
                return None

        return Bar
