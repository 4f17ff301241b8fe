"""How nodes are defined: `@node` turns a typed function into a `NodeDefinition`; a `resolve` function computes interfaces that change.

    @node("image.invert", title="Invert", category="Image")
    def invert(image: Annotated[Image, In("Picture to invert")]) -> Annotated[Image, Out("image")]:
        "Invert the colours of an image."

Types, defaults, bounds and docs come from the signature. Several outputs are a `tuple[Annotated[...], ...]`.
"""

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, get_args, get_origin

from engine.catalogue.context import Context
from engine.catalogue.spec import CachePolicy, Interface, Lane, NodeType, Port, Preset, Widget, WidgetKind
from engine.catalogue.types import Embeddings, Image, Json, Latents, Mask, Pipeline, Tensor, is_port_type
from engine.errors import DefinitionError, Problem

PYTHON_TYPES: dict[Any, str] = {
    int: "int", float: "float", str: "string", bool: "bool", Any: "any", Image: "image", Mask: "mask",
    Latents: "latents", Embeddings: "embeddings", Tensor: "tensor", Pipeline: "pipeline", Json: "json",
}  # fmt: skip


@dataclass(frozen=True)
class In:
    """Describes an input in an annotation: `Annotated[int, In("How many steps", min=1, max=150)]`.

    `type` overrides the port type that follows from the annotation; `options` makes a select; `widget` chooses another
    widget than the type's usual one; bounds are inclusive.
    """

    doc: str
    _: KW_ONLY
    title: str = ""
    type: str | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    options: Sequence[Any] = ()
    widget: WidgetKind | None = None
    placeholder: str = ""
    advanced: bool = False
    many: bool = False


@dataclass(frozen=True)
class Out:
    """Names and describes an output in the return annotation."""

    name: str
    doc: str = ""
    title: str = ""
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class NodeView:
    """What compile knows of a node when it asks for its interface. All plain data.

    `params` are the values a person set (defaults not yet filled in). `known` are the values of connected inputs that
    already follow from the graph, such as pipeline refs; `connected` names all inputs with an edge. `descriptions`
    holds what workers have answered, by `Need.key`. `lock` says repo → commit.
    """

    params: Mapping[str, Any]
    known: Mapping[str, Any]
    connected: frozenset[str]
    descriptions: Mapping[str, Mapping[str, Any]]
    lock: Mapping[str, str]


@dataclass(frozen=True)
class Resolved:
    """The interface a dynamic node has now and, where the outputs are plain data that already follow, those outputs."""

    interface: Interface
    outputs: Mapping[str, Any] | None = None


class Resolver(Protocol):
    """Pure and quick. Raises NodeError for what a person must mend; returns a pending interface with its needs."""

    def __call__(self, view: NodeView) -> Resolved: ...


Fingerprint = Callable[[Mapping[str, Any], Path], str]
"""(typed params, input folder) → a text that changes when a file the node reads changes. Runs in the server whenever keys
are made: it must be quick, and it never raises."""


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
    presets: Sequence[Preset] = (),
    keywords: Sequence[str] = (),
    fingerprint: Fingerprint | None = None,
) -> Callable[[Function], Function]:
    """Declare the decorated function as a node type; the definition is kept on it as `.definition`.

    Raises DefinitionError if the signature does not describe the ports fully.
    """

    def declare(function: Function) -> Function:
        definition = _define(
            function,
            dict(type=type, title=title, category=category, lane=lane, version=version, cache=cache, output=output,
                 presets=tuple(presets), keywords=tuple(keywords)),
            fingerprint,
        )  # fmt: skip
        function.definition = definition  # type: ignore[attr-defined]
        return function

    return declare


def definitions_in(module: types.ModuleType) -> list[NodeDefinition]:
    """All definitions made in `module` by `@node` or held in its variables, in source order."""
    found = [getattr(thing, "definition", thing) for thing in vars(module).values()]
    return list({d.type.type: d for d in found if isinstance(d, NodeDefinition)}.values())


def _define(function: Callable[..., Any], facts: dict[str, Any], fingerprint: Fingerprint | None) -> NodeDefinition:
    if not (doc := inspect.getdoc(function)):
        raise _wrong(facts["type"], "has no docstring", "Say in one sentence what the node does.")
    hints = typing.get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    context_parameter = next((name for name, hint in hints.items() if hint is Context), None)
    inputs = tuple(
        _input(facts["type"], parameter, hints.get(name))
        for name, parameter in signature.parameters.items()
        if name != context_parameter
    )
    outputs = _outputs(facts["type"], hints.get("return"))
    return NodeDefinition(
        type=NodeType(description=doc, interface=Interface(inputs=inputs, outputs=outputs), **facts),
        function=_returning_by_name(function, [port.name for port in outputs]),
        context_parameter=context_parameter,
        fingerprint=fingerprint,
    )


def _returning_by_name(function: Callable[..., Any], names: list[str]) -> Callable[..., Mapping[str, Any]]:
    if not names:
        return lambda **inputs: (function(**inputs), {})[1]
    if len(names) == 1:
        name = names[0]
        return lambda **inputs: {name: function(**inputs)}
    return lambda **inputs: dict(zip(names, function(**inputs), strict=True))


def _input(node_type: str, parameter: inspect.Parameter, hint: Any) -> Port:
    python_type, extra = _split(hint)
    about = next((item for item in extra if isinstance(item, In)), None)
    if about is None:
        raise _wrong(node_type, f"input {parameter.name!r} is not annotated", "Use Annotated[type, In('what it is')].")
    inner, optional = _without_none(python_type)
    port_type = about.type or _port_type(node_type, parameter.name, inner)
    required = parameter.default is inspect.Parameter.empty and not optional
    default = None if parameter.default is inspect.Parameter.empty else parameter.default
    options = tuple(about.options) or (get_args(inner) if get_origin(inner) is Literal else ())
    return Port(
        name=parameter.name, type=port_type, title=about.title or _title(parameter.name), description=about.doc,
        required=required, default=default, widget=_widget(port_type, about, options), advanced=about.advanced,
        many=about.many,
    )  # fmt: skip


def _outputs(node_type: str, hint: Any) -> tuple[Port, ...]:
    if hint in (None, type(None)):
        return ()
    hints = get_args(hint) if get_origin(hint) is tuple else (hint,)
    return tuple(_output(node_type, item) for item in hints)


def _output(node_type: str, hint: Any) -> Port:
    python_type, extra = _split(hint)
    about = next((item for item in extra if isinstance(item, Out)), None)
    if about is None:
        raise _wrong(node_type, "an output has no name", "Use Annotated[type, Out('name')].")
    port_type = about.type or _port_type(node_type, about.name, python_type)
    return Port(name=about.name, type=port_type, title=about.title or _title(about.name), description=about.doc)


def _split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is typing.Annotated:
        inner, *extra = get_args(hint)
        return inner, tuple(extra)
    return hint, ()


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) == 1 and len(rest) < len(get_args(hint)):
            return rest[0], True
    return hint, False


def _port_type(node_type: str, name: str, hint: Any) -> str:
    if get_origin(hint) is list and get_args(hint):
        return f"list[{_port_type(node_type, name, get_args(hint)[0])}]"
    if get_origin(hint) is Literal:
        return PYTHON_TYPES.get(type(get_args(hint)[0]), "json")
    if hint in (dict, list) or get_origin(hint) is dict:
        return "json"
    if isinstance(hint, str) and is_port_type(hint):
        return hint
    try:
        return PYTHON_TYPES[hint]
    except (KeyError, TypeError):
        raise _wrong(node_type, f"{name!r} has no port type: {hint!r}", "Give one with In(type=…) or Out(type=…).") from None


_USUAL_WIDGETS: dict[str, WidgetKind] = {
    "int": "number", "float": "number", "string": "text", "bool": "checkbox", "json": "json",
}  # fmt: skip


def _widget(port_type: str, about: In, options: tuple[Any, ...]) -> Widget | None:
    kind = about.widget or ("select" if options else _USUAL_WIDGETS.get(port_type))
    if kind is None:
        return None
    return Widget(kind=kind, min=about.min, max=about.max, step=about.step, options=options, placeholder=about.placeholder)


def _title(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def _wrong(node_type: str, what: str, remedy: str) -> DefinitionError:
    return DefinitionError(Problem(code="bad_definition", message=f"Node type {node_type!r} {what}.", remedy=remedy))
