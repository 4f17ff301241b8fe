"""Results on disk: kept, bounded, and safe against a folder that someone tampered with."""

import os
import pickle  # noqa: TID251  # to prove that it is never loaded
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from engine.errors import StorageError
from engine.values.cache import KEYS_PER_QUERY, ResultCache
from engine.values.codecs import Kinds
from engine.values.refs import Key, ValueSummary
from tests.fakes.pack import Blob, BlobKind

MB = 2**20
K = Key("k" * 32)
OUTPUTS = {"image": Blob(b"x" * 100_000), "text": "hello"}
SUMMARIES = {"image": ValueSummary(type="image", size=100_000), "text": ValueSummary(type="string", value="hello")}


def opened(root: Path, limit: int = 100 * MB) -> ResultCache:
    return ResultCache(root, limit, Kinds([BlobKind()]))


def test_what_was_put_is_there_for_another_process_too(tmp_path: Path) -> None:
    writer, server = opened(tmp_path), ResultCache(tmp_path, 100 * MB)
    assert writer.put(K, OUTPUTS, SUMMARIES)
    assert (writer.get(K), server.has(K), server.summaries(K)) == (OUTPUTS, True, SUMMARIES)
    assert opened(tmp_path).get(K) == OUTPUTS
    assert (writer.get(Key("other")), server.summaries(Key("other"))) == (None, None)


def test_many_keys_are_looked_up_at_once(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    keys = [Key(f"{number:032x}") for number in range(3 * KEYS_PER_QUERY + 1)]
    there = set(keys[::200])
    for key in there:
        cache.put(key, {"n": 1}, SUMMARIES)
    assert cache.has_all(keys) == there
    assert cache.summaries_all(keys) == dict.fromkeys(there, SUMMARIES)


def test_summaries_can_be_replaced(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, {})
    cache.set_summaries(K, SUMMARIES)
    assert (cache.summaries(K), cache.get(K)) == (SUMMARIES, OUTPUTS)


def test_the_least_recently_used_go_first_and_the_limit_holds(tmp_path: Path) -> None:
    cache = opened(tmp_path, 4 * MB)
    for number in range(30):
        cache.put(Key(str(number)), {"image": Blob(os.urandom(MB // 4))}, SUMMARIES)
        cache.get(Key("0"))
    assert cache.size() <= 4 * MB + MB // 4
    assert cache.has(Key("0")) and not cache.has(Key("1")) and cache.has(Key("29"))


def test_a_value_that_would_evict_the_others_is_not_taken(tmp_path: Path) -> None:
    cache = opened(tmp_path, 4 * MB)
    cache.put(K, OUTPUTS, SUMMARIES)
    assert not cache.put(Key("big"), {"image": Blob(b"x" * (2 * MB))}, SUMMARIES)
    assert cache.has(K) and not cache.has(Key("big"))


def test_what_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        opened(tmp_path).put(K, {"x": object()}, SUMMARIES)


def test_clearing(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    cache.clear()
    assert not cache.has(K) and not list(tmp_path.glob("**/*.val"))


# Tampering


class Bomb:
    """Unpickling it leaves a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def sql(root: Path, statement: str, *values: Any) -> None:
    database = sqlite3.connect(root / "cache.db")
    with database:
        database.execute(statement, values)
    database.close()


@pytest.mark.parametrize("in_file", [False, True])
def test_pickled_values_are_never_loaded(tmp_path: Path, in_file: bool) -> None:
    cache, trap, bomb = opened(tmp_path / "c"), tmp_path / "trap", pickle.dumps(Bomb(tmp_path / "trap"))
    cache.put(K, OUTPUTS, SUMMARIES)
    if in_file:
        next((tmp_path / "c").glob("**/*.val")).write_bytes(bomb)
        sql(tmp_path / "c", "UPDATE Cache SET mode = 4")
    else:
        sql(tmp_path / "c", "UPDATE Cache SET mode = 4, filename = NULL, value = ?", bomb)
    assert opened(tmp_path / "c").get(K) is None
    assert not trap.exists() and not cache.has(K)


def test_pickled_keys_are_never_loaded(tmp_path: Path) -> None:
    cache = opened(tmp_path / "c")
    cache.put(K, OUTPUTS, SUMMARIES)
    sql(tmp_path / "c", "UPDATE Cache SET key = ?, raw = 0", pickle.dumps(Bomb(tmp_path / "trap")))
    cache = opened(tmp_path / "c")
    assert (cache.get(K), cache.has_all([K]), (tmp_path / "trap").exists()) == (None, set(), False)
    cache.clear()


@pytest.mark.parametrize("name", ["../outside.val", "{absolute}", "ab/../../outside.val", "ab/cd/link"])
def test_no_file_outside_is_read_or_removed(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.val"
    outside.write_bytes(b"secret")
    cache = opened(tmp_path / "c")
    cache.put(K, OUTPUTS, SUMMARIES)
    sql(tmp_path / "c", "UPDATE Cache SET filename = ?", name.replace("{absolute}", str(outside)))
    assert cache.get(K) is None
    cache.clear()
    assert outside.read_bytes() == b"secret"


def test_a_link_to_a_file_outside_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    cache = opened(tmp_path / "c")
    cache.put(K, OUTPUTS, SUMMARIES)
    value = next((tmp_path / "c").glob("**/*.val"))
    value.rename(outside)
    value.symlink_to(outside)
    assert cache.get(K) is None and outside.exists()


@pytest.mark.parametrize("keep", [0, 10, 50_000])
def test_a_truncated_value_is_a_miss_and_dropped(tmp_path: Path, keep: int) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    os.truncate(next(tmp_path.glob("**/*.val")), keep)
    assert cache.get(K) is None and not cache.has(K)
    assert cache.put(K, OUTPUTS, SUMMARIES) and cache.get(K) == OUTPUTS


def test_a_missing_value_is_a_miss_and_dropped(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    next(tmp_path.glob("**/*.val")).unlink()
    assert cache.get(K) is None and not cache.has(K)


def test_the_value_of_another_key_is_a_miss(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    sql(tmp_path, "UPDATE Cache SET key = 'stolen'")
    assert cache.get(Key("stolen")) is None


@pytest.mark.parametrize("tag", [b"", b"\xc1", b"\x80\x80", 7, "text"])
def test_damaged_summaries_are_none(tmp_path: Path, tag: Any) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    sql(tmp_path, "UPDATE Cache SET tag = ?", tag)
    assert cache.summaries(K) is None or tag == b"\x80\x80"


@pytest.mark.parametrize(
    "damage",
    [
        lambda root: (root / "cache.db").write_bytes(b"no database" * 1000),
        lambda root: sql(root, "INSERT INTO Settings VALUES ('disk_evil', 1)"),
        lambda root: sql(root, "DROP TABLE Cache"),
        lambda root: sql(root, "ALTER TABLE Cache RENAME COLUMN key TO k"),
    ],
    ids=["no database", "settings", "no table", "other columns"],
)
def test_a_damaged_database_is_made_anew(tmp_path: Path, damage: Any) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    cache.close()
    for journal in tmp_path.glob("cache.db-*"):
        journal.unlink()
    damage(tmp_path)
    cache = opened(tmp_path)
    assert cache.get(K) is None
    assert cache.put(K, OUTPUTS, SUMMARIES) and cache.get(K) == OUTPUTS


def test_what_a_killed_writer_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(K, OUTPUTS, SUMMARIES)
    old, new = (tmp_path / "aa" / "bb" / f"{letter * 28}.val" for letter in "01")
    old.parent.mkdir(parents=True)
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - 3600
    for path in tmp_path.glob("**/*.val"):
        if path != new:
            os.utime(path, (long_ago, long_ago))
    cache.remove_orphans()
    assert (old.exists(), new.exists(), cache.get(K)) == (False, True, OUTPUTS)
