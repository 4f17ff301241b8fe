"""Edits of graphs that a test's `Direct` answers: expand, collapse, insert, publish."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import NodeError
from engine.graph.compile import Compiled
from engine.graph.document import Graph
from nodes.diffusion import asking, insert
from nodes.diffusion.edits import GraphEdit
from nodes.diffusion.publishing import PublishedBlock, publish
from nodes.diffusion.repos import Repos
from tests.fakes.diffusion import Direct


def block_ids(graph: Graph) -> list[str]:
    return [node.id for node in graph.nodes if node.type in ("diffusion.block", "diffusion.custom")]


class Editor:
    """`asking` and `publishing`, with a `Direct` in place of the engine and its worker."""

    def __init__(self, direct: Direct) -> None:
        self.direct, self.catalogue = direct, direct.catalogue
        self.repos = Repos(direct.facts)

    async def settle(self, graph: Graph) -> Compiled:
        return self.direct.settle(graph)

    async def describe(self, subject: str, request: Mapping[str, Any]) -> dict[str, Any]:
        return self.direct.side.describers[subject](request)

    def expand(self, graph: Graph, node: str) -> GraphEdit:
        return asyncio.run(asking.expand(self, graph, node))

    def collapse(self, graph: Graph, nodes: Iterable[str]) -> GraphEdit:
        return asyncio.run(asking.collapse(self, graph, nodes))

    def insert(self, graph: Graph, node: str, repo: str, block: str = "", before: str | None = None) -> GraphEdit:
        return asyncio.run(asking.insert(self, graph, node, insert.new_part(repo, block, None), before))

    def publish(self, graph: Graph, nodes: list[str], name: str, **options: Any) -> PublishedBlock:
        return asyncio.run(publish(self, self.repos, graph, nodes, name, **options))

    def leaves(self, graph: Graph) -> Graph:
        """The graph with all block nodes expanded until each is a single block."""
        waiting = block_ids(graph)
        while waiting:
            try:
                edit = self.expand(graph, waiting.pop())
            except NodeError as single:
                assert single.problems[0].code == "single_block"
                continue
            graph = edit.applied(graph)
            waiting += [node.id for node in edit.add_nodes]
        return graph

    def pictures(self, graph: Graph, node: str) -> list[bytes]:
        """The pixels that a graph makes."""
        results = self.direct.run_graph(graph.model_dump(mode="json"))
        return [image.tobytes() for image in results[node]["images"]]
