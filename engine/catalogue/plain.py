"""What counts as plain data: JSON values within the limits that every part of the engine can carry."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 64
"""Levels of lists and objects; well inside what json, pydantic and msgpack take."""

MAX_STRING = 1_000_000
"""Bytes of UTF-8 in one string of a param."""

MIN_INT, MAX_INT = -(2**63), 2**64 - 1
"""What msgpack carries; torch seeds reach up to the upper end."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not plain data: where in the value it is, a stable code, and what is wrong ("is NaN")."""

    path: Path
    code: str
    what: str


def flaws(value: Any) -> Iterator[Flaw]:
    """All places where `value` is not plain data. Goes no deeper than `MAX_DEPTH`; never recurses."""
    if type(value) not in (dict, list):
        yield from _leaf_flaws((), value)
        return
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, container = stack.pop()
        if len(path) >= MAX_DEPTH:
            yield Flaw(path, "too_deep", f"is nested deeper than {MAX_DEPTH} levels")
            continue
        deeper = []
        for key, item in container.items() if type(container) is dict else enumerate(container):
            if type(container) is dict and (type(key) is not str or _unencodable(key)):
                yield Flaw(path, "not_json", f"has the key {shown(key)}, which is not text")
            elif type(item) is dict or type(item) is list:
                deeper.append(((*path, key), item))
            elif item is not None and type(item) is not bool:
                yield from _leaf_flaws((*path, key), item)
        stack.extend(reversed(deeper))


def flaw(value: Any) -> Flaw | None:
    """The first flaw of `value`, if any."""
    return next(flaws(value), None)


def shown(value: Any, limit: int = 60) -> str:
    """`value` as it is quoted in a message: JSON's words, short, on one line, and always encodable."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and not MIN_INT <= value <= MAX_INT:
        return "an integer beyond 64 bits"
    text = repr(value[: limit + 1] if isinstance(value, str) else value).encode("utf-8", "replace").decode()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _leaf_flaws(path: Path, item: Any) -> Iterator[Flaw]:
    if item is None or isinstance(item, bool):
        return
    if isinstance(item, str):
        if _unencodable(item):
            yield Flaw(path, "not_text", "holds half of a character (a lone surrogate)")
        elif len(item) > MAX_STRING or (not item.isascii() and len(item.encode()) > MAX_STRING):
            yield Flaw(path, "too_long", f"is a text of more than {MAX_STRING:,} bytes")
    elif isinstance(item, int):
        if not MIN_INT <= item <= MAX_INT:
            yield Flaw(path, "too_large", "is an integer beyond 64 bits")
    elif isinstance(item, float):
        if not math.isfinite(item):
            yield Flaw(path, "not_finite", f"is {'NaN' if math.isnan(item) else 'infinite'}, which JSON does not have")
    else:
        yield Flaw(path, "not_json", f"is a Python {type(item).__name__}, which is not JSON data")


def _unencodable(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
