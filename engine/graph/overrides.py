"""Overrides: a graph submitted as it is, with a few params replaced (`{"encode.prompt": "…"}`)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.catalogue.plain import flaw, shown
from engine.errors import GraphError, Problem
from engine.graph.document import Graph, Node, NodeId
from engine.graph.suggest import Suggestions

NAMED = 10
"""How many of a graph's nodes a remedy names."""


def apply_overrides(graph: Graph, overrides: Mapping[str, Any]) -> Graph:
    """A copy of `graph` with each `node.param` of `overrides` set; `graph` stays as it is.

    Raises GraphError for keys without a dot, unknown nodes, values that are not plain data, and inputs that have an
    edge. Whether a param exists depends on the interface: see `unknown_overrides`.
    """
    if not overrides:
        return graph
    nodes = {node.id: node for node in graph.nodes}
    connected = {(edge.target, edge.targetHandle) for edge in graph.edges}
    suggestions = Suggestions()
    problems = [
        problem
        for key, value in overrides.items()
        if (problem := _problem(key, value, nodes=nodes, connected=connected, suggestions=suggestions))
    ]
    if problems:
        raise GraphError(problems)
    changes: dict[str, dict[str, Any]] = {}
    for key, value in overrides.items():
        node_id, _, param = key.partition(".")
        changes.setdefault(node_id, {})[param] = value
    return graph.model_copy(update={"nodes": [_changed(node, changes.get(node.id)) for node in graph.nodes]})


def unknown_overrides(overrides: Iterable[str], problems: Iterable[Problem]) -> list[Problem]:
    """Of the problems compile found, the warnings about unknown params that are in `overrides`, as errors.

    A leftover param in a document does no harm, but a person who overrides one expects an effect.
    """
    keys = set(overrides)
    return [
        replace(
            problem,
            severity="error",
            message=f"There is no param to override: {problem.node} has no input {shown(problem.port)}.",
            remedy=problem.remedy or "Compile the graph, or look at it on the canvas, to see what the node has.",
        )
        for problem in problems
        if problem.code == "unknown_param" and f"{problem.node}.{problem.port}" in keys
    ]


def _changed(node: Node, params: dict[str, Any] | None) -> Node:
    return node if params is None else node.model_copy(update={"params": node.params | params})


def _problem(
    key: str, value: Any, *, nodes: Mapping[NodeId, Node], connected: set[tuple[NodeId, str]], suggestions: Suggestions
) -> Problem | None:  # fmt: skip
    name, dot, param = key.partition(".")
    node_id = NodeId(name)
    if not (name and dot and param):
        return Problem(
            code="bad_override", message=f"The override {shown(key)} does not name a param.",
            remedy="Write it as node.param, like encode.prompt.",
        )  # fmt: skip
    if node_id not in nodes:
        some = ", ".join(list(nodes)[:NAMED]) + (", …" if len(nodes) > NAMED else "")
        remedy = suggestions.remedy(node_id, nodes, otherwise=f"The graph's nodes are {some}." if nodes else "")
        return Problem(code="unknown_node", message=f"There is no node {shown(node_id)} to override.", remedy=remedy)
    if (node_id, param) in connected:
        return Problem(
            code="override_connected", node=node_id, port=param,
            message="It cannot be overridden, since the input is connected.", remedy="Remove the edge first.",
        )  # fmt: skip
    if found := flaw(value):
        return Problem(code=found.code, node=node_id, port=param, message=f"The override's value {found.what}.")
    return None
