"""Text from text: join, fill a template, replace, split."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Json
from engine.errors import NodeError

MAX_TEXT = 1_000_000
"""Characters. A few templates in a row could otherwise fill the memory of the server, where these nodes run."""

_PIECES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_NAME = re.compile(r"[^\W\d]\w*")


@node("text.join", title="Join text", category="Text", lane="inline", keywords=["concatenate", "combine", "append"])
def join(
    texts: Annotated[list[str], In("The texts, in the order of their edges", many=True)],
    separator: Annotated[str, In("What stands between two texts; \\n is a new line")] = ", ",
    skip_empty: Annotated[bool, In("Leave out texts with nothing but space")] = True,
) -> Annotated[str, Out("text", "The joined text")]:
    """Join several texts into one."""
    kept = [text for text in texts if text.strip() or not skip_empty]
    separator = _with_new_lines(separator)
    _check_length(sum(map(len, kept)) + len(separator) * len(kept))
    return separator.join(kept)


@node(
    "text.template",
    title="Text template",
    category="Text",
    lane="inline",
    keywords=["format", "fill", "placeholder", "prompt"],
)
def template(
    template: Annotated[
        str,
        In("Text with {names} to fill in; {{ and }} stand for braces", widget="multiline", placeholder="a {a} on {b}"),
    ],
    a: Annotated[Any, In("What {a} stands for: text, a number or other plain data")] = None,
    b: Annotated[Any, In("What {b} stands for")] = None,
    c: Annotated[Any, In("What {c} stands for")] = None,
    d: Annotated[Any, In("What {d} stands for")] = None,
    values: Annotated[Json, In('More names with their values: {"place": "a beach"}')] = None,
) -> Annotated[str, Out("text", "The filled in text")]:
    """Fill values into a text: "{name} on {place}"."""
    if values is not None and not isinstance(values, dict):
        raise NodeError("The values are not a JSON object.", remedy='Write {"name": "value"}.', port="values")
    inputs = {name: value for name, value in zip("abcd", (a, b, c, d), strict=True) if value is not None}
    return _fill(template, {**(values or {}), **inputs})


@node("text.replace", title="Replace text", category="Text", lane="inline", keywords=["substitute", "find"])
def replace(
    text: Annotated[str, In("The text to search", widget="multiline")],
    find: Annotated[str, In("What to look for, exactly as it stands")],
    replacement: Annotated[str, In("What to put in its place; empty removes it")] = "",
) -> Annotated[str, Out("text", "The text with all occurrences replaced")]:
    """Replace each occurrence of a text by another."""
    if not find:
        raise NodeError("There is nothing to look for.", remedy="Set the text to find.", port="find")
    _check_length(len(text) + text.count(find) * (len(replacement) - len(find)))
    return text.replace(find, replacement)


@node("text.split", title="Split text", category="Text", lane="inline", keywords=["lines", "list", "prompts", "batch"])
def split(
    text: Annotated[str, In("The text to split", widget="multiline")],
    separator: Annotated[str, In("Where to cut; \\n is a new line")] = "\\n",
    strip: Annotated[bool, In("Remove space around each part, and empty parts")] = True,
) -> Annotated[list[str], Out("texts", "The parts, in order")]:
    """Split a text into a list, one item per line by default. A list of prompts makes a list of pictures."""
    if not separator:
        raise NodeError("The separator is empty.", remedy="Set where to cut.", port="separator")
    parts = text.split(_with_new_lines(separator))
    return [part.strip() for part in parts if part.strip()] if strip else parts


def _with_new_lines(separator: str) -> str:
    """A one-line field cannot hold a new line, so it is written as `\\n` (and a tab as `\\t`)."""
    return separator.replace("\\n", "\n").replace("\\t", "\t")


def _fill(template: str, values: Mapping[str, Any]) -> str:
    """`template` with names replaced. Only plain names: `str.format` would reach attributes and huge widths."""
    filled: list[str] = []
    position = length = 0
    for match in _PIECES.finditer(template):
        piece = match.group()
        text = piece[0] if piece in ("{{", "}}") else _value_of(piece, values)
        filled += template[position : match.start()], text
        length += match.start() - position + len(text)
        _check_length(length)
        position = match.end()
    return "".join([*filled, template[position:]])


def _value_of(piece: str, values: Mapping[str, Any]) -> str:
    if piece in ("{", "}"):
        raise _wrong(f"The template has a single {piece!r}.", f"Write {piece * 2!r} for a brace.")
    name = piece[1:-1].strip()
    if not _NAME.fullmatch(name):
        raise _wrong(f"{piece!r} in the template is not a name in braces.", "Use plain names like {place}.")
    if name not in values:
        known = ", ".join(sorted(values)) or "none"
        raise _wrong(f"The template names {name!r}, which has no value; there are: {known}.", f"Give {name!r} a value.")
    return _as_text(name, values[name])


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError:
        kind = type(value).__name__
        raise _wrong(f"{name!r} is no text but a Python {kind}.", "Connect text, a number or other data.") from None


def _check_length(length: int) -> None:
    if length > MAX_TEXT:
        raise NodeError(f"The text would have more than {MAX_TEXT:,} characters.", remedy="Use shorter texts.")


def _wrong(message: str, remedy: str) -> NodeError:
    return NodeError(message, remedy=remedy, port="template")
