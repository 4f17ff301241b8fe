"""Edits of block nodes from the graph to the answer: settles what the pure steps need to know, one after the other."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Protocol

from engine.catalogue.catalogue import Catalogue
from engine.errors import NodeError
from engine.graph.compile import Compiled
from engine.graph.document import Graph
from nodes.diffusion import collapse as collapsing
from nodes.diffusion import expand as expanding
from nodes.diffusion import insert as inserting
from nodes.diffusion.edits import GraphEdit
from nodes.diffusion.facts import Facts, facts_of
from nodes.diffusion.parts import Part

DOC, PUBLISH = "diffusion.doc", "diffusion.publish"
"""What a worker is asked about a block node, see `runtime.doc` and `runtime.publish`."""


class Engine(Protocol):
    """What is asked of `engine.service.Engine`."""

    catalogue: Catalogue

    def settle(self, graph: Graph) -> Awaitable[Compiled]: ...

    def describe(self, subject: str, request: Mapping[str, Any]) -> Awaitable[dict[str, Any]]: ...


async def expand(engine: Engine, graph: Graph, node: str) -> GraphEdit:
    """Raises NodeError for a node that can't be expanded."""
    compiled = await engine.settle(graph)
    draft = expanding.draft(graph, compiled, engine.catalogue.descriptions, node)
    return expanding.wired(draft, await engine.settle(draft.graph), engine.catalogue.descriptions)


async def collapse(engine: Engine, graph: Graph, nodes: Iterable[str]) -> GraphEdit:
    """The simplest way that has all ports in use. Raises NodeError for nodes that can't be one."""
    return (await _collapsed(engine, graph, nodes))[0]


async def insert(engine: Engine, graph: Graph, node: str, part: Part, before: str | None) -> GraphEdit:
    """Raises NodeError if there is no part `before`, or if the part can't go in."""
    compiled = await engine.settle(graph)
    draft = inserting.draft(graph, compiled, engine.catalogue.descriptions, node, part, before)
    return inserting.checked(draft, await engine.settle(draft.graph))


async def one_node(engine: Engine, graph: Graph, nodes: list[str]) -> Facts:
    """What is known of a node, or of several as they would be in one. Raises NodeError for what can't be one."""
    if len(nodes) == 1:
        return facts_of(graph, await engine.settle(graph), engine.catalogue.descriptions, nodes[0])
    edit, compiled = await _collapsed(engine, graph, nodes)
    return facts_of(edit.applied(graph), compiled, engine.catalogue.descriptions, edit.add_nodes[0].id)


async def _collapsed(engine: Engine, graph: Graph, nodes: Iterable[str]) -> tuple[GraphEdit, Compiled]:
    compiled = await engine.settle(graph)
    refused: NodeError | None = None
    for draft in collapsing.drafts(graph, compiled, engine.catalogue.descriptions, nodes):
        settled = await engine.settle(draft.graph)
        try:
            return collapsing.checked(draft, settled), settled
        except NodeError as error:
            refused = error
    assert refused is not None  # there is at least one draft
    raise refused


def asked_of(facts: Facts) -> dict[str, Any]:
    """How a worker is asked about a node's block."""
    parts = [part.to_json() for part in facts.parts]
    ref = facts.source()
    return {
        "pipeline": None if ref is None else ref.to_json(),
        "block": facts.path,
        "parts": parts,
        "commits": dict(facts.commits),
        "components": dict(facts.bound.get("components", {})),
    }
