"""One block node becomes several: a pipeline its stages, a composed node its parts, a stage its blocks.

Two steps, since what the new nodes take and make is described by a worker: `draft` puts them into the graph with
nothing but their pipeline connected; when that graph is compiled, `wired` makes the edges. Blocks in a pipeline hand
values on by name, so each input is fed by the last block before that makes a value of its name.
"""

from dataclasses import dataclass
from typing import Any

from engine.catalogue.types import connection
from engine.graph.compile import Compiled
from engine.graph.document import Edge, Graph, Node, NodeId
from nodes.diffusion.edits import GraphEdit, edge, edges_of, free_id, in_a_row, size
from nodes.diffusion.facts import (
    BLOCK,
    CUSTOM,
    PIPELINE,
    SEED,
    STATE,
    Descriptions,
    Facts,
    facts_of,
    refusal,
)
from nodes.diffusion.handing import bundles_of, last
from nodes.diffusion.names import OWN
from nodes.diffusion.parts import Part


@dataclass(frozen=True)
class Draft:
    """A graph in which the new nodes stand in for the old one, to be compiled; `nodes` are their ids in order."""

    before: Graph
    graph: Graph
    expanded: Facts
    nodes: tuple[NodeId, ...]


def draft(graph: Graph, compiled: Compiled, descriptions: Descriptions, node_id: str) -> Draft:
    """The first step. Raises NodeError if the node holds a single block."""
    expanded = facts_of(graph, compiled, descriptions, node_id)
    if any(each.target == node_id and each.targetHandle in OWN - {PIPELINE} for each in graph.edges):
        remedy = "Set it in the node instead, then expand."
        raise refusal(node_id, f"Which block {node_id} runs comes over an edge.", remedy, "connected_block")
    parts = expanded.held
    if len(parts) < 2:
        remedy = "A loop's blocks can't run by themselves." if expanded.description["loops"] else "It is as it is."
        raise refusal(node_id, f"{node_id} holds a single block: there is nothing to expand.", remedy, "single_block")
    taken = {node.id for node in graph.nodes} - {node_id}
    nodes: list[Node] = []
    for part in parts:
        name = free_id(part.name if part.repo else part.block or part.name, taken)
        taken.add(name)
        nodes.append(_node(part, name, expanded.node))
    edges = [
        Edge(source=each.source, sourceHandle=each.sourceHandle, target=node.id, targetHandle=PIPELINE)
        for each in graph.edges
        if each.target == node_id and each.targetHandle == PIPELINE
        for node in nodes
    ]
    bare = GraphEdit(remove_nodes=[node_id], add_nodes=nodes, remove_edges=edges_of(graph, {node_id}), add_edges=edges)
    return Draft(graph, bare.applied(graph), expanded, tuple(node.id for node in nodes))


def _node(part: Part, name: NodeId, whole: Node) -> Node:
    params: dict[str, Any]
    if part.repo is None:
        params = {"block": part.block}
    elif not part.block:
        params = {"repo": part.repo}
        params |= {"workflow": part.workflow} if part.workflow else {}
        return Node(id=name, type=CUSTOM, params=params, mode=whole.mode, position=whole.position)
    else:
        params = {"parts": [part.to_json()]}
    return Node(id=name, type=BLOCK, params=params, mode=whole.mode, position=whole.position)


def wired(draft: Draft, compiled: Compiled, descriptions: Descriptions) -> GraphEdit:
    """The second step: the edit with all edges, params and places. Raises NodeError if the graph can't say the same."""
    pieces = [facts_of(draft.graph, compiled, descriptions, node) for node in draft.nodes]
    wiring = _Wiring(draft, pieces)
    wiring.inner_edges()
    wiring.outer_edges()
    wiring.params()
    others = [node for node in draft.before.nodes if node.id != draft.expanded.id]
    boxes = [(node.position, size(node, compiled.nodes[node.id].interface)) for node in others]
    places = in_a_row(draft.expanded.node.position, [size(p.node, p.interface) for p in pieces], boxes)
    nodes = [
        piece.node.model_copy(update={"params": piece.node.params | wiring.set_params[piece.id], "position": place})
        for piece, place in zip(pieces, places, strict=True)
    ]
    return GraphEdit(
        remove_nodes=[draft.expanded.id],
        add_nodes=nodes,
        remove_edges=edges_of(draft.before, {draft.expanded.id}),
        add_edges=[*wiring.outer, *wiring.inner],  # of bundles at one input the later counts: what is made within
    )


class _Wiring:
    """The edges and params of the new nodes while they are worked out."""

    def __init__(self, draft: Draft, pieces: list[Facts]) -> None:
        self.draft, self.whole, self.pieces = draft, draft.expanded, pieces
        self.inner: list[Edge] = []
        self.outer: list[Edge] = []
        self.set_params: dict[str, dict[str, Any]] = {piece.id: {} for piece in pieces}
        self.bundles = bundles_of(pieces)

    def inner_edges(self) -> None:
        for index, piece in enumerate(self.pieces):
            arriving = self._bundle_edges(index)
            for name in piece.names:
                maker = last(self.pieces[:index], name)
                if maker is None or (name in piece.bundled and arriving.get(name) == maker):
                    continue
                if piece.takes(name) and self.pieces[maker].gives(name):
                    self._connect(maker, name, index)
                elif name in piece.needs:
                    raise refusal(
                        self.whole.id, f"{piece.id} needs {name} of {self.pieces[maker].id}, which has no such output.",
                        "Leave the node as it is.", "no_port",
                    )  # fmt: skip

    def _bundle_edges(self, index: int) -> dict[str, int]:
        """Connect the bundles that a node takes; returns what is in them, and who made it."""
        arriving: dict[str, int] = {}
        for bundles in self.bundles.values():
            feeders = bundles.feeders(index)
            for feeder in feeders:
                self._connect(feeder, bundles.port, index)
            bundles.note(index, feeders)
            arriving |= bundles.merged(feeders)
        return arriving

    def outer_edges(self) -> None:
        """Edges into the old node go to all new ones not fed from within; those out of it start at the last one."""
        for each in self.draft.before.edges:
            name = each.targetHandle
            if each.target == self.whole.id:
                takers = self._bundle_takers(name) if name in self.bundles else self._takers(name)
                self.outer += [edge(each.source, each.sourceHandle, piece.id, name) for piece in takers]
            elif each.source == self.whole.id:
                self.outer += [
                    edge(giver.id, each.sourceHandle, each.target, name) for giver in self._givers(each.sourceHandle)
                ]

    def _givers(self, name: str) -> list[Facts]:
        if name in self.bundles:
            return [self.pieces[index] for index in self.bundles[name].newest(len(self.pieces))]
        givers = [piece for piece in self.pieces if piece.gives(name)]
        if not givers:
            message = f"None of the new nodes has an output {name}."
            raise refusal(self.whole.id, message, "Disconnect it first.", "no_port")
        return givers[-1:]

    def _bundle_takers(self, port: str) -> list[Facts]:
        """The new nodes that get a bundle from outside, unless one of them hands it on to them."""
        fed = {each.target: each.source for each in self.inner if each.targetHandle == port}
        relays = {piece.id for piece in self.pieces if piece.takes(port)}
        return [piece for piece in self.pieces if piece.takes(port) and fed.get(piece.id) not in relays]

    def params(self) -> None:
        """Values go to all new nodes that take them; a default too, where a new node's own is another one."""
        connected = {each.targetHandle for each in self.draft.before.edges if each.target == self.whole.id}
        for name, value in self.whole.node.params.items():
            if name in OWN:
                continue
            takers = self._takers(name)
            if not takers and not any(piece.takes(name) for piece in self.pieces):
                takers = self.pieces[:1]  # unknown ones are kept
            for piece in takers:
                self.set_params[piece.id][name] = value
        for name, default in self.whole.defaults.items():
            if default is None or name in {*OWN, *connected} or self.whole.node.params.get(name) is not None:
                continue
            for piece in self._takers(name):
                if piece.defaults[name] != default:
                    self.set_params[piece.id][name] = default

    def _takers(self, name: str) -> list[Facts]:
        """The new nodes that get what the old one was given as `name`: of random numbers only the first."""
        fed = {(each.target, each.targetHandle) for each in self.inner}
        found = [
            piece
            for piece in self.pieces
            if piece.takes(name) and (piece.id, name) not in fed and not (name == SEED and (piece.id, STATE) in fed)
        ]
        return found[:1] if name in (SEED, STATE) else found

    def _connect(self, maker: int, name: str, taker: int) -> None:
        source, target = self.pieces[maker], self.pieces[taker]
        given, wanted = source.interface.output(name), target.interface.input(name)
        if given is None or wanted is None or connection(given.type, wanted.type) in (None, "map"):
            raise refusal(
                self.whole.id, f"{source.id}.{name} does not fit into {target.id}.{name}.",
                "Leave the node as it is.", "wrong_type",
            )  # fmt: skip
        self.inner.append(edge(source.id, name, target.id))
