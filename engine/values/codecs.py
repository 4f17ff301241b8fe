"""How values become bytes and back, without pickle; packs bring the kinds of value that need PIL or torch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import msgspec

from engine.errors import Problem, StorageError
from engine.values.refs import ArtifactRef, ValueSummary

INLINE_BYTES = 4096
"""JSON values up to this size travel inside their summary."""
SHOWN_ITEMS = 8
MAX_DEPTH = 64
"""Deeper trees are not stored; it keeps recursion far from Python's limit."""
MAX_STORED = 2**31
"""Bytes; msgpack cannot hold a binary of 4 GiB."""


class ValueKind(Protocol):
    """One kind of Python value: how it is recognised, measured, described, kept and shown.

    `tag` names it in stored data and must never change its meaning.
    """

    tag: str

    def owns(self, value: Any) -> bool:
        """Whether `value` is of this kind. Must not import anything heavy."""

    def size(self, value: Any) -> int:
        """Bytes of memory."""

    def encode(self, value: Any) -> bytes: ...
    def decode(self, data: bytes) -> Any: ...
    def summary(self, value: Any) -> ValueSummary: ...

    def file(self, value: Any) -> tuple[bytes, str] | None:
        """The value as a file a person can open (bytes, extension like `.png`), or None."""


Keep = Callable[[bytes, str], ArtifactRef]
"""Keeps bytes with an extension as an artifact."""

_SCALARS = (bool, int, float, str, bytes)
_decoder = msgspec.msgpack.Decoder(tuple[Any, list[tuple[str, bytes]]])


class Kinds:
    """The kinds of value that a process knows. A value is a tree: dicts with string keys, lists, tuples, scalars,
    bytes and None, and leaves owned by a kind.

    Stored form: msgpack of [tree, leaves]. In the tree a list is `["l", …]`, a tuple `["t", …]`, a leaf `["v", index]`,
    an integer beyond 64 bits `["i", digits]`; leaves are `[tag, bytes]`.
    """

    def __init__(self, kinds: Iterable[ValueKind] = ()) -> None:
        self._kinds: tuple[ValueKind, ...] = ()
        self.add(kinds)

    def add(self, kinds: Iterable[ValueKind]) -> None:
        """Know `kinds` too; for a tag that is known already the first one stays."""
        known = {kind.tag: kind for kind in self._kinds}
        for kind in kinds:
            known.setdefault(kind.tag, kind)
        self._kinds = tuple(known.values())

    def kind_of(self, value: Any) -> ValueKind | None:
        return next((kind for kind in self._kinds if kind.owns(value)), None)

    def encode(self, value: Any) -> bytes:
        """Bytes that `decode` turns into an equal value. Raises StorageError for what no kind owns."""
        leaves: list[tuple[str, bytes]] = []
        tree = self._encode_tree(value, leaves, MAX_DEPTH)
        return msgspec.msgpack.encode((tree, leaves))

    def decode(self, data: bytes) -> Any:
        """The value. Raises StorageError for an unknown tag and for damaged data."""
        try:
            tree, leaves = _decoder.decode(data)
            return _decode_tree(tree, [self._decode_leaf(tag, leaf) for tag, leaf in leaves])
        except StorageError:
            raise
        except Exception as error:
            raise _damaged(f"Stored data cannot be read: {error}.") from error

    def storable(self, value: Any) -> bool:
        """Whether `encode` can take the value."""
        return self._storable(value, MAX_DEPTH) and self.size(value) < MAX_STORED

    def size(self, value: Any) -> int:
        """Bytes of memory, roughly for plain data."""
        if value is None or isinstance(value, bool | int | float):
            return 32
        if isinstance(value, str | bytes):
            return 49 + len(value)
        if isinstance(value, dict):
            return 64 + sum(100 + self.size(item) for item in value.values())
        if isinstance(value, list | tuple):
            return 56 + sum(8 + self.size(item) for item in value)
        kind = self.kind_of(value)
        return kind.size(value) if kind else 64

    def summary(self, value: Any, port_type: str) -> ValueSummary:
        """What may be known of `value` without fetching it; a list shows its first items."""
        return self._summary(value, port_type, keep=None)

    def publish(self, value: Any, port_type: str, keep: Keep) -> ValueSummary:
        """The summary, after each leaf that has a file form (alone or in a list) was kept as an artifact.

        A list with such leaves shows all of its items.
        """
        return self._summary(value, port_type, keep)

    def _storable(self, value: Any, depth: int) -> bool:
        if value is None or isinstance(value, _SCALARS):
            return True
        if depth == 0:
            return False
        if isinstance(value, dict):
            return all(isinstance(name, str) and self._storable(item, depth - 1) for name, item in value.items())
        if isinstance(value, list | tuple):
            return all(self._storable(item, depth - 1) for item in value)
        return self.kind_of(value) is not None

    def _encode_tree(self, value: Any, leaves: list[tuple[str, bytes]], depth: int) -> Any:
        if value is None or isinstance(value, bool | float | str | bytes):
            return value
        if isinstance(value, int):
            return value if -(2**63) <= value < 2**64 else ["i", str(value)]
        if depth == 0:
            raise _damaged(f"A value nested deeper than {MAX_DEPTH} levels cannot be stored.")
        if isinstance(value, dict) and all(isinstance(name, str) for name in value):
            return {name: self._encode_tree(item, leaves, depth - 1) for name, item in value.items()}
        if isinstance(value, list | tuple):
            mark = "l" if isinstance(value, list) else "t"
            return [mark, *(self._encode_tree(item, leaves, depth - 1) for item in value)]
        if (kind := self.kind_of(value)) is None:
            raise _damaged(f"A value of type {type(value).__name__} cannot be stored.")
        leaves.append((kind.tag, kind.encode(value)))
        return ["v", len(leaves) - 1]

    def _decode_leaf(self, tag: str, data: bytes) -> Any:
        kind = next((kind for kind in self._kinds if kind.tag == tag), None)
        if kind is None:
            raise _damaged(f"Stored data holds a value of the unknown kind {tag!r}.")
        return kind.decode(data)

    def _summary(self, value: Any, port_type: str, keep: Keep | None) -> ValueSummary:
        if value is None or isinstance(value, bool | int | float):
            return ValueSummary(type=port_type, size=8, value=_plain(value))
        if isinstance(value, str | bytes):
            return _text_summary(value, port_type)
        if isinstance(value, list | tuple):
            return self._list_summary(value, port_type, keep)
        if isinstance(value, dict):
            return self._dict_summary(value, port_type)
        return self._leaf_summary(value, port_type, keep)

    def _leaf_summary(self, value: Any, port_type: str, keep: Keep | None) -> ValueSummary:
        kind = self.kind_of(value)
        if kind is None:
            return ValueSummary(type=port_type, value=f"<{type(value).__name__}>")
        summary = kind.summary(value)
        if port_type not in ("any", "json"):
            summary = replace(summary, type=port_type)
        if keep is not None and (file := kind.file(value)) is not None:
            summary = replace(summary, artifact=keep(*file))
        return summary

    def _list_summary(self, value: Any, port_type: str, keep: Keep | None) -> ValueSummary:
        whole = ValueSummary(type=port_type, size=self.size(value), value=_inline(value), length=len(value))
        of = port_type[5:-1] if port_type.startswith("list[") else ""
        if not of and whole.value is not None:
            return whole
        files = keep is not None and any(self._has_file_form(item) for item in value)
        shown = value if files else value[:SHOWN_ITEMS]
        return replace(whole, items=[self._summary(item, of or "any", keep) for item in shown])

    def _has_file_form(self, value: Any) -> bool:
        """Whether it may become an artifact: anything but plain data."""
        if isinstance(value, list | tuple):
            return any(self._has_file_form(item) for item in value)
        return not (value is None or isinstance(value, (*_SCALARS, dict)))

    def _dict_summary(self, value: dict[str, Any], port_type: str) -> ValueSummary:
        """Plain data is shown itself; a bundle of tensors as name → short description."""
        shown = _inline(value)
        if shown is None and not _is_plain(value, MAX_DEPTH):
            shown = {str(name): self._short(item) for name, item in list(value.items())[:32]}
        return ValueSummary(type=port_type, size=self.size(value), value=shown, length=len(value))

    def _short(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            return f"{len(value)} items"
        if isinstance(value, dict):
            return f"{len(value)} entries"
        if value is None or isinstance(value, _SCALARS):
            return repr(value)[:80]
        summary = self._leaf_summary(value, "any", keep=None)
        return f"{summary.dtype} {summary.shape}" if summary.shape is not None else summary.type


def summary_artifacts(summaries: Iterable[ValueSummary]) -> Iterator[ArtifactRef]:
    """All artifacts that `summaries` show, in order."""
    for summary in summaries:
        if summary.artifact:
            yield summary.artifact
        yield from summary_artifacts(summary.items or ())


def _decode_tree(tree: Any, leaves: list[Any]) -> Any:
    if isinstance(tree, dict):
        return {_name(name): _decode_tree(item, leaves) for name, item in tree.items()}
    if not isinstance(tree, list):
        return tree
    match tree:
        case ["l", *items]:
            return [_decode_tree(item, leaves) for item in items]
        case ["t", *items]:
            return tuple(_decode_tree(item, leaves) for item in items)
        case ["v", int(index)] if 0 <= index < len(leaves):
            return leaves[index]
        case ["i", str(digits)]:
            return int(digits)
    raise _damaged("Stored data has an unknown shape.")


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise _damaged("Stored data has a dict key that is not text.")
    return name


def _text_summary(value: str | bytes, port_type: str) -> ValueSummary:
    """Text is shown up to 4,096 characters, `length` says how long it is; bytes only have a length."""
    if isinstance(value, bytes):
        return ValueSummary(type=port_type, size=len(value), length=len(value))
    size = len(value.encode(errors="surrogatepass"))
    if len(value) <= INLINE_BYTES:
        return ValueSummary(type=port_type, size=size, value=_plain(value))
    return ValueSummary(type=port_type, size=size, value=_plain(value[:INLINE_BYTES]), length=len(value))


def _plain(value: Any) -> Any:
    """The scalar as the link and JSON can carry it: no integer beyond 64 bits, no lone surrogate."""
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    return value


def _is_plain(value: Any, depth: int) -> bool:
    if value is None or isinstance(value, bool | int | float | str):
        return True
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_plain(item, depth - 1) for name, item in value.items())
    return isinstance(value, list | tuple) and all(_is_plain(item, depth - 1) for item in value)


def _inline(value: Any) -> Any:
    """The value itself if it is JSON of at most 4,096 bytes, else None."""
    if len(value) > INLINE_BYTES or not _is_plain(value, MAX_DEPTH):
        return None
    try:
        return value if len(msgspec.msgpack.encode(value)) <= INLINE_BYTES else None
    except (OverflowError, UnicodeEncodeError):
        return None


def _damaged(message: str) -> StorageError:
    return StorageError(Problem(code="not_storable", message=message))
