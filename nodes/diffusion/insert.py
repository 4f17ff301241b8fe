"""A block of another repo goes into a block node: before one of its parts, or at the end.

Two steps, as in `expand`: `draft` makes the node one of parts with the new one among them; when that graph is compiled,
`checked` drops the edges to inputs that the new block makes now.
"""

from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled
from engine.graph.document import Edge, Graph, NodeId
from nodes.diffusion.collapse import Draft, named
from nodes.diffusion.edits import GraphEdit, edges_of
from nodes.diffusion.expand import parts_of
from nodes.diffusion.facts import BLOCK, OWN, Descriptions, facts_of, refusal, require_no_workflow
from nodes.diffusion.parts import Part, part_name


def draft(
    graph: Graph, compiled: Compiled, descriptions: Descriptions, node_id: str, added: Part, before: str | None
) -> Draft:
    """The first step. Raises NodeError if there is no part `before`; None means the end."""
    facts = facts_of(graph, compiled, descriptions, node_id)
    require_no_workflow(facts)
    parts = list(parts_of(facts))
    names = [part.name for part in parts]
    if before is not None and before not in names:
        remedy = f"Its parts are {', '.join(names)}."
        raise refusal(node_id, f"{node_id} has no part {before!r}.", remedy, "no_part")
    place = len(parts) if before is None else names.index(before)
    params = {name: value for name, value in facts.node.params.items() if name not in OWN}
    parts.insert(place, added)
    chosen = {"parts": [part.to_json() for part in named(parts)]}
    node = facts.node.model_copy(update={"type": BLOCK, "params": chosen | params})
    edges = edges_of(graph, {node_id})
    edit = GraphEdit(remove_nodes=[node_id], add_nodes=[node], remove_edges=edges, add_edges=edges)
    return Draft(edit, edit.applied(graph), node_id)


def new_part(repo: str, block: str, name: str | None) -> Part:
    """The part for a block of a repo, called `name`, or else as the block or the repo is called."""
    return Part(name=part_name(name or block.rpartition(".")[2] or repo), block=block, repo=repo)


def checked(draft: Draft, compiled: Compiled) -> GraphEdit:
    """The second step: the edit. Raises NodeError if the node does not compile with the new block in it."""
    node = compiled.nodes[NodeId(draft.node)]
    for problem in compiled.errors:
        if problem.node == draft.node and problem.code not in ("missing_input", "unknown_port"):
            raise NodeError(problem)
    inputs = {port.name for port in node.interface.inputs}
    kept: list[Edge] = []
    problems: list[Problem] = []
    for edge in draft.edit.add_edges:
        if edge.target != draft.node or edge.targetHandle in inputs:
            kept.append(edge)
            continue
        problems.append(
            Problem(
                code="disconnected", severity="warning", node=draft.node, port=edge.targetHandle,
                message=f"{edge.source}.{edge.sourceHandle} is disconnected: the new block makes {edge.targetHandle}.",
                remedy="Connect it to an input of the new block, if it should have it.",
            )
        )  # fmt: skip
    return draft.edit.model_copy(update={"add_edges": kept, "problems": problems})
