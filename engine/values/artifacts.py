"""Images, videos and files kept on disk, named by the hash of their bytes, so that a URL's content never changes."""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import AsyncIterable, Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import Problem, StorageError
from engine.values.refs import ArtifactRef

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".zip": "application/zip",
    ".safetensors": "application/octet-stream",
}
"""The extensions that artifacts may have, with the media type they are served as."""

TOUCH_SECONDS = 60.0
"""A file's time of last use is written at most this often."""
LEFTOVER_SECONDS = 3600.0
"""A temporary file older than this was left by a process that died."""

_ID = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,16})")
_ID_IN_TEXT = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}\.[a-z0-9]{1,16}")


class ArtifactStore:
    """Files below `root` as `ab/<sha256>.<ext>`; several processes may use the same folder at once.

    `limit_bytes` is the quota that `sweep` brings the folder back to; the modification time of a file is its last use.
    """

    def __init__(self, root: Path, limit_bytes: int) -> None:
        self.root = root
        self.limit_bytes = limit_bytes
        root.mkdir(parents=True, exist_ok=True)

    def keep(self, data: bytes, extension: str) -> ArtifactRef:
        """Keep `data`; equal data is kept once. Raises StorageError if the disk is full or the extension unknown."""
        extension = _known(extension)
        artifact_id = hashlib.sha256(data).hexdigest() + extension
        if not self._touch(artifact_id):
            with _disk_errors(), self._new_file() as (file, path):
                file.write(data)
                self._publish(file, path, artifact_id)
        return _ref(artifact_id, len(data))

    async def keep_stream(self, chunks: AsyncIterable[bytes], extension: str, max_bytes: int) -> ArtifactRef:
        """Keep what `chunks` yields, without holding it in memory.

        Raises StorageError for more than `max_bytes` or a full disk; then nothing is left behind.
        """
        extension = _known(extension)
        digest, size = hashlib.sha256(), 0
        with _disk_errors(), self._new_file() as (file, path):
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise _problem("too_large", f"The file is larger than {max_bytes:,} bytes.", "Send a smaller file.")
                digest.update(chunk)
                file.write(chunk)
            artifact_id = digest.hexdigest() + extension
            self._publish(file, path, artifact_id)
        return _ref(artifact_id, size)

    def path(self, artifact_id: str) -> Path:
        """The file, marked as used now. Raises StorageError if the id is malformed or there is no such artifact."""
        if not self._touch(artifact_id):
            raise _problem(
                "no_artifact",
                f"There is no artifact {artifact_id[:80]!r}.",
                "It may have been removed to make room; run the graph again or upload the file again.",
            )
        return self._place(artifact_id)

    def exists(self, artifact_id: str) -> bool:
        return is_artifact_id(artifact_id) and self._place(artifact_id).is_file()

    def ref(self, artifact_id: str) -> ArtifactRef:
        """Its media type and size. Raises StorageError as `path` does."""
        return _ref(artifact_id, self.path(artifact_id).stat().st_size)

    def delete(self, artifact_id: str) -> None:
        """Remove it; nothing happens if there is none."""
        if is_artifact_id(artifact_id):
            self._place(artifact_id).unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes of all artifacts."""
        return sum(size for _, size, _ in self._files())

    def sweep(self, protected: set[str] | frozenset[str] = frozenset()) -> int:
        """Remove the artifacts used longest ago until the quota holds; returns the bytes freed.

        Artifacts named in `protected` stay, even over the quota.
        """
        self._remove_leftovers()
        files = sorted(self._files())
        excess = sum(size for _, size, _ in files) - self.limit_bytes
        freed = 0
        for _, size, path in files:
            if freed >= excess:
                break
            if path.name not in protected:
                path.unlink(missing_ok=True)
                freed += size
        return freed

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """(time of last use, bytes, path) of each artifact."""
        for path in self.root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if is_artifact_id(path.name):
                    facts = path.stat()
                    yield facts.st_mtime, facts.st_size, path

    def _place(self, artifact_id: str) -> Path:
        return self.root / artifact_id[:2] / artifact_id

    def _touch(self, artifact_id: str) -> bool:
        """Whether it exists; also marks it as used now."""
        if not is_artifact_id(artifact_id):
            return False
        path = self._place(artifact_id)
        try:
            if time.time() - path.stat().st_mtime > TOUCH_SECONDS:
                os.utime(path)
        except FileNotFoundError:
            return False
        return True

    @contextlib.contextmanager
    def _new_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A temporary file in the store, removed unless `_publish` gave it a name."""
        handle, name = tempfile.mkstemp(prefix="part-", dir=self.root)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _publish(self, file: BinaryIO, path: Path, artifact_id: str) -> None:
        """Give the finished file its name, at once and whole. It is closed first: Windows renames no open file."""
        file.close()
        place = self._place(artifact_id)
        place.parent.mkdir(exist_ok=True)
        os.replace(path, place)

    def _remove_leftovers(self) -> None:
        for path in self.root.glob("part-*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                    path.unlink()


def media_type(artifact_id: str) -> str:
    """The media type an artifact is served as."""
    return MEDIA_TYPES[Path(artifact_id).suffix]


def artifact_ids_in(text: str) -> set[str]:
    """All ids of artifacts that stand in a text, such as a graph document."""
    return {found for found in _ID_IN_TEXT.findall(text) if is_artifact_id(found)}


def _ref(artifact_id: str, size: int) -> ArtifactRef:
    return ArtifactRef(id=artifact_id, mime=media_type(artifact_id), size=size)


def is_artifact_id(text: str) -> bool:
    """Whether `text` has the form of an id; such an artifact need not exist."""
    found = _ID.fullmatch(text)
    return found is not None and found[1] in MEDIA_TYPES


def _known(extension: str) -> str:
    extension = {".jpeg": ".jpg"}.get(extension.lower(), extension.lower())
    if extension not in MEDIA_TYPES:
        raise _problem(
            "unknown_extension",
            f"Files with the extension {extension[:20]!r} cannot be kept.",
            f"Use one of {', '.join(sorted(MEDIA_TYPES))}.",
        )
    return extension


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "Free some space, or lower the artifact quota so that old artifacts are removed."
            raise _problem("disk_full", "The disk is full; the file could not be kept.", remedy) from error
        raise _problem("disk_error", f"The file could not be kept: {error.strerror or error}.") from error


def _problem(code: str, message: str, remedy: str = "") -> StorageError:
    return StorageError(Problem(code=code, message=message, remedy=remedy))
