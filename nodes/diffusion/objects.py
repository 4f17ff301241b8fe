"""`diffusion.object` ("Make object"): an object that an input of a pipeline takes, such as a condition of a video.

What objects a pipeline takes, and of which fields they are made, is part of its description; see `runtime/objects.py`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.errors import NodeError
from nodes.diffusion.block import question
from nodes.diffusion.described import of_pipeline
from nodes.diffusion.ports import field_ports
from nodes.diffusion.ref import PipelineRef

KIND = "dataclass"
"""The key under which the value of an object names its class."""

_PIPELINE = Port(
    name="pipeline", type="pipeline", title="Pipeline", required=True,
    description="The pipeline that takes the object, from Load pipeline.",
)  # fmt: skip
_OBJECT = Port(name="object", type="any", title="Object", description="For the input of the pipeline that takes it.")


def object_value(cls: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object as a value: `cls` is its class as `module:name`."""
    return {KIND: cls, "fields": dict(fields)}


def is_value(value: Any) -> bool:
    """Whether it is what `object_value` made."""
    return isinstance(value, dict) and value.keys() == {KIND, "fields"} and isinstance(value["fields"], dict)


def resolve(view: NodeView) -> Resolved:
    """The fields of the chosen object as ports. Raises NodeError if the pipeline takes no such object."""
    bare = Interface(inputs=(_PIPELINE, _kind_port(())), outputs=(_OBJECT,))
    return of_pipeline(view, bare, partial(_question, view), partial(_fields, view))


def _question(view: NodeView, ref: PipelineRef) -> Need:
    need = question(ref, "", (), view.lock)
    assert need is not None
    return need


def _fields(view: NodeView, ref: PipelineRef, description: Mapping[str, Any]) -> Resolved:
    known = {item["name"]: item for taken in description["inputs"] for item in taken.get("objects", ())}
    if not known:
        raise NodeError(
            f"The pipeline {ref.repo!r} takes no objects in this workflow.",
            remedy="Choose another workflow in Load pipeline.", port="pipeline",
        )  # fmt: skip
    chosen = (dict(view.params) | dict(view.known)).get("kind") or next(iter(known))
    if not isinstance(chosen, str) or chosen not in known:
        raise NodeError(
            f"The pipeline takes no object {chosen!r}.", remedy=f"It takes {', '.join(known)}.", port="kind"
        )
    found = known[chosen]
    inputs = (_PIPELINE, _kind_port(tuple(known)), *field_ports(found["fields"]))
    text = f"{_OBJECT.description} {_takers(description, chosen)} {found['description']}".strip()
    output = _OBJECT.model_copy(update={"description": text})
    single = [item["name"] for item in found["fields"] if _takes_one_picture(item["type"])]
    return Resolved(Interface(inputs=inputs, outputs=(output,)), bound={"cls": found["class"], "single": single})


def make(
    *, pipeline: Any = None, kind: str = "", cls: str = "", single: Iterable[str] = (), **fields: Any
) -> dict[str, Any]:
    """`{"object": value}`; of the fields in `single`, a list of one picture becomes that picture."""
    given = {name: value for name, value in fields.items() if value is not None}
    for name in single:
        if isinstance(pictures := given.get(name), list) and len(pictures) == 1:
            given[name] = pictures[0]
    return {"object": object_value(cls, given)}


def _kind_port(names: tuple[str, ...]) -> Port:
    return Port(
        name="kind", type="string", title="Kind", default=names[0] if names else "",
        description="Which of the objects that the pipeline takes.",
        widget=Widget(kind="combobox", options=names, placeholder="what the pipeline takes"),
    )  # fmt: skip


def _takers(description: Mapping[str, Any], name: str) -> str:
    inputs = [
        item["name"]
        for item in description["inputs"]
        if any(taken["name"] == name for taken in item.get("objects", ()))
    ]
    return f"It goes into {' or '.join(inputs)}."


def _takes_one_picture(hint: str) -> bool:
    return bool(re.search(r"(?<!\[)PIL\.Image\.Image(?!\])", hint))


DEFINITION = NodeDefinition(
    type=NodeType(
        type="diffusion.object",
        title="Make object",
        category="Diffusion",
        description="Makes what some inputs of a pipeline take: a condition of a video, a reference, an action.",
        lane="cpu",
        dynamic=True,
        interface=Interface(inputs=(_PIPELINE, _kind_port(())), outputs=(_OBJECT,)),
        keywords=("condition", "conditions", "reference", "keyframe", "action", "dataclass", "frames", "video"),
    ),
    function=make,
    resolve=resolve,
)
