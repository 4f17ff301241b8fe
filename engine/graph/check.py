"""The params of a node against its interface: typed, in range, nothing required missing, nothing unknown."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.catalogue.accept import Misfit, accept
from engine.catalogue.plain import shown
from engine.catalogue.spec import Interface, Port, Widget, WidgetKind
from engine.catalogue.types import item_type
from engine.errors import Problem
from engine.graph.document import Node
from engine.graph.suggest import Suggestions

_FILES = {"image": "a picture", "mask": "a mask", "file": "a file"}
_NAMED = {**_FILES, "repo": "a repo id", "color": "a color"}
"""What strings with these widgets stand for."""


@dataclass(frozen=True, slots=True)
class Ports:
    """An interface with its ports by name.

    `needed` are the inputs that must be given, `many` those that take several edges. `returned` is what a function must
    return, name → type: an output that may hold nothing is `any`, to be checked by whoever takes it. `prompts` and
    `seeds` are the inputs with such widgets, negative prompts apart.
    """

    interface: Interface
    inputs: dict[str, Port]
    outputs: dict[str, str]
    needed: tuple[Port, ...]
    many: frozenset[str]
    returned: dict[str, str]
    prompts: tuple[str, ...]
    seeds: dict[str, Widget]

    @staticmethod
    def of(interface: Interface) -> "Ports":
        return Ports(
            interface,
            inputs={port.name: port for port in interface.inputs},
            outputs={port.name: port.type for port in interface.outputs},
            needed=tuple(port for port in interface.inputs if port.required and port.default is None),
            many=frozenset(port.name for port in interface.inputs if port.many),
            returned={port.name: "any" if port.optional else port.type for port in interface.outputs},
            prompts=tuple(name for name in _with_widget(interface, "multiline") if "negative" not in name),
            seeds=_with_widget(interface, "seed"),
        )


def _with_widget(interface: Interface, kind: WidgetKind) -> dict[str, Widget]:
    return {port.name: port.widget for port in interface.inputs if port.widget and port.widget.kind == kind}


def typed_params(node: Node, ports: Ports, connected: Collection[str], problems: list[Problem]) -> dict[str, Any]:
    """The values of all inputs without an edge; null and absent ones are their default. Misfits go to `problems`."""
    typed = {}
    for name, port in ports.inputs.items():
        if name in connected:
            continue
        value = node.params.get(name)
        if value is None:
            typed[name] = port.default
            continue
        try:
            typed[name] = accept(port, value)
        except Misfit as misfit:
            problems.append(Problem(code=misfit.code, message=f"{node.id}.{name} {misfit}", node=node.id, port=name))
    return typed


def missing_inputs(node: Node, ports: Ports, connected: Collection[str]) -> list[Problem]:
    """A problem for each required input that has neither an edge nor a value nor a default."""
    return [
        Problem(
            code="missing_input",
            message=f"{node.id}.{port.name} needs {_wanted(port)}.",
            node=node.id,
            port=port.name,
            remedy=_remedy(port),
        )
        for port in ports.needed
        if port.name not in connected and not _given(port, node.params.get(port.name))
    ]


def _given(port: Port, value: Any) -> bool:
    """Whether a param holds something. Text may be empty, but the name of a repo or file may not."""
    names_something = port.widget is not None and port.widget.kind in _NAMED
    return value is not None and not (names_something and isinstance(value, str) and not value.strip())


def _wanted(port: Port) -> str:
    """What a port wants, as a person says it: a param that holds the name of a file wants that file, not a string."""
    kind = port.widget.kind if port.widget else ""
    return _NAMED.get(kind) or _each(port)


def _remedy(port: Port) -> str:
    if port.widget is None:
        return f"Connect an output of type {_each(port)}."
    if port.widget.kind in _FILES:
        return "Choose or drop one, or connect its name."
    return "Connect it or set a value."


def _each(port: Port) -> str:
    """The type of what one edge brings: a port that takes many edges is a list only inside."""
    return item_type(port.type) if port.many else port.type


def unknown_params(node: Node, ports: Ports, suggestions: Suggestions) -> list[Problem]:
    """A warning for each param that the interface does not have; the document keeps them."""
    return [
        Problem(
            code="unknown_param",
            message=f"{node.id} has no input {shown(name)}; the value is kept and ignored.",
            node=node.id,
            port=name,
            severity="warning",
            remedy=suggestions.remedy(name, ports.inputs),
        )
        for name in node.params
        if name not in ports.inputs
    ]
