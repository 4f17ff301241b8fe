"""Mellon's saved workflow as it lies in the file: nodes with fields, and edges between them. Judges nothing yet."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from engine.catalogue.plain import flaws, shown
from engine.errors import GraphError, Problem
from engine.graph.document import MAX_EDGES, MAX_NODES

Role = Literal["value", "input", "output", "decoration"]

SPAWNED = ">>>"
"""Divides the name of an input from what Mellon adds when it grows another one of its kind: `item>>>x7Kq2a`."""

FARTHEST = 1e6
"""px; a position beyond is as good as none."""


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a node's params: a value with a widget, an input, an output, or a piece of the node's face."""

    name: str
    raw: Mapping[str, Any]

    @property
    def role(self) -> Role:
        display = self.raw.get("display")
        if display == "output":
            return "output"
        if display == "input" or self.raw.get("isInput") is True:
            return "input"
        return "decoration" if isinstance(display, str) and display.startswith("ui_") else "value"

    @property
    def hidden(self) -> bool:
        """Mellon hides what has no meaning now, such as the strength while no picture is connected."""
        return self.raw.get("hidden") is True

    @property
    def random(self) -> bool:
        """Whether a seed is drawn anew for each run."""
        value = self.raw.get("value")
        return self.raw.get("isRandom") is True or (isinstance(value, dict) and value.get("isRandom") is True)

    @property
    def is_model(self) -> bool:
        return self.raw.get("type") in ("diffusers_auto_model", "diffusers_auto_models")

    @property
    def value(self) -> Any:
        """What is set, else the default; of a wrapped value (`modelselect`, `random`) what is inside."""
        value = self.raw.get("value")
        value = self.raw.get("default") if value is None else value
        return value.get("value") if isinstance(value, dict) and "value" in value else value

    @property
    def source(self) -> str:
        """Where a `modelselect` looks: `hub` or `local`."""
        value = self.raw.get("value")
        return str(value.get("source", "hub")) if isinstance(value, dict) else "hub"

    def typed(self) -> Any:
        """The value as the field's type has it: Mellon keeps typed numbers as text."""
        value, kind = self.value, self.raw.get("type")
        if isinstance(value, str) and kind in ("int", "float"):
            return number(value, whole=kind == "int")
        if isinstance(value, float) and kind == "int" and value.is_integer():
            return int(value)
        return value


def number(text: str, *, whole: bool) -> int | float | None:
    """The number in `text`; None if there is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if whole else value


class End(NamedTuple):
    """One end of an edge: a node's id and the name of its input or output."""

    node: str
    handle: str


class MellonEdge(NamedTuple):
    source: End
    target: End


@dataclass(frozen=True)
class MellonNode:
    """A node: `module` without its prefix and `action` say what it is, such as ModularDiffusers and Denoise."""

    id: str
    module: str
    action: str
    label: str
    x: float
    y: float
    width: float | None
    data: Mapping[str, Any]

    @cached_property
    def fields(self) -> dict[str, Field]:
        params = self.data.get("params")
        entries = params.items() if isinstance(params, dict) else ()
        return {name: Field(name, raw if isinstance(raw, dict) else {"value": raw}) for name, raw in entries}

    def value(self, name: str) -> Any:
        """The typed value of a field that is shown; None if there is none."""
        found = self.fields.get(name)
        return None if found is None or found.hidden or found.role != "value" else found.typed()

    def text(self, name: str) -> str:
        value = self.value(name)
        return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True)
class MellonFile:
    """`lost` names what is in the file and is neither a node nor an edge."""

    nodes: dict[str, MellonNode]
    edges: tuple[MellonEdge, ...]
    lost: tuple[str, ...] = field(default=())

    @cached_property
    def _into(self) -> dict[End, list[End]]:
        found: dict[End, list[End]] = {}
        for edge in self.edges:
            found.setdefault(edge.target, []).append(edge.source)
        return found

    @cached_property
    def _out_of(self) -> dict[str, list[MellonEdge]]:
        found: dict[str, list[MellonEdge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source.node, []).append(edge)
        return found

    def source(self, node: MellonNode, handle: str) -> tuple[MellonNode, str] | None:
        """What feeds an input first, if anything does."""
        ends = self._into.get(End(node.id, handle))
        return (self.nodes[ends[0].node], ends[0].handle) if ends else None

    def targets(self, node: MellonNode) -> Iterator[tuple[str, MellonNode, str]]:
        """Where the node's outputs go: output, node, input."""
        for edge in self._out_of.get(node.id, ()):
            yield edge.source.handle, self.nodes[edge.target.node], edge.target.handle


def is_mellon(document: Any) -> bool:
    """Whether `document` looks like a workflow that Mellon saved."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("edges"), list)
        and isinstance(nodes := document.get("nodes"), list)
        and any(isinstance(node, dict) and _kind(node) is not None for node in nodes)
    )


def read_file(document: Any) -> MellonFile:
    """Raises GraphError if `document` is no Mellon workflow, or holds what is no plain data."""
    if not is_mellon(document):
        raise GraphError(
            Problem(
                code="not_mellon",
                message=f"This is no workflow of Mellon: {_lacking(document)}.",
                remedy="Save it in Mellon (Export graph), and send that file.",
            )
        )
    found = [
        Problem(code=flaw.code, message=f"The workflow {flaw.what}, at {'.'.join(map(str, flaw.path[:6]))[:120]}.")
        for flaw, _ in zip(flaws(document), range(20), strict=False)
    ]
    if len(document["nodes"]) > MAX_NODES or len(document["edges"]) > MAX_EDGES:
        found.append(
            Problem(code="too_large", message=f"At most {MAX_NODES:,} nodes and {MAX_EDGES:,} edges are read.")
        )
    if found:
        raise GraphError(found)
    return _read(document)


def _read(document: dict[str, Any]) -> MellonFile:
    nodes: dict[str, MellonNode] = {}
    lost: list[str] = []
    for index, raw in enumerate(document["nodes"]):
        node = _node(raw) if isinstance(raw, dict) else None
        if node is None:
            lost.append(f"nodes[{index}] says neither its id nor what it is.")
        elif node.id in nodes:
            lost.append(f"nodes[{index}] has the id of another node.")
        else:
            nodes[node.id] = node
    edges = [(index, _edge(raw)) for index, raw in enumerate(document["edges"])]
    known = [(index, edge) for index, edge in edges if edge and edge.source.node in nodes and edge.target.node in nodes]
    lost += [
        f"edges[{index}] leads to or from no node." for index in sorted({i for i, _ in edges} - {i for i, _ in known})
    ]
    return MellonFile(nodes, tuple(edge for _, edge in known if edge), tuple(lost))


def _node(raw: dict[str, Any]) -> MellonNode | None:
    kind, node_id = _kind(raw), raw.get("id")
    if kind is None or not isinstance(node_id, str) or not node_id:
        return None
    data, position = raw["data"], raw.get("position")
    x, y = (_length(position.get(axis)) for axis in "xy") if isinstance(position, dict) else (None, None)
    measured = raw.get("measured")
    width = _length(raw.get("width")) or (_length(measured.get("width")) if isinstance(measured, dict) else None)
    label = data.get("label")
    return MellonNode(
        id=node_id, module=kind[0], action=kind[1], label=label if isinstance(label, str) and label else kind[1],
        x=x or 0.0, y=y or 0.0, width=width if width and width > 0 else None, data=data,
    )  # fmt: skip


def _kind(raw: dict[str, Any]) -> tuple[str, str] | None:
    data = raw.get("data")
    if not isinstance(data, dict):
        return None
    module, action = data.get("module"), data.get("action")
    if not (isinstance(module, str) and isinstance(action, str) and module and action):
        return None
    return module.removeprefix("modules.").removeprefix("custom."), action


def _edge(raw: Any) -> MellonEdge | None:
    names = (
        [raw.get(key) for key in ("source", "sourceHandle", "target", "targetHandle")] if isinstance(raw, dict) else []
    )
    if not names or not all(isinstance(name, str) and name for name in names):
        return None
    source, out, target, into = (str(name) for name in names)
    return MellonEdge(End(source, out), End(target, into.partition(SPAWNED)[0]))


def _length(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= FARTHEST else None


def _lacking(document: Any) -> str:
    if not isinstance(document, dict):
        return f"it is {shown(document)}"
    if not isinstance(document.get("nodes"), list) or not isinstance(document.get("edges"), list):
        return "it has no lists of nodes and edges"
    return "none of its nodes names a module and an action"
