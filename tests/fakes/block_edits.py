"""Edits of graphs that a test's `Direct` answers: expand, collapse, insert."""

from collections.abc import Iterable
from typing import Any

from engine.errors import NodeError
from engine.graph.document import Graph
from nodes.diffusion import collapse as collapsing
from nodes.diffusion import expand as expanding
from nodes.diffusion.edits import GraphEdit
from tests.fakes.diffusion import Direct


def expand(direct: Direct, graph: Graph, node: str) -> GraphEdit:
    draft = expanding.draft(graph, direct.settle(graph), direct.catalogue.descriptions, node)
    return expanding.wired(draft, direct.settle(draft.graph), direct.catalogue.descriptions)


def collapse(direct: Direct, graph: Graph, nodes: Iterable[str]) -> GraphEdit:
    """The first way that has all the ports in use. Raises NodeError if there is none."""
    refused: NodeError | None = None
    for draft in collapsing.drafts(graph, direct.settle(graph), direct.catalogue.descriptions, nodes):
        try:
            return collapsing.checked(draft, direct.settle(draft.graph))
        except NodeError as error:
            refused = error
    assert refused is not None
    raise refused


def pictures(direct: Direct, graph: Graph, node: str = "decode") -> list[bytes]:
    """The pixels that a graph makes."""
    results: dict[str, Any] = direct.run_graph(graph.model_dump(mode="json"))
    return [image.tobytes() for image in results[node]["images"]]
