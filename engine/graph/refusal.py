"""Why a graph document cannot be read, as sentences about the node, the edge or the field."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from engine.catalogue.plain import Flaw, shown
from engine.errors import Problem

Step = str | int


def flawed(document: dict[str, Any], flaw: Flaw) -> Problem:
    """The problem of a value that is not plain data."""
    owner, node, path = _owner(document, flaw.path)
    port = path[1] if node and len(path) > 1 and path[0] == "params" else None
    if isinstance(port, str):
        inner = f" (at {_joined(path[2:])})" if len(path) > 2 else ""
        remedy = "Upload it as an artifact and use its id." if flaw.code == "too_long" else ""
        message = f"{node}.{_cut(port)} {flaw.what}{inner}."
        return Problem(code=flaw.code, message=message, node=node, port=port, remedy=remedy)
    place = f"{owner}, field {_joined(path)!r}:" if path else owner
    return Problem(code=flaw.code, message=f"{place} {'it ' if path else ''}{flaw.what}.", node=node)


def invalid(document: dict[str, Any], detail: ErrorDetails) -> Problem:
    """The problem of a field that pydantic refused."""
    owner, node, path = _owner(document, detail["loc"])
    return Problem(code="bad_graph", message=f"{owner} {_complaint(_joined(path), detail)}", node=node)


_EXPECTED = {
    "string_type": "text",
    "dict_type": "an object",
    "model_type": "an object",
    "list_type": "a list",
    "float_type": "a number",
    "float_parsing": "a number",
}


def _complaint(field: str, detail: ErrorDetails) -> str:
    kind, given = detail["type"], shown(detail["input"])
    if kind == "missing":
        return f"has no {field!r}."
    if kind == "extra_forbidden":
        return f"has a field {field!r} that the format does not know."
    if kind == "string_pattern_mismatch":
        return f"has the id {given}; an id is 1 to 64 letters, digits, - and _."
    if kind in ("string_too_long", "string_too_short"):
        return f"has a {field!r} that is too {kind.rpartition('_')[2]}."
    expected = _EXPECTED.get(kind) or detail.get("ctx", {}).get("expected", "something else")
    return f"has {given} as {field!r}; it must be {expected}." if field else f"is {given}; it must be {expected}."


def _owner(document: dict[str, Any], path: Sequence[Step]) -> tuple[str, str | None, Sequence[Step]]:
    """What a path leads into (as the subject of a sentence), the node's id, and the rest of the path."""
    if len(path) >= 2 and path[0] in ("nodes", "edges") and isinstance(path[1], int):
        node = _node_id(document, path[1]) if path[0] == "nodes" else None
        return f"Node {node}" if node else f"The {path[0][:-1]} {path[0]}[{path[1]}]", node, path[2:]
    return "The graph", None, path


def _node_id(document: dict[str, Any], index: int) -> str | None:
    node = document["nodes"][index]
    node_id = node.get("id") if isinstance(node, dict) else None
    return node_id if isinstance(node_id, str) and 0 < len(node_id) <= 64 and node_id.isprintable() else None


def _joined(path: Sequence[Step]) -> str:
    """`params.size[3]`, cut short where it is long."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[:8])
    return _cut(text.removeprefix("."))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
