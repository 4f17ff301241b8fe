"""Several block nodes become one, composed of the same blocks in sequence.

Two steps, as in `expand`: `drafts` puts one node in the place of many, in the simplest way first (the whole pipeline,
or one stage, if the nodes are exactly that); `checked` says whether that node, compiled, has all the ports in use.

In sequence blocks hand values on by name, whatever the edges were. So what the edges say must be what the names say:
where it is not, the nodes stay as they are, and the problem says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NodeError
from engine.graph.compile import Compiled
from engine.graph.document import Edge, Graph, Node, NodeId
from engine.graph.topology import ancestors, order
from nodes.diffusion.edits import GraphEdit, edges_of, free_id
from nodes.diffusion.facts import BLOCK, CUSTOM, Descriptions, Facts, facts_of, refusal
from nodes.diffusion.merge import Merged
from nodes.diffusion.parts import Origin, Part, part_name


@dataclass(frozen=True)
class Draft:
    """The edit, and the graph after it, to be compiled."""

    edit: GraphEdit
    graph: Graph
    node: NodeId


def drafts(graph: Graph, compiled: Compiled, descriptions: Descriptions, node_ids: Iterable[str]) -> list[Draft]:
    """The first step: the ways to say it, the simplest first. Raises NodeError if the nodes can't be one."""
    chosen = set(map(NodeId, node_ids))
    if len(chosen) < 2:
        raise refusal(None, "One node can't be collapsed.", "Choose two block nodes or more.", "too_few_nodes")
    _require_convex(graph, chosen)
    pieces = [
        facts_of(graph, compiled, descriptions, node) for node in _in_order(graph, compiled, descriptions, chosen)
    ]
    _require_alike(compiled, pieces)
    merged = Merged(graph, pieces)
    merged.check_inner()
    params, edges = merged.inputs()
    edges += merged.outputs()
    first = next(piece for piece in graph_order(graph, pieces))
    found = []
    for kind, own in _ways(pieces):
        name = free_id(_name(own, pieces), {node.id for node in graph.nodes} - chosen)
        node = Node(id=name, type=kind, params=own | params, mode=None, position=first.node.position)
        new = [_renamed(edge, chosen, name) for edge in edges]
        edit = GraphEdit(
            remove_nodes=[node.id for node in graph.nodes if node.id in chosen],
            add_nodes=[node],
            remove_edges=edges_of(graph, chosen),
            add_edges=list({str(edge): edge for edge in new}.values()),
            problems=merged.problems,
        )
        found.append(Draft(edit, edit.applied(graph), name))
    return found


def checked(draft: Draft, compiled: Compiled) -> GraphEdit:
    """The second step. Raises NodeError if the new node lacks a port in use, or does not compile."""
    node = compiled.nodes[draft.node]
    for problem in compiled.errors:
        if problem.node == draft.node and problem.code not in ("missing_input", "unknown_port"):
            raise NodeError(problem)
    for edge in draft.edit.add_edges:
        port, found = (
            (edge.targetHandle, node.interface.input(edge.targetHandle))
            if edge.target == draft.node
            else (edge.sourceHandle, node.interface.output(edge.sourceHandle))
        )
        if found is None:
            raise refusal(
                draft.node, f"The one node would have no port {port}, which is connected.",
                "Leave out the node whose port it is, or disconnect it.", "no_port",
            )  # fmt: skip
    return draft.edit


def graph_order(graph: Graph, pieces: Iterable[Facts]) -> list[Facts]:
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    return sorted(pieces, key=lambda piece: place[piece.id])


# Which nodes, in which order


def _require_convex(graph: Graph, chosen: set[NodeId]) -> None:
    """No path may leave the chosen nodes and come back: what lies between would have to run in mid-node."""
    parents = _parents(graph)
    if unknown := sorted(chosen - parents.keys()):
        raise refusal(None, f"There is no node {unknown[0]!r}.", "Name nodes of the graph.", "no_node")
    above = ancestors(parents.__getitem__, chosen) - chosen
    for node in graph.nodes:
        if node.id in above and ancestors(parents.__getitem__, [node.id]) & chosen:
            raise refusal(
                node.id, f"{node.id} lies between the chosen nodes: it needs one of them, and another one needs it.",
                "Choose it as well, or leave out what comes before or after it.", "not_convex",
            )  # fmt: skip


def _in_order(graph: Graph, compiled: Compiled, descriptions: Descriptions, chosen: set[NodeId]) -> list[NodeId]:
    """The chosen nodes as they will run: by their edges and, where these leave it open, as in the pipeline."""
    places: dict[NodeId, float] = {}
    for index, node in enumerate(graph.nodes):
        if node.id in chosen:
            facts = facts_of(graph, compiled, descriptions, node.id)
            paths = facts.tree
            own = [part.block for part in facts.held if part.origin == facts.origin]
            known = next((paths.index(path) for path in own if path in paths), None)
            places[node.id] = index / len(graph.nodes) if known is None else float(known + 1)
    parents = _parents(graph)
    return order({node: parents[node] & chosen for node in sorted(places, key=places.__getitem__)})


def _parents(graph: Graph) -> dict[NodeId, set[NodeId]]:
    parents: dict[NodeId, set[NodeId]] = {node.id: set() for node in graph.nodes}
    for edge in graph.edges:
        if edge.target in parents and edge.source in parents:
            parents[edge.target].add(edge.source)
    return parents


def _require_alike(compiled: Compiled, pieces: list[Facts]) -> None:
    """Raise NodeError if the nodes are of different pipelines, or do not run once each."""
    first = next((piece for piece in pieces if piece.ref is not None), None)
    for piece in pieces:
        if piece.node.mode is not None:
            raise refusal(piece.id, f"{piece.id} is {piece.node.mode}.", "Switch it on first.", "not_active")
        if compiled.nodes[piece.id].mapped:
            remedy = "Leave it out: one node runs all its blocks once."
            raise refusal(piece.id, f"{piece.id} runs once for each item of a list.", remedy, "mapped")
        if first is not None and piece.ref is not None and piece.ref != first.ref:
            raise refusal(
                piece.id, f"{piece.id} belongs to another pipeline than {first.id}.",
                "Choose nodes of one pipeline, in the same workflow.", "mixed_pipelines",
            )  # fmt: skip
        if piece.ref is None and first is not None and piece.node.type == BLOCK and not piece.parts:
            raise refusal(piece.id, f"{piece.id} has no pipeline.", "Connect it.", "mixed_pipelines")


# How the one node is called


def _ways(pieces: list[Facts]) -> list[tuple[str, dict[str, Any]]]:
    """The type and the params that say which blocks the node runs: all of a pipeline or repo, a single path, parts."""
    parts = [part for piece in pieces for part in piece.whole]
    folded = parts
    for origin, tree in {piece.origin: piece.tree for piece in pieces}.items():
        folded = _folded(folded, origin, tree)
    if len(folded) > 1:
        return [(BLOCK, {"parts": [part.to_json() for part in named(folded)]})]
    (one,) = folded
    plain = (BLOCK, {"parts": [part.to_json() for part in named(parts)]})
    if one.repo is None:
        return [(BLOCK, {"block": one.block}), plain]
    if not one.block:
        workflow = {"workflow": one.workflow} if one.workflow else {}
        return [(CUSTOM, {"repo": one.repo, **workflow}), plain]
    return [(BLOCK, {"parts": [one.to_json()]}), plain]


def _folded(parts: list[Part], origin: Origin, paths: Iterable[str]) -> list[Part]:
    """Blocks of an origin that are all of what lies below a path, in order, as that path."""
    below: dict[str, list[str]] = {}
    for path in paths:
        below.setdefault(path.rpartition(".")[0], []).append(path)
    found = list(parts)
    for above, children in sorted(below.items(), key=lambda item: -item[0].count(".") - bool(item[0])):
        for start in range(len(found) - len(children) + 1):
            run = found[start : start + len(children)]
            if [part.block for part in run] == children and all(part.origin == origin for part in run):
                name = above.rpartition(".")[2] or part_name(origin[0] or "") or "pipeline"
                found[start : start + len(children)] = [run[0].model_copy(update={"name": name, "block": above})]
                break
    return found


def named(parts: Iterable[Part]) -> list[Part]:
    """The parts with names that are all different."""
    found: list[Part] = []
    for part in parts:
        name, number = part.name, 1
        while name in {other.name for other in found}:
            number += 1
            name = f"{part.name}_{number}"
        found.append(part.model_copy(update={"name": name}))
    return found


def _name(own: Mapping[str, Any], pieces: list[Facts]) -> str:
    if "parts" not in own:
        return str(own.get("block") or part_name(own.get("repo", "")))
    return f"{pieces[0].id}_{pieces[-1].id}" if len(pieces) == 2 else f"{pieces[0].id}_to_{pieces[-1].id}"


def _renamed(edge: Edge, chosen: set[NodeId], name: NodeId) -> Edge:
    source = name if edge.source in chosen else edge.source
    target = name if edge.target in chosen else edge.target
    return edge.model_copy(update={"source": source, "target": target})
