"""From a typed function to ports: types, defaults, bounds and docs as the signature says them."""

import inspect
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError

from engine.catalogue.accept import Misfit, accept
from engine.catalogue.context import Context
from engine.catalogue.plain import flaw, shown
from engine.catalogue.spec import Interface, Port, Widget, WidgetKind
from engine.catalogue.types import (
    Audio,
    Embeddings,
    Image,
    Json,
    Latents,
    Mask,
    Pipeline,
    Tensor,
    Video,
    is_list,
    is_port_type,
)
from engine.errors import DefinitionError, Problem

PYTHON_TYPES: dict[Any, str] = {
    int: "int", float: "float", str: "string", bool: "bool", Any: "any", Image: "image", Mask: "mask", Video: "video",
    Audio: "audio", Latents: "latents", Embeddings: "embeddings", Tensor: "tensor", Pipeline: "pipeline",
    Json: "json", dict: "json", list: "json",
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


@dataclass(frozen=True)
class Signature:
    """What a node function's signature says."""

    doc: str
    interface: Interface
    context_parameter: str | None


def read_signature(node_type: str, function: Callable[..., Any]) -> Signature:
    """The ports of `function`. Raises DefinitionError where the signature does not say what is needed."""
    if not (doc := inspect.getdoc(function)):
        raise wrong(node_type, "has no docstring", "Say in one sentence what the node does.")
    if any(
        check(function)
        for check in (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    ):
        raise wrong(node_type, "is not a plain function", "Use def and return; nodes run in threads of their own.")
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except Exception as error:
        raise wrong(
            node_type, f"has an annotation that Python cannot read ({error})", "Import what it names."
        ) from error
    if "return" not in hints:
        raise wrong(node_type, "does not say what it returns", "Annotate -> Annotated[type, Out('name')], or -> None.")
    outputs = _outputs(node_type, hints.pop("return"))
    contexts = [name for name, hint in hints.items() if hint is Context]
    if len(contexts) > 1:
        raise wrong(node_type, "takes two Contexts", "Keep one of them.")
    parameters = inspect.signature(function).parameters
    inputs = tuple(
        _input(node_type, parameter, hints.get(name)) for name, parameter in parameters.items() if name not in contexts
    )
    return Signature(doc, Interface(inputs=inputs, outputs=outputs), contexts[0] if contexts else None)


Note = TypeVar("Note", In, Out)


def _input(node_type: str, parameter: inspect.Parameter, hint: Any) -> Port:
    name = parameter.name
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise wrong(node_type, f"has a parameter {name!r} that cannot be given by name", "Give each input a name.")
    python_type, about, optional = _annotated(node_type, f"input {name!r}", hint, In)
    if not about.doc.strip():
        raise wrong(node_type, f"does not say what its input {name!r} is", "Say it in In('...').")
    if get_origin(python_type) is Literal and about.options:
        raise wrong(node_type, f"gives options for {name!r} twice", "Use either Literal or In(options=...).")
    port_type = _declared(node_type, name, about.type, python_type)
    port = Port(
        name=name, type=port_type, title=about.title or _title(name), description=about.doc,
        required=parameter.default is parameter.empty and not optional,
        widget=_widget(node_type, port_type, name, about, _options(python_type, about)), advanced=about.advanced,
        many=about.many,
    )  # fmt: skip
    if parameter.default is parameter.empty or parameter.default is None:
        return port
    return port.model_copy(update={"default": _default(node_type, port, parameter.default)})


def _default(node_type: str, port: Port, value: Any) -> Any:
    try:
        return accept(port, value)
    except Misfit as misfit:
        remedy = "Mend one or the other."
        raise wrong(
            node_type, f"has a default that does not fit: {port.name!r} {str(misfit).rstrip('.')}", remedy
        ) from misfit


def _outputs(node_type: str, hint: Any) -> tuple[Port, ...]:
    if hint in (None, type(None)):
        return ()
    hints = get_args(hint) if get_origin(hint) is tuple else (hint,)
    return tuple(_output(node_type, item) for item in hints)


def _output(node_type: str, hint: Any) -> Port:
    python_type, about, optional = _annotated(node_type, "output", hint, Out)
    if optional and about.type is None:
        raise wrong(
            node_type, f"has an output {about.name!r} that may be None", "Raise NodeError, or use Out(type='any')."
        )
    port_type = _declared(node_type, about.name, about.type, python_type)
    return Port(name=about.name, type=port_type, title=about.title or _title(about.name), description=about.doc)


def _annotated(node_type: str, what: str, hint: Any, kind: type[Note]) -> tuple[Any, Note, bool]:
    """The type in `Annotated[type, In(...)]` without its None, the In (or Out), and whether it may be None."""
    hint, outer_optional = _without_none(hint)
    inner, *extra = get_args(hint) if get_origin(hint) is typing.Annotated else (hint,)
    notes = [item for item in extra if isinstance(item, In | Out) or item in (In, Out)]
    if len(notes) != 1 or not isinstance(notes[0], kind):
        example = "In('what it is')" if kind is In else "Out('name')"
        raise wrong(node_type, f"has an {what} that is not annotated", f"Use Annotated[type, {example}], once.")
    inner, optional = _without_none(inner)
    return inner, notes[0], optional or outer_optional


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) == 1 and len(rest) < len(get_args(hint)):
            return rest[0], True
    return hint, False


def _declared(node_type: str, name: str, declared: str | None, hint: Any) -> str:
    if declared is None:
        return _port_type(node_type, name, hint)
    if not is_port_type(declared):
        raise wrong(node_type, f"has a port {name!r} of the unknown type {declared!r}", _TYPES)
    return declared


def _port_type(node_type: str, name: str, hint: Any) -> str:
    if get_origin(hint) is list and get_args(hint):
        item = _port_type(node_type, name, get_args(hint)[0])
        if is_list(item):
            raise wrong(node_type, f"has a port {name!r} that is a list of lists", "Use a plain list, or Json.")
        return f"list[{item}]"
    if get_origin(hint) is Literal:
        kinds = {PYTHON_TYPES.get(type(option), "json") for option in get_args(hint)}
        return kinds.pop() if len(kinds) == 1 else "json"
    if get_origin(hint) is dict:
        return "json"
    try:
        return PYTHON_TYPES[hint]
    except (KeyError, TypeError):
        name_of = getattr(hint, "__name__", None) or repr(hint)
        raise wrong(node_type, f"has a port {name!r} whose annotation {name_of} is no port type", _TYPES) from None


_TYPES = "Give a port type with In(type=...) or Out(type=...); engine/catalogue/types.py lists them."

_USUAL_WIDGETS: dict[str, WidgetKind] = {
    "int": "number", "float": "number", "string": "text", "bool": "checkbox", "json": "json", "file": "file",
}  # fmt: skip


def _options(hint: Any, about: In) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) is Literal else tuple(about.options)


def _widget(node_type: str, port_type: str, name: str, about: In, options: tuple[Any, ...]) -> Widget | None:
    kind = about.widget or ("select" if options else _USUAL_WIDGETS.get(port_type))
    if kind is None:
        if any(value is not None for value in (about.min, about.max, about.step)) or about.placeholder:
            raise wrong(node_type, f"says how {name!r} is edited, but {port_type} has no widget", "Choose a widget.")
        return None
    if options and kind not in ("select", "combobox", "repo"):
        raise wrong(node_type, f"has options for {name!r}, which a {kind} widget does not show", "Use a select.")
    if found := flaw(list(options)):
        raise wrong(node_type, f"has an option of {name!r} that {found.what}", "Use plain values.")
    try:
        return Widget(
            kind=kind, min=about.min, max=about.max, step=about.step, options=options, placeholder=about.placeholder
        )
    except ValidationError as error:
        raise wrong(
            node_type, f"has a wrong widget for {name!r}: {shown(kind)}", "See WidgetKind in spec.py."
        ) from error


def _title(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def wrong(node_type: str, what: str, remedy: str) -> DefinitionError:
    """The error for a node type that is defined wrongly."""
    return DefinitionError(Problem(code="bad_definition", message=f"Node type {node_type!r} {what}.", remedy=remedy))
