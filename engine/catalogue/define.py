"""How nodes are defined: `@node` turns a typed function into a `NodeDefinition`; a resolver computes ports that change.

    @node("image.invert", title="Invert", category="Image")
    def invert(image: Annotated[Image, In("Picture to invert")]) -> Annotated[Image, Out("image")]:
        "Invert the colours of an image."

Types, defaults, bounds and docs come from the signature. Several outputs are a `tuple[Annotated[...], ...]`.
"""

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from engine.catalogue.accept import PLAIN_TYPES, Misfit, accept
from engine.catalogue.signature import In as In
from engine.catalogue.signature import Out as Out
from engine.catalogue.signature import read_signature, wrong
from engine.catalogue.spec import CachePolicy, Interface, Lane, NodeType, Port, Preset, Widget
from engine.catalogue.types import is_list, is_port_type, item_type
from engine.errors import NodeError, Problem


@dataclass(frozen=True, kw_only=True)
class NodeView:
    """What compile knows of a node when it asks for its interface. All plain data.

    `params` are the values a person set on inputs without an edge (defaults not yet filled in); those that the type's
    own interface has are checked and typed already. `known` are the values of connected inputs that already follow from
    the graph, such as pipeline refs; `connected` names all inputs with an edge. `descriptions` holds what workers have
    answered, by `Need.key`. `lock` says repo → commit.
    """

    params: Mapping[str, Any]
    known: Mapping[str, Any]
    connected: frozenset[str]
    descriptions: Mapping[str, Mapping[str, Any]]
    lock: Mapping[str, str]


@dataclass(frozen=True)
class Resolved:
    """The interface a dynamic node has now and, where the outputs are plain data that already follow, those outputs.

    `bound` is plain data that the resolver found out (the commit of a repo, say): the function gets it as further
    keyword arguments, and it enters the node's key. Its names are none of the inputs'. `repos` says at which commit the
    node uses which repos; the graph's lock is made of it. `problems` keep it from running, though its ports are known,
    `warnings` tell of what is odd and does not.
    """

    interface: Interface
    outputs: Mapping[str, Any] | None = None
    bound: Mapping[str, Any] = field(default_factory=dict)
    repos: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Resolver(Protocol):
    """Pure and quick. Raises NodeError for what a person must mend; returns a pending interface with its needs."""

    def __call__(self, view: NodeView) -> Resolved: ...


Fingerprint = Callable[[Mapping[str, Any], Path], str]
"""(typed params, input folder) → a text that changes when a file the node reads changes. Runs in the server whenever
keys are made: it must be quick, and it never raises."""


@dataclass(frozen=True, kw_only=True)
class NodeDefinition:
    """A node type with its code.

    `function(**inputs)` returns the outputs by name; None if `resolve` always yields the outputs. `context_parameter`
    names the parameter that gets the `Context`. `environment` is a version of what the result depends on besides the
    inputs (a library); it enters the key, and so does what `fingerprint` returns.
    """

    type: NodeType
    function: Callable[..., Mapping[str, Any]] | None = None
    context_parameter: str | None = None
    resolve: Resolver | None = None
    environment: str = ""
    fingerprint: Fingerprint | None = None

    @cached_property
    def float_inputs(self) -> tuple[Port, ...]:
        """Those of the declared inputs that take floats, or lists of them."""
        return tuple(port for port in self.type.interface.inputs if item_type(port.type) == "float")


Function = TypeVar("Function", bound=Callable[..., Any])


def node(
    type: str,
    *,
    title: str,
    category: str,
    lane: Lane = "cpu",
    version: int = 1,
    cache: CachePolicy = "auto",
    output: bool = False,
    reads_graph: bool = False,
    presets: Sequence[Preset] = (),
    keywords: Sequence[str] = (),
    fingerprint: Fingerprint | None = None,
) -> Callable[[Function], Function]:
    """Declare the decorated function as a node type; the definition is kept on it as `.definition`.

    Inputs are keyword parameters annotated `Annotated[type, In(...)]`; `X | None` and a default make one optional. A
    parameter annotated `Context` is no input. Raises DefinitionError if the signature does not describe the ports
    fully, or if they contradict themselves.
    """

    def declare(function: Function) -> Function:
        signature = read_signature(type, function)
        try:
            node_type = NodeType(
                type=type, title=title, category=category, description=signature.doc, lane=lane, version=version,
                cache=cache, output=output, reads_graph=reads_graph, interface=signature.interface,
                presets=tuple(presets), keywords=tuple(keywords),
            )  # fmt: skip
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            raise wrong(type, f"has a wrong {'.'.join(map(str, detail['loc']))!r}: {detail['msg']}", _REMEDY) from error
        check_type(node_type)
        if lane == "inline" and signature.context_parameter is not None:
            raise wrong(type, "is inline and takes a Context", "Inline nodes run in the server; use the lane 'cpu'.")
        function.definition = NodeDefinition(  # type: ignore[attr-defined]
            type=node_type,
            function=_returning_by_name(function, [port.name for port in signature.interface.outputs]),
            context_parameter=signature.context_parameter,
            fingerprint=fingerprint,
        )
        return function

    return declare


def definitions_in(module: types.ModuleType) -> list[NodeDefinition]:
    """All definitions held in the variables of `module`, in source order, once each.

    Node functions imported from another distribution stay its own: only those made in `module`'s top package count.
    Raises DefinitionError if two of them have the same type.
    """
    found: dict[str, NodeDefinition] = {}
    top = module.__name__.partition(".")[0]
    for thing in vars(module).values():
        definition = thing if isinstance(thing, NodeDefinition) else getattr(thing, "definition", None)
        if not isinstance(definition, NodeDefinition):
            continue
        if definition is not thing and thing.__module__.partition(".")[0] != top:
            continue
        if found.setdefault(definition.type.type, definition) is not definition:
            raise wrong(definition.type.type, f"is defined twice in {module.__name__}", "Rename one of them.")
    return list(found.values())


def check_type(node_type: NodeType) -> None:
    """Raise DefinitionError if `node_type` contradicts itself: names, types, widgets, bounds, defaults, presets."""
    name, interface = node_type.type, node_type.interface
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name) or len(name) > 200:
        raise wrong(name, "has a bad name", "Use a name like image.invert.")
    if not (node_type.title.strip() and node_type.category.strip() and node_type.description.strip()):
        raise wrong(name, "lacks a title, a category or a description", "Say what people will see.")
    if node_type.reads_graph and node_type.cache != "never":
        raise wrong(name, "reads the graph, which is no part of its key", "Use cache='never'.")
    for direction, ports in (("input", interface.inputs), ("output", interface.outputs)):
        names = [port.name for port in ports]
        if twice := next((port for port in names if names.count(port) > 1), None):
            raise wrong(name, f"has two {direction}s named {twice!r}", "Rename one of them.")
        for port in ports:
            _check_port(name, port, inline=node_type.lane == "inline")
    for preset in node_type.presets:
        for param, value in preset.params.items():
            if (edited := interface.input(param)) is not None:
                _check_value(name, edited, value, f"has a preset {preset.title!r} whose value does not fit: {param!r}")
            elif not node_type.dynamic:
                raise wrong(name, f"has a preset {preset.title!r} for {param!r}, which is no input", _REMEDY)


_WIDGET_TYPES: dict[str, frozenset[str]] = {
    "number": frozenset({"int", "float"}), "slider": frozenset({"int", "float"}), "seed": frozenset({"int"}),
    "checkbox": frozenset({"bool"}), "text": frozenset({"string"}), "multiline": frozenset({"string"}),
    "color": frozenset({"string"}), "repo": frozenset({"string"}),
}  # fmt: skip
"""Item types that a widget can edit, where that is not all of them."""


def _check_port(node_type: str, port: Port, *, inline: bool) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", port.name):
        raise wrong(node_type, f"has a port with the bad name {port.name!r}", "Use letters, digits and _.")
    if not is_port_type(port.type):
        raise wrong(node_type, f"has a port {port.name!r} of the unknown type {port.type!r}", _TYPES)
    if inline and item_type(port.type) not in PLAIN_TYPES | {"any"}:
        raise wrong(
            node_type, f"is inline, but its port {port.name!r} carries {port.type}",
            "Inline nodes run in the server and carry plain data only; use the lane 'cpu'.",
        )  # fmt: skip
    if port.many and not is_list(port.type):
        raise wrong(node_type, f"takes many edges at {port.name!r}, which is not a list", f"Use list[{port.type}].")
    if port.widget is not None:
        _check_widget(node_type, port, port.widget)
    if port.default is not None:
        _check_value(node_type, port, port.default, f"has a default that does not fit: {port.name!r}")


def _check_widget(node_type: str, port: Port, widget: Widget) -> None:
    kind, bounds = item_type(port.type), (widget.min, widget.max, widget.step)
    of = f"of {port.name!r}"
    if kind not in PLAIN_TYPES | {"any"}:
        raise wrong(node_type, f"has a widget {of}, but {kind} comes only over edges", "Leave the widget out.")
    if kind not in _WIDGET_TYPES.get(widget.kind, {kind}):
        raise wrong(node_type, f"has a {widget.kind} widget {of}, which is of type {port.type}", "Use another widget.")
    if any(bound is not None for bound in bounds) and kind not in ("int", "float"):
        raise wrong(node_type, f"has bounds or a step {of}, which is no number", "Leave them out.")
    if widget.min is not None and widget.max is not None and widget.min > widget.max:
        raise wrong(node_type, f"has a minimum {of} that is above the maximum", "Swap them.")
    if widget.step is not None and widget.step <= 0:
        raise wrong(node_type, f"has a step {of} that is not above 0", "Use a positive step.")
    if widget.kind == "slider" and (widget.min is None or widget.max is None):
        raise wrong(node_type, f"has a slider {of} without both bounds", "Give min and max, or use a number widget.")
    if widget.kind == "select" and not widget.options:
        raise wrong(node_type, f"has a select {of} without options", "Give options.")
    for option in widget.options:
        single = port.model_copy(update={"type": kind, "widget": widget})
        _check_value(node_type, single, option, f"has an option that does not fit: {port.name!r}")


def _check_value(node_type: str, port: Port, value: Any, what: str) -> None:
    try:
        accept(port, value)
    except Misfit as misfit:
        raise wrong(node_type, f"{what} {str(misfit).rstrip('.')}", "Mend one or the other.") from misfit


def _returning_by_name(function: Callable[..., Any], names: list[str]) -> Callable[..., Mapping[str, Any]]:
    def call(**inputs: Any) -> Mapping[str, Any]:
        result = function(**inputs)
        if not names:
            return {}
        if len(names) == 1:
            return {names[0]: result}
        if not isinstance(result, tuple) or len(result) != len(names):
            got = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
            remedy = "This is a fault of the node; report it to its author."
            expected = f"{len(names)} ({', '.join(names)})"
            raise NodeError(
                f"The node returned {got} where {expected} were expected.", code="bad_output", remedy=remedy
            )
        return dict(zip(names, result, strict=True))

    return call


_REMEDY = "Mend the arguments of @node."
_TYPES = "Port types are listed in engine/catalogue/types.py; lists are list[T]."
