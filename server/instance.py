"""One process per data folder: a lock that dies with its holder, and a note that says who and where it is."""

import json
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.errors import BlockloomError, Problem, StorageError


@dataclass(frozen=True)
class Holder:
    """The process that uses a data folder; `url` is None if it is not a server."""

    pid: int
    url: str | None


class InUse(BlockloomError):
    """Another process uses the data folder."""

    def __init__(self, data: Path, holder: Holder | None) -> None:
        self.holder = holder
        who = "another process" if holder is None else f"process {holder.pid}"
        where = f", which serves {holder.url}" if holder and holder.url else ""
        super().__init__(
            Problem(
                code="data_in_use",
                message=f"The data folder {data} is in use by {who}{where}.",
                remedy="Stop it, or choose another folder with --data.",
            )
        )


class DataLock:
    """`with DataLock(folder, url=…):` holds the folder. Raises InUse if another process has it.

    An SQLite write lock does the work: it works on every platform and the system drops it when the process dies.
    """

    def __init__(self, data: Path, url: str | None = None) -> None:
        self._data = data
        self._url = url
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            _try_writing(self._data)
        except OSError as error:
            raise _not_writable(self._data, error) from error
        database = sqlite3.connect(self._data / "lock.sqlite", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            database.close()
            raise InUse(self._data, _read_note(self._data)) from None
        self._database = database
        self.note(self._url)
        return self

    def note(self, url: str | None) -> None:
        """Say where the holder can be reached."""
        _note(self._data).write_text(json.dumps({"pid": os.getpid(), "url": url}))

    def __exit__(self, *exc: object) -> None:
        if self._database is not None:
            _note(self._data).unlink(missing_ok=True)
            self._database.close()
            self._database = None


def _try_writing(folder: Path) -> None:
    """Raises OSError where nothing can be written; SQLite would not say why."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x")


def _not_writable(data: Path, error: OSError) -> StorageError:
    return StorageError(
        Problem(
            code="data_not_writable",
            message=f"The data folder {data} cannot be written: {error.strerror}.",
            remedy="Choose another folder with --data (BLOCKLOOM_DATA), or let this user write there.",
        )
    )


def _note(data: Path) -> Path:
    return data / "holder.json"


def _read_note(data: Path) -> Holder | None:
    try:
        note = json.loads(_note(data).read_text())
        return Holder(pid=int(note["pid"]), url=note["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
