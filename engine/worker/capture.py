"""Output of node code: what a node's thread prints, logs or warns becomes lines of that node, within a limit."""

import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

Level = Literal["debug", "info", "warning", "error"]
Write = Callable[[str, Level], None]

MAX_LINES = 1_000
MAX_CHARACTERS = 256 * 1024
MAX_LINE = 4_096
"""Characters; a longer line is cut."""


class NodeLog:
    """The lines of one execution, sent on by `write` until there are too many; then one line says so."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._lines = MAX_LINES
        self._characters = MAX_CHARACTERS
        self._partial = ""
        self._lock = threading.Lock()

    def line(self, text: str, level: Level = "info") -> None:
        """Send whole lines."""
        for part in text.splitlines()[: MAX_LINES + 1]:
            self._line(part, level)

    def feed(self, text: str) -> None:
        """Take printed text; a line goes out once it is complete. A progress bar (`\\r`) counts as its last state."""
        with self._lock:
            if self._lines < 0:
                return
            *complete, partial = (self._partial + text).split("\n")
            self._partial = _last_state(partial) + ("\r" if partial.endswith("\r") else "")
        for part in complete:
            if shown := _last_state(part):
                self._line(shown, "info")

    def flush(self) -> None:
        """Send what was printed without an end of line."""
        if self._partial.strip():
            self._line(self._partial.strip("\r"), "info")
        self._partial = ""

    def _line(self, text: str, level: Level) -> None:
        if self._lines < 0:
            return
        text = text[:MAX_LINE].encode(errors="replace").decode()
        self._lines -= 1
        self._characters -= len(text)
        if self._lines < 0 or self._characters < 0:
            self._lines = -1
            self._write(
                f"More was written than is kept ({MAX_LINES:,} lines or {MAX_CHARACTERS // 1024} kB).", "warning"
            )
        else:
            self._write(text, level)


def _last_state(text: str) -> str:
    """What a terminal would show of a line with carriage returns, about."""
    return text.rstrip("\r").rsplit("\r", 1)[-1][:MAX_LINE]


_current = threading.local()


@contextmanager
def capturing(log: NodeLog) -> Iterator[None]:
    """What this thread writes inside the `with` goes to `log`."""
    _current.log = log
    try:
        yield
    finally:
        _current.log = None
        log.flush()


def current_log() -> NodeLog | None:
    return getattr(_current, "log", None)


class _NodeStream(io.TextIOBase):
    """Stands for stdout or stderr: text of a node's thread goes to its log, all other text where it went before."""

    def __init__(self, original: TextIO) -> None:
        self._original = original

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._original.fileno()

    def write(self, text: str) -> int:
        if (log := current_log()) is None:
            return self._original.write(text)
        log.feed(text)
        return len(text)

    def flush(self) -> None:
        self._original.flush()


class _NodeHandler(logging.Handler):
    """Log records of a node's thread become lines of that node, with their level."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if (log := current_log()) is None:
            sys.stderr.write(f"{record.levelname.lower()}: {text}\n")
        else:
            log.line(text, _level(record.levelno))


def install() -> None:
    """Capture stdout, stderr, logging and warnings of this process from now on."""
    sys.stdout = _NodeStream(sys.stdout)
    sys.stderr = _NodeStream(sys.stderr)
    root = logging.getLogger()
    root.addHandler(_NodeHandler())
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line for each request says nothing to a person
    warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int,
    file: TextIO | None = None, line: str | None = None,
) -> None:  # fmt: skip
    text = f"{category.__name__}: {message}"
    if (log := current_log()) is None:
        sys.stderr.write(f"{filename}:{lineno}: {text}\n")
    else:
        log.line(text, "warning")


def _level(number: int) -> Level:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"
