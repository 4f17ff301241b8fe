"""One download from the hub: its bytes are counted and reported, and it ends when nobody wants it any more."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from engine.catalogue.pack import DownloadReport
from engine.errors import Cancelled, Problem

REPORT_EVERY = 0.25
"""Seconds between progress reports."""
CHECK_EVERY = 0.1
"""Seconds between looks whether the download is still wanted."""
_BYTES = "huggingface_hub.snapshot_download"
"""Name of the hub client's progress bar that counts the bytes written; others count files, or bytes a second time."""


class Download:
    """`check` is called now and then by the one who waits: what it raises ends the download, and the wait at once."""

    def __init__(self, repo: str, report: DownloadReport, check: Callable[[], None]) -> None:
        self.repo, self.done, self.total = repo, 0, 0
        self._report, self._check = report, check
        self._lock = threading.Lock()
        self._reported = 0.0
        self._stopped = False

    def run(self, work: Callable[[], str]) -> str:
        """What `work` returns or raises. It runs aside, since a hub that says nothing would hold it for long."""
        ended: Future[str] = Future()

        def attempt() -> None:
            try:
                ended.set_result(work())
            except BaseException as error:  # whatever it is, the one who waits gets it
                ended.set_exception(error)

        threading.Thread(target=attempt, name=f"download {self.repo}", daemon=True).start()
        try:
            while not wait([ended], timeout=CHECK_EVERY).done:
                self._check()
            return ended.result()
        finally:
            self._stopped = True

    def add(self, size: int) -> None:
        """So many bytes more are here. Called by all threads of the download; raises Cancelled if it was stopped."""
        if self._stopped:
            raise Cancelled
        with self._lock:
            self.done += size
            if (now := time.monotonic()) - self._reported < REPORT_EVERY:
                return
            self._reported = now
        self._report(self.repo, min(self.done, self.total), self.total, "running", None)

    def finished(self) -> None:
        self._report(self.repo, self.total, self.total, "finished", None)

    def failed(self, problem: Problem) -> None:
        self._report(self.repo, min(self.done, self.total), self.total, "failed", problem)

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
