"""What is known of a value outside the worker that holds it: its key, its summary, its artifact."""

from dataclasses import dataclass
from typing import Any, NewType

Key = NewType("Key", str)
"""Content hash (32 hex digits) of what produced a node's outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRef:
    """A file kept on disk and served under `/api/artifacts/{id}`. `id` is the SHA-256 of its bytes plus extension."""

    id: str
    mime: str
    size: int


@dataclass(slots=True, kw_only=True)
class ValueSummary:
    """What a person or program may know of a value without fetching it.

    Not to be changed, though it is not frozen: each output has one, and a frozen one takes four times as long to make.

    `value` holds small JSON values themselves. `shape`, `dtype` and `stats` (min, max, mean) describe tensors;
    `width` and `height` (px) pictures and videos; of a video, `length` is how many frames it has, and `stats` has `fps`
    and `seconds`; of a sound, `length` is its samples in each channel, and `stats` has `rate`, `channels`, `seconds`.
    `items` are the first items of a list, `length` how many there are.
    """

    type: str
    size: int = 0
    value: Any = None
    shape: list[int] | None = None
    dtype: str | None = None
    stats: dict[str, float] | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    items: "list[ValueSummary] | None" = None
    artifact: ArtifactRef | None = None
