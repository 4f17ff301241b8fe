"""Lanes: a few threads that take executions in order; one that has not begun can still be taken back."""

import queue
import threading
from collections.abc import Callable


class Job:
    """Work for a lane. Exactly one of the lane and whoever cancels it may `claim` it."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self._claimed = threading.Lock()

    def claim(self) -> bool:
        """Whether the caller is the first to ask."""
        return self._claimed.acquire(blocking=False)


class Lane:
    """Runs jobs in `threads` daemon threads, in the order they came; calls `idle` before a thread waits for more."""

    def __init__(self, name: str, threads: int, *, idle: Callable[[], None]) -> None:
        self._idle = idle
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True).start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                self._idle()
                job = self._jobs.get()
            if job.claim():
                job.work()
            del job  # an idle thread must not keep the last value alive
