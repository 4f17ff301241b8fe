"""Nodes by id and edges by target, with the problems of those that lead nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Problem
from engine.graph.document import Edge, Graph, Node, NodeId
from engine.graph.suggest import Suggestions
from engine.graph.topology import cycles, order


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """`incoming` holds, per node and input, the edges whose ends both exist, in document order.

    `connected` names the inputs of each node that any edge leads to. `order` is topological; nodes that follow from a
    cycle are not in it.
    """

    nodes: Mapping[NodeId, Node]
    incoming: Mapping[NodeId, Mapping[str, list[Edge]]]
    connected: Mapping[NodeId, frozenset[str]]
    parents: Mapping[NodeId, set[NodeId]]
    order: list[NodeId]


def wire(graph: Graph, problems: list[Problem], suggestions: Suggestions) -> Wiring:
    """Index `graph`; of nodes with the same id the first counts."""
    nodes = _nodes_by_id(graph, problems)
    incoming: dict[NodeId, dict[str, list[Edge]]] = {node: {} for node in nodes}
    dangling: dict[NodeId, set[str]] = {}
    parents: dict[NodeId, set[NodeId]] = {node: set() for node in nodes}
    for edge in graph.edges:
        source, target = edge.source, edge.target
        if source in nodes and target in nodes:
            incoming[target].setdefault(edge.targetHandle, []).append(edge)
            parents[target].add(source)
        else:
            dangling.setdefault(target, set()).add(edge.targetHandle)
            problems.append(_dangling(edge, nodes, suggestions))
    topological = order(parents)
    if len(topological) < len(nodes):
        problems.extend(_cycle(path) for path in cycles(parents))
    return Wiring(
        nodes=nodes,
        incoming=incoming,
        connected={node: frozenset((*inputs, *dangling.get(node, ()))) for node, inputs in incoming.items()},
        parents=parents,
        order=topological,
    )


def _nodes_by_id(graph: Graph, problems: list[Problem]) -> dict[NodeId, Node]:
    nodes: dict[NodeId, Node] = {}
    uses: dict[NodeId, int] = {}
    for node in graph.nodes:
        node_id = node.id
        nodes.setdefault(node_id, node)
        uses[node_id] = uses.get(node_id, 0) + 1
    problems.extend(
        Problem(
            code="duplicate_id",
            message=f"{count} nodes have the id {node_id}.",
            node=node_id,
            remedy="Give each node an id of its own.",
        )
        for node_id, count in uses.items()
        if count > 1
    )
    return nodes


def _dangling(edge: Edge, nodes: Mapping[NodeId, Node], suggestions: Suggestions) -> Problem:
    missing = edge.target if edge.source in nodes else edge.source
    node, port = (edge.target, edge.targetHandle) if missing == edge.source else (edge.source, edge.sourceHandle)
    return Problem(
        code="unknown_node",
        message=f"The edge {edge} {'comes from' if missing == edge.source else 'leads to'} a node that does not exist.",
        node=node if node in nodes else None,
        port=port if node in nodes else None,
        remedy=suggestions.remedy(missing, nodes, otherwise="Remove the edge."),
    )


def _cycle(path: list[NodeId]) -> Problem:
    shown = path if len(path) <= 12 else [*path[:6], "…", *path[-5:]]
    return Problem(
        code="cycle",
        message=f"The nodes {' → '.join(shown)} wait for each other.",
        node=path[0],
        remedy="Remove one of the edges between them.",
    )
