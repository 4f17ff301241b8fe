"""Results on disk, by content key: what was computed once is not computed again after a restart.

Nothing read from the folder is trusted: no pickle, no file outside it, and a damaged entry is a miss.
"""

import contextlib
import hashlib
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import diskcache
import msgspec

from engine.errors import Problem, StorageError
from engine.values.codecs import Kinds
from engine.values.refs import Key, ValueSummary

MAX_SHARE = 4
"""An entry may take at most 1 / MAX_SHARE of the cache: a larger one would evict all others (diskcache 5.6.3)."""
KEYS_PER_QUERY = 500
"""Well below SQLite's limit of 999 parameters in old builds."""
ORPHAN_SECONDS = 600.0
"""A value file older than this that no row names was left by a process that died while writing."""

_FILE_NAME = re.compile(r"[0-9a-f]{2}[/\\][0-9a-f]{2}[/\\][0-9a-f]{28}\.val")
_MAGIC = b"BLR1"
_DIGEST_SIZE = 16
_NOTHING_READ = (sqlite3.Error, diskcache.Timeout, OSError, ValueError, TypeError)
_summaries_decoder = msgspec.msgpack.Decoder(dict[str, ValueSummary])


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Keys are str; values bytes, str, int or float. It never pickles, and never follows a file name out of its folder.

    diskcache's own classes run pickle on what a tampered folder holds (CVE-2025-69872).
    """

    def put(self, key: Any) -> tuple[str, bool]:
        if not isinstance(key, str):
            raise TypeError("cache keys are text")
        return key, True

    def get(self, key: Any, raw: bool) -> str:
        if not raw or not isinstance(key, str):
            raise ValueError("the cache holds a key that is not text")
        return key

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        if read or type(value) not in (bytes, str, int, float):
            raise TypeError(f"a cache value is bytes, str, int or float, not {type(value).__name__}")
        return super().store(value, read, key)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY, diskcache.core.MODE_TEXT):
            raise OSError("the cache holds an entry of a mode that is not allowed")
        if mode != diskcache.core.MODE_RAW and not self._inside(filename):
            raise OSError("the cache holds an entry with a file name that is not allowed")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        if self._inside(file_path):
            super().remove(file_path)

    def _inside(self, filename: Any) -> bool:
        """Whether it is a name that diskcache makes, and no link on its way leads elsewhere."""
        if not isinstance(filename, str) or not _FILE_NAME.fullmatch(filename):
            return False
        root = os.path.realpath(self._directory)
        return os.path.realpath(os.path.join(root, filename)) == os.path.join(root, os.path.normpath(filename))


class ResultCache:
    """Outputs by key, least recently used first out. Several processes may open the same folder.

    Without `kinds` (as in the server) it answers what is there and its summaries, but yields no values. `limit_bytes`
    bounds the folder; an entry larger than a quarter of it is not taken.
    """

    def __init__(self, root: Path, limit_bytes: int, kinds: Kinds | None = None) -> None:
        self.root = root
        self.limit_bytes = limit_bytes
        self._kinds = kinds
        self._cache = self._open()

    def has(self, key: Key) -> bool:
        return key in self.has_all([key])

    def has_all(self, keys: Iterable[Key]) -> set[Key]:
        """Which of `keys` are there. One query for every 500 keys."""
        return {Key(key) for key, _ in self._rows("key, rowid", keys)}

    def get(self, key: Key) -> dict[str, Any] | None:
        """The outputs of `key` by port name, or None. A damaged entry is dropped and None."""
        assert self._kinds is not None, "a cache opened without kinds yields no values"
        try:
            sealed = self._cache.get(key)
            if sealed is None:
                self._drop_unreadable(key)
                return None
            outputs = self._kinds.decode(_unseal(key, sealed))
        except (*_NOTHING_READ, StorageError):
            self.drop(key)
            return None
        return outputs if isinstance(outputs, dict) else None

    def put(self, key: Key, outputs: Mapping[str, Any], summaries: Mapping[str, ValueSummary]) -> bool:
        """Keep the outputs; False if they are too large. Raises StorageError if a value cannot be stored or the disk
        is full."""
        assert self._kinds is not None, "a cache opened without kinds takes no values"
        sealed = _seal(key, self._kinds.encode(dict(outputs)))
        if len(sealed) > self.limit_bytes // MAX_SHARE:
            return False
        try:
            self._cache.set(key, sealed, tag=msgspec.msgpack.encode(dict(summaries)), retry=True)
        except (OSError, sqlite3.Error) as error:
            message = f"A result could not be kept on disk: {error}."
            raise StorageError(Problem(code="disk_error", message=message, remedy="Free some disk space.")) from error
        return True

    def summaries(self, key: Key) -> dict[str, ValueSummary] | None:
        """The summaries of the outputs of `key`, or None."""
        return self.summaries_all([key]).get(key)

    def summaries_all(self, keys: Iterable[Key]) -> dict[Key, dict[str, ValueSummary]]:
        """The summaries of those of `keys` that are there."""
        found: dict[Key, dict[str, ValueSummary]] = {}
        for key, tag in self._rows("key, tag", keys):
            with contextlib.suppress(msgspec.MsgspecError, TypeError):
                found[Key(key)] = _summaries_decoder.decode(tag)
        return found

    def set_summaries(self, key: Key, summaries: Mapping[str, ValueSummary]) -> None:
        """Replace the summaries of `key`, once its artifacts were published; nothing happens if it is not there."""
        with contextlib.suppress(sqlite3.Error):
            tag = msgspec.msgpack.encode(dict(summaries))
            self._sql("UPDATE Cache SET tag = ? WHERE key = ? AND raw = 1", (tag, key))

    def drop(self, key: Key) -> None:
        """Forget `key`; nothing happens if it is not there."""
        with contextlib.suppress(KeyError, *_NOTHING_READ):
            del self._cache[key]

    def clear(self) -> None:
        with contextlib.suppress(*_NOTHING_READ):
            self._cache.clear(retry=True)

    def size(self) -> int:
        """Bytes on disk, about."""
        try:
            return int(self._cache.volume())
        except _NOTHING_READ:
            return 0

    def remove_orphans(self) -> None:
        """Remove value files that a process left when it died while writing. Call it in the process that writes."""
        with contextlib.suppress(*_NOTHING_READ):
            named = {name for (name,) in self._sql("SELECT filename FROM Cache WHERE filename IS NOT NULL", ())}
            for path in self.root.glob("??/??/*.val"):
                old = time.time() - path.lstat().st_mtime > ORPHAN_SECONDS
                if old and str(path.relative_to(self.root)) not in named:
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        self._cache.close()

    def _open(self) -> diskcache.Cache:
        """A folder whose database cannot be opened is of no use: it is emptied and made anew."""
        try:
            return self._connect()
        except (sqlite3.DatabaseError, TypeError, ValueError, KeyError, AttributeError) as error:
            if "locked" in str(error):
                raise
            shutil.rmtree(self.root, ignore_errors=True)
            return self._connect()

    def _connect(self) -> diskcache.Cache:
        cache = diskcache.Cache(
            str(self.root),
            disk=PlainDisk,
            size_limit=self.limit_bytes,
            eviction_policy="least-recently-used",
            statistics=0,
            tag_index=0,
            disk_min_file_size=2**15,
        )
        cache._sql("SELECT key, raw, tag, size, mode, filename, value FROM Cache LIMIT 1")  # raises for other tables
        return cache

    def _rows(self, columns: str, keys: Iterable[Key]) -> Iterator[tuple[Any, Any]]:
        wanted = list(keys)
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            part = wanted[start : start + KEYS_PER_QUERY]
            marks = ",".join("?" * len(part))
            with contextlib.suppress(sqlite3.Error):
                yield from self._sql(f"SELECT {columns} FROM Cache WHERE raw = 1 AND key IN ({marks})", part)

    def _sql(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """diskcache has no bulk lookup; this uses the connection it keeps for the calling thread."""
        rows: list[tuple[Any, ...]] = self._cache._sql(statement, values).fetchall()
        return rows

    def _drop_unreadable(self, key: Key) -> None:
        """diskcache answers None for a row whose file is gone or refused, and keeps the row."""
        if self.has(key):
            self.drop(key)


def _seal(key: Key, data: bytes) -> bytes:
    return _MAGIC + _digest(key, data) + data


def _unseal(key: Key, sealed: Any) -> bytes:
    """The data, if it is whole and belongs to `key`."""
    if not isinstance(sealed, bytes) or not sealed.startswith(_MAGIC):
        raise ValueError("not a result")
    start = len(_MAGIC) + _DIGEST_SIZE
    data = sealed[start:]
    if sealed[len(_MAGIC) : start] != _digest(key, data):
        raise ValueError("a damaged result")
    return data


def _digest(key: Key, data: bytes) -> bytes:
    digest = hashlib.blake2b(key.encode(), digest_size=_DIGEST_SIZE)
    digest.update(data)
    return digest.digest()
