"""What a Mellon node becomes, as data, and what the rules for it share."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from nodes.diffusion.mellon.file import MellonFile, MellonNode

Status = Literal["mapped", "placeholder", "dropped"]

PLACEHOLDER = "mellon."
"""How the types of placeholders begin; no pack has them."""


class Ref(NamedTuple):
    """A port of a node that is made: of the one called `key` among those that the Mellon node `node` becomes."""

    node: str
    port: str
    key: str = ""


@dataclass(frozen=True)
class Made:
    """A node to make; `offset` is its place beside that of the Mellon node, in px."""

    type: str
    params: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    offset: tuple[float, float] = (0, 0)


@dataclass(frozen=True)
class Translation:
    """What a Mellon node becomes.

    Edges go from `outputs` to `inputs`, by Mellon's names: one output to each of the inputs, or several outputs to as
    many inputs, in order. An edge to one of `covered` is not missed. `links` are edges
    between the nodes that are made: key and port, key and port. `remarks` are for a person to read.
    """

    status: Status
    text: str
    nodes: tuple[Made, ...] = ()
    inputs: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    outputs: Mapping[str, Ref | tuple[Ref, ...]] = field(default_factory=dict)
    links: tuple[tuple[str, str, str, str], ...] = ()
    covered: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


Rule = Callable[[MellonNode, MellonFile], Translation]


def placeholder(node: MellonNode, why: str) -> Translation:
    """A node of an unknown type that keeps the values as params and everything else beside them."""
    values = {field.name: field.typed() for field in node.fields.values() if field.role == "value"}
    made = Made(
        type=f"{PLACEHOLDER}{node.module}.{node.action}"[:200],
        params={name: value for name, value in values.items() if value is not None},
        extra={"title": node.label, "mellon": dict(node.data)},
    )
    return Translation("placeholder", f"{node.label} is kept as a placeholder: {why}", (made,))


def unused(why: str, covered: frozenset[str]) -> Rule:
    """A placeholder whose edges are not missed: the graph runs without it, and `why` says how."""
    return lambda node, file: replace(placeholder(node, why), covered=covered)


def simple(
    node: MellonNode, type_: str, params: Mapping[str, Any], title: str,
    inputs: Mapping[str, tuple[Ref, ...]], outputs: Mapping[str, Ref],
) -> Translation:  # fmt: skip
    return Translation("mapped", f"{node.label} is {title}.", (Made(type_, params),), inputs, outputs)


def given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def picture_size(sampler: MellonNode) -> dict[str, Any]:
    """Width and height of a sampler that has them in one field: `944x1104`."""
    size = re.fullmatch(r"(\d{2,5})x(\d{2,5})", sampler.text("resolution"))
    return {"width": int(size[1]), "height": int(size[2])} if size else {}
