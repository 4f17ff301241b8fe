"""Edits of graphs worked out here and applied in the canvas: what goes, what comes, and where new nodes lie."""

import re
from collections.abc import Collection, Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from engine.catalogue.spec import Interface
from engine.errors import Problem
from engine.graph.document import Edge, Graph, Node, NodeId, Position

WIDTH, GAP = 320.0, 80.0
"""Of a node as the canvas draws it, in px at zoom 1, and the space beside it."""
_HEADER, _ROW, _TEXT = 34.0, 28.0, 92.0
_USUAL_HEIGHT = 200.0

NAMES = {"": "pipeline", "text_encoder": "encode", "vae_encoder": "encode_image", "image_encoder": "encode_image"}
"""Node ids of blocks; the rest have the name of the block itself."""


class GraphEdit(BaseModel):
    """What to change in a graph, as one step. An edit with errors among its problems changes nothing.

    Edges of removed nodes go with them and are named all the same; a node may come back under its id.
    """

    model_config = ConfigDict(frozen=True)

    remove_nodes: list[str] = []
    add_nodes: list[Node] = []
    remove_edges: list[Edge] = []
    add_edges: list[Edge] = []
    problems: list[Problem] = []

    def applied(self, graph: Graph) -> Graph:
        """`graph` after the edit: new nodes stand where the first removed one stood, new edges into an input that lost
        one in its place, since several come in their order."""
        gone, gone_edges = set(self.remove_nodes), {_ends(edge) for edge in self.remove_edges}
        nodes: list[Node] = []
        waiting = list(self.add_nodes)
        for node in graph.nodes:
            if node.id not in gone:
                nodes.append(node)
            elif waiting:
                nodes += waiting
                waiting = []
        edges: list[Edge] = []
        new = list(self.add_edges)
        for edge in graph.edges:
            if _ends(edge) not in gone_edges:
                edges.append(edge)
                continue
            heirs = [each for each in new if _ends(each)[2:] == _ends(edge)[2:]]
            edges += heirs
            new = [each for each in new if each not in heirs]
        return graph.model_copy(update={"nodes": nodes + waiting, "edges": edges + new})


def edge(source: NodeId, output: str, target: NodeId, input: str | None = None) -> Edge:
    return Edge(source=source, sourceHandle=output, target=target, targetHandle=input or output)


def edges_of(graph: Graph, nodes: Collection[str]) -> list[Edge]:
    """The edges to and from these nodes."""
    return [edge for edge in graph.edges if edge.source in nodes or edge.target in nodes]


def free_id(path: str, taken: Collection[str]) -> NodeId:
    """A readable node id for the block at `path`: `encode`, `denoise_2`."""
    base = NAMES.get(path) or re.sub(r"[^A-Za-z0-9_-]+", "_", path.rpartition(".")[2])[:56].strip("_") or "block"
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    return NodeId(found)


def size(node: Node, interface: Interface | None) -> tuple[float, float]:
    """About how wide and high the canvas draws a node, in px."""
    width = getattr(node, "width", None)
    if interface is None:
        return float(width or WIDTH), _USUAL_HEIGHT
    shown = [port for port in interface.inputs if not port.advanced]
    texts = sum(port.widget is not None and port.widget.kind in ("multiline", "json") for port in shown)
    repos = sum(port.widget is not None and port.widget.kind == "repo" for port in shown)
    outputs = sum(not port.advanced for port in interface.outputs)
    return float(width or WIDTH), _HEADER + _ROW * (max(len(shown), outputs) + repos + 1) + _TEXT * texts


def in_a_row(
    start: Position, sizes: Sequence[tuple[float, float]], others: Iterable[tuple[Position, tuple[float, float]]]
) -> list[Position]:
    """Positions from left to right, from `start` on, or as far below it as no node of `others` is overlapped."""
    total = sum(width + GAP for width, _ in sizes) - GAP
    height = max((height for _, height in sizes), default=0.0)
    boxes = [(place.x, place.y, place.x + wide, place.y + high) for place, (wide, high) in others]
    y = start.y
    while under := [
        bottom
        for left, top, right, bottom in boxes
        if left < start.x + total and right > start.x and top < y + height and bottom > y
    ]:
        y = max(under) + GAP / 2
    places, x = [], start.x
    for width, _ in sizes:
        places.append(Position(x=x, y=y))
        x += width + GAP
    return places


def _ends(edge: Edge) -> tuple[str, str, str, str]:
    return edge.source, edge.sourceHandle, edge.target, edge.targetHandle
