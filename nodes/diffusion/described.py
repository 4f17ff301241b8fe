"""Interfaces that follow from what is described of the pipeline that is connected to a node."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.catalogue.define import NodeView, Resolved
from engine.catalogue.spec import Interface, Need
from engine.errors import NodeError, Problem
from nodes.diffusion.ref import PipelineRef, parse_ref


def of_pipeline(
    view: NodeView,
    bare: Interface,
    question: Callable[[PipelineRef], Need],
    then: Callable[[PipelineRef, Mapping[str, Any]], Resolved],
) -> Resolved:
    """`then(ref, description)` of the connected pipeline; `bare` while there is none, or `question(ref)` is open.

    Raises NodeError at the port `pipeline` if what is connected is no pipeline, or if the question was refused.
    """
    if view.known.get("pipeline") is None:
        return Resolved(bare)
    ref = parse_ref(view.known["pipeline"])
    need = question(ref)
    description = view.descriptions.get(need.key)
    if description is None:
        return Resolved(bare.model_copy(update={"needs": (need,)}))
    if problem := description.get("problem"):
        raise NodeError(Problem(**problem | {"port": "pipeline"}))
    return then(ref, description)
