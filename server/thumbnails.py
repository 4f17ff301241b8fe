"""Small WebP versions of pictures, and of the first frames of videos, made when first asked for and kept as files."""

import asyncio
import contextlib
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.values.artifacts import ArtifactStore, is_artifact_id
from nodes.images.reading import as_colour
from server.errors import HttpProblem
from server.uploads import PICTURES, open_picture

KEPT_BYTES = 256 * 2**20
"""Of thumbnails on disk; one of 256 px takes about 10 kB."""
QUALITY = 80
VIDEOS = {".mp4", ".webm"}
STILL_SECONDS = 20.0
"""How long the first frame of a video may take."""
AT_ONCE = 2
"""How many are made at the same time: each may hold a picture of 256 MB in memory."""


class Thumbnails:
    """Files below `root` as `ab/<artifact>-<size>.webp`. They may outlive their artifact, for the history's sake."""

    def __init__(self, root: Path, artifacts: ArtifactStore, limit_bytes: int = KEPT_BYTES) -> None:
        self._root = root
        self._artifacts = artifacts
        self._limit_bytes = limit_bytes
        self._unswept = limit_bytes  # what is there from before is looked at with the first one that is made
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def get(self, artifact_id: str, size: int) -> Path:
        """The file of the thumbnail, no side of which is longer than `size` px.

        Raises HttpProblem: 415 if the artifact is neither picture nor video, 413 if it is too large, 422 if a video is
        damaged; StorageError if there is none.
        """
        if is_artifact_id(artifact_id) and Path(artifact_id).suffix not in PICTURES | VIDEOS:
            raise HttpProblem(
                415, "no_thumbnail", "Only pictures and videos have thumbnails; this artifact is neither.",
                "Fetch it whole.",
            )  # fmt: skip
        path = self._root / artifact_id[:2] / f"{artifact_id}-{size}.webp"
        if is_artifact_id(artifact_id) and await asyncio.to_thread(_touch, path):
            return path
        async with self._slots:
            await asyncio.to_thread(self._make, artifact_id, size, path)
        return path

    def _make(self, artifact_id: str, size: int, path: Path) -> None:
        source = self._artifacts.path(artifact_id)
        data = still(source, size) if source.suffix in VIDEOS else thumbnail(source, size)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="part-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
        self._unswept += len(data)
        if self._unswept > self._limit_bytes // 10:
            self._unswept = 0
            self._sweep()

    def _sweep(self) -> None:
        """Remove those used longest ago until nine tenths of the quota are left."""
        files = []
        for path in self._root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
        excess = sum(size for _, size, _ in files) - self._limit_bytes * 9 // 10
        for _, size, path in sorted(files):
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size


def thumbnail(path: Path, size: int) -> bytes:
    """The picture (of an animation the first frame) as WebP, upright, within `size` × `size` px, never enlarged."""
    from PIL import ImageOps

    with open_picture(path) as picture:
        picture.draft("RGB", (size, size))  # JPEG is decoded at about the size that is needed
        small = as_colour(ImageOps.exif_transpose(picture))
    small.thumbnail((size, size), reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


def still(path: Path, size: int) -> bytes:
    """The first frame of a video as WebP, made by a process of its own."""
    command = [sys.executable, "-m", "nodes.video.still", str(path), str(size)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=STILL_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise HttpProblem(422, "bad_video", "No frame of the video can be read.", "Send it again.") from error
    return done.stdout


def _touch(path: Path) -> bool:
    """Mark the file as used now; whether it exists."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
