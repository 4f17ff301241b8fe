"""What can be wrong with an edge or a node's type, as problems in sentences."""

from collections.abc import Iterable, Sequence

from engine.catalogue.plain import shown
from engine.errors import Problem
from engine.graph.document import Edge, Node
from engine.graph.suggest import Suggestions


def unknown_type(node: Node, types: Iterable[str], suggestions: Suggestions) -> Problem:
    return Problem(
        code="unknown_type",
        message=f"{node.id} is of the type {shown(node.type)}, which does not exist here.",
        node=node.id,
        remedy=suggestions.remedy(node.type, types, "Install the pack that has it, or remove the node."),
    )


def no_input(edge: Edge, inputs: Iterable[str], suggestions: Suggestions, *, dynamic: bool) -> Problem:
    return _at_target(
        edge,
        "unknown_port",
        f"{edge.target} has no input {shown(edge.targetHandle)}, where the edge from {edge.source} leads.",
        suggestions.remedy(edge.targetHandle, inputs, _remove(dynamic)),
    )


def no_output(edge: Edge, outputs: Iterable[str], suggestions: Suggestions, *, dynamic: bool) -> Problem:
    return _at_target(
        edge,
        "unknown_port",
        f"{edge.source} has no output {shown(edge.sourceHandle)}, where the edge to {_end(edge)} begins.",
        suggestions.remedy(edge.sourceHandle, outputs, _remove(dynamic)),
    )


def too_many_edges(edges: Sequence[Edge]) -> Problem:
    return _at_target(
        edges[0],
        "too_many_edges",
        f"{_end(edges[0])} takes one edge; it has {len(edges)}.",
        "Keep one of them.",
    )


def wrong_type(edge: Edge, *, giver: str, given: str, wanted: str) -> Problem:
    return _at_target(
        edge,
        "wrong_type",
        f"{_end(edge)} takes {wanted}; {giver} gives {given}.",
        f"Connect an output of type {wanted}.",
    )


def nothing_to_pass(edge: Edge) -> Problem:
    return _at_target(
        edge,
        "nothing_to_pass",
        f"{_end(edge)} gets nothing: {edge.source} is bypassed and has no input that could pass for its output "
        f"{shown(edge.sourceHandle)}.",
        f"Connect such an input of {edge.source}, or stop bypassing it.",
    )


def _at_target(edge: Edge, code: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, message=message, node=edge.target, port=edge.targetHandle, remedy=remedy)


def _end(edge: Edge) -> str:
    return f"{edge.target}.{edge.targetHandle}"


def _remove(dynamic: bool) -> str:
    return "Remove the edge, or choose the settings that bring the port back." if dynamic else "Remove the edge."
