"""Artifacts: named by content, whole or not there, within a quota."""

import errno
import hashlib
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import StorageError
from engine.values.artifacts import ArtifactStore
from engine.values.refs import ArtifactRef


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts", 100)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_equal_bytes_are_kept_once_under_their_hash(store: ArtifactStore) -> None:
    name = hashlib.sha256(b"abc").hexdigest() + ".png"
    assert store.keep(b"abc", ".PNG") == store.keep(b"abc", ".png") == ArtifactRef(id=name, mime="image/png", size=3)
    assert store.path(name) == store.root / name[:2] / name
    assert (store.path(name).read_bytes(), store.exists(name), store.size()) == (b"abc", True, 3)
    assert store.ref(name) == ArtifactRef(id=name, mime="image/png", size=3)


async def test_a_stream_is_kept_like_bytes(store: ArtifactStore) -> None:
    assert await store.keep_stream(chunks(b"a", b"bc"), ".jpeg", 3) == store.keep(b"abc", ".jpg")


async def test_a_stream_over_the_limit_leaves_nothing(store: ArtifactStore) -> None:
    with pytest.raises(StorageError, match="larger than 2 bytes"):
        await store.keep_stream(chunks(b"a", b"bc"), ".png", 2)
    assert not list(store.root.rglob("*"))


@pytest.mark.parametrize("extension", ["", ".exe", "png", "/../x.png", ".html", ".svg"])
def test_an_unknown_extension_is_refused(store: ArtifactStore, extension: str) -> None:
    with pytest.raises(StorageError, match="cannot be kept"):
        store.keep(b"abc", extension)


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 64, "a" * 64 + ".png\n", "A" * 64 + ".png", "a" * 64 + ".exe"],
)
def test_a_malformed_id_is_no_artifact(store: ArtifactStore, name: str) -> None:
    assert not store.exists(name)
    store.delete(name)
    with pytest.raises(StorageError, match="There is no artifact"):
        store.path(name)


def test_the_quota_removes_what_was_used_longest_ago(store: ArtifactStore) -> None:
    refs = [store.keep(bytes([number]) * 40, ".png") for number in range(4)]
    for age, ref in enumerate(reversed(refs)):
        os.utime(store.path(ref.id), (1e9 - age, 1e9 - age))
    store.path(refs[0].id)  # using it makes it new again
    assert store.sweep({refs[1].id}) == 80
    assert [store.exists(ref.id) for ref in refs] == [True, True, False, False]
    assert store.sweep() == 0


def test_deleting(store: ArtifactStore) -> None:
    ref = store.keep(b"abc", ".txt")
    store.delete(ref.id)
    store.delete(ref.id)
    assert not store.exists(ref.id)


class FullDisk(io.BytesIO):
    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_and_leaves_nothing(store: ArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(handle: int, mode: str) -> FullDisk:
        os.close(handle)
        return FullDisk()

    monkeypatch.setattr("engine.values.artifacts.os.fdopen", opened)
    with pytest.raises(StorageError, match="The disk is full"):
        store.keep(b"abc", ".png")
    assert not list(store.root.rglob("*.*")) and not list(store.root.glob("part-*"))
