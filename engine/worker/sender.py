"""The worker's way to the server: messages in order, some of them a little later and in company."""

import socket
import threading
import time

from engine.worker.protocol import Done, FromWorker, Progress, frame

PATIENCE = {Done: 0.001, Progress: 0.2}
"""Seconds that a message may wait for others since the last sending; all other messages wait for none. Each sending
costs a system call, and wakes the server, which on a small machine takes a core from the node that follows. `Started`
must not wait: if the node ends the process, it is to blame."""


class Sender:
    """Thread-safe. A message that waits is sent with the next one, or by `flush`, or `Done`'s patience later; progress
    goes out only with another message or by `flush`, which must be called now and then."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._held = bytearray()
        self._sent = 0.0
        self._waits = threading.Event()
        threading.Thread(target=self._send_later, name="send-later", daemon=True).start()

    def send(self, message: FromWorker) -> None:
        """Send now, with what was held back, or hold it back if the last sending was a moment ago."""
        data, patience = frame(message), PATIENCE.get(type(message), 0.0)
        with self._lock:
            self._held += data
            if not patience or time.monotonic() - self._sent >= patience:
                self._send_held()
                return
        if patience <= PATIENCE[Done] and not self._waits.is_set():
            self._waits.set()

    def flush(self) -> None:
        """Send what was held back."""
        with self._lock:
            if self._held:
                self._send_held()

    def _send_held(self) -> None:
        data, self._held = self._held, bytearray()
        self._link.sendall(data)
        self._sent = time.monotonic()

    def _send_later(self) -> None:
        while self._waits.wait():
            self._waits.clear()
            time.sleep(PATIENCE[Done])
            self.flush()
