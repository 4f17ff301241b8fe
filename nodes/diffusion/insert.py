"""A block goes into a block node, one of the node's own pipeline or of another repo: before one of its parts, or last.

Two steps, as in `expand`: `draft` makes the node one of parts with the new one among them; when that graph is compiled,
`checked` drops the edges to inputs that the new block makes now.
"""

from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled
from engine.graph.document import Edge, Graph
from nodes.diffusion.collapse import Draft, named
from nodes.diffusion.edits import GraphEdit, edges_of
from nodes.diffusion.facts import BLOCK, Descriptions, Facts, facts_of, refusal
from nodes.diffusion.names import OWN
from nodes.diffusion.parts import PIPELINE_ITSELF, Part, part_name


def draft(
    graph: Graph, compiled: Compiled, descriptions: Descriptions, node_id: str, added: Part, before: str | None
) -> Draft:
    """The first step. Raises NodeError if there is no part `before`; None means the end."""
    facts = facts_of(graph, compiled, descriptions, node_id)
    added = _of_home(facts, added) if added.repo is None else added
    parts = list(facts.held)
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
    return Draft(edit, edit.applied(graph), facts.id)


def new_part(repo: str, block: str, name: str | None) -> Part:
    """The part for a block of a repo, "" for the node's own, called `name`, or else as the block or the repo is called.

    Raises NodeError if neither is named.
    """
    if not (repo or block):
        remedy = "Name a repo, or a block of the pipeline."
        raise NodeError("It is not said which block goes in.", remedy=remedy, port="repo", code="no_block")
    return Part(name=part_name(name or block.rpartition(".")[2] or repo), block=block, repo=repo or None)


def own_blocks(facts: Facts) -> list[str]:
    """The paths of the blocks that the node's own pipeline, or repo, has for `new_part`."""
    return list(facts.description["paths"]) if _has_home(facts) else []


def _has_home(facts: Facts) -> bool:
    return facts.ref is not None or facts.home != PIPELINE_ITSELF


def _of_home(facts: Facts, part: Part) -> Part:
    """The part in the repo of the node's own blocks. Raises NodeError if it has no such block."""
    if part.block not in own_blocks(facts):
        stages = ", ".join(path for path in own_blocks(facts) if "." not in path)
        remedy = f"Its stages are {stages}." if stages else "Name the repo that has it."
        raise refusal(facts.id, f"{facts.id} has no block {part.block!r} of its own.", remedy, "unknown_block")
    repo, workflow = facts.home
    return part.model_copy(update={"repo": repo, "workflow": workflow})


def checked(draft: Draft, compiled: Compiled) -> GraphEdit:
    """The second step: the edit. Raises NodeError if the node does not compile with the new block in it."""
    node = compiled.nodes[draft.node]
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
