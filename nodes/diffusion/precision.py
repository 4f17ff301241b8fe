"""`diffusion.precision` ("Component precision"): one component of a pipeline in another number format than the rest.

Plain data on the way to a block: nothing loads here.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, NodeType, Port, Widget
from engine.errors import NodeError
from nodes.diffusion.component import PIPELINE, known_need
from nodes.diffusion.described import of_pipeline
from nodes.diffusion.ref import PipelineRef, parse_ref

_WITHOUT_WEIGHTS = re.compile(r"Tokenizer|Processor|Scheduler|Extractor")
"""In the classes of components that have no precision."""

_DTYPE = Port(
    name="dtype", type="string", title="Precision", default="float32",
    description="Number format of its weights, whatever that of the others is.",
    widget=Widget(kind="select", options=("float32", "float16", "bfloat16")),
)  # fmt: skip
_CHANGED = Port(
    name="pipeline", type="pipeline", title="Pipeline", description="The same with this component in that precision."
)


def _name_port(names: tuple[str, ...]) -> Port:
    return Port(
        name="name", type="string", title="Component", default="vae",
        description="Which component of the pipeline. A VAE in float32 avoids black pictures and banding.",
        widget=Widget(kind="combobox", options=names, placeholder="vae"),
    )  # fmt: skip


def resolve(view: NodeView) -> Resolved:
    """The pipeline ref with the component's precision. Raises NodeError if the pipeline has no such component."""
    bare = Interface(inputs=(PIPELINE, _name_port(()), _DTYPE), outputs=(_CHANGED,))
    return of_pipeline(view, bare, partial(known_need, view), partial(_changed, view))


def _changed(view: NodeView, ref: PipelineRef, description: Mapping[str, Any]) -> Resolved:
    names = tuple(
        item["name"]
        for item in description["components"]
        if item["from"] == "from_pretrained" and not _WITHOUT_WEIGHTS.search(item["type"])
    )
    interface = Interface(inputs=(PIPELINE, _name_port(names), _DTYPE), outputs=(_CHANGED,))
    values = {port.name: port.default for port in interface.inputs} | dict(view.params) | dict(view.known)
    if values["name"] not in names:
        raise NodeError(
            f"The pipeline {ref.repo!r} has no component {values['name']!r} with weights.",
            remedy=f"It has {', '.join(names)}.", port="name",
        )  # fmt: skip
    return Resolved(interface, with_precision(pipeline=ref, name=values["name"], dtype=values["dtype"]))


def with_precision(*, pipeline: Any, name: str, dtype: str) -> dict[str, Any]:
    """`{"pipeline": ref}` of the pipeline with the component's precision. Raises NodeError if there is none such."""
    ref = parse_ref(pipeline)
    try:
        changed = PipelineRef(**ref.model_dump() | {"dtypes": {**ref.dtypes, name: dtype}})
    except ValidationError as error:
        raise NodeError(f"There is no precision {dtype!r}.", remedy="Choose float32.", port="dtype") from error
    return {"pipeline": changed.to_json()}


DEFINITION = NodeDefinition(
    type=NodeType(
        type="diffusion.precision",
        title="Component precision",
        category="Diffusion",
        description="One component of a pipeline in another number format than the rest, such as the VAE in float32.",
        lane="inline",
        dynamic=True,
        interface=Interface(inputs=(PIPELINE, _name_port(()), _DTYPE), outputs=(_CHANGED,)),
        keywords=("dtype", "vae", "float32", "fp32", "fp16", "bfloat16", "half", "upcast"),
    ),
    function=with_precision,
    resolve=resolve,
)
