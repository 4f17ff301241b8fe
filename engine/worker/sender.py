"""The worker's way to the server: messages in order, progress a little later and in company."""

import socket
import threading
import time

from engine.worker.protocol import FromWorker, Progress, frame

PROGRESS_PATIENCE = 0.1
"""Seconds that progress waits for another message. Each sending wakes the server, which on a small machine takes a core
from the step that follows."""


class Sender:
    """Thread-safe. `flush` must be called now and then, so that progress goes out though nothing else does."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._held = bytearray()
        self._sent = 0.0

    def send(self, message: FromWorker) -> None:
        """Send now, with what was held back; progress only if the last sending is a while ago."""
        data = frame(message)
        with self._lock:
            self._held += data
            if not isinstance(message, Progress) or time.monotonic() - self._sent >= PROGRESS_PATIENCE:
                self._send_held()

    def flush(self) -> None:
        """Send what was held back."""
        with self._lock:
            if self._held:
                self._send_held()

    def _send_held(self) -> None:
        data, self._held = self._held, bytearray()
        self._link.sendall(data)
        self._sent = time.monotonic()
