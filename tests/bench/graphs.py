"""Graphs of trivial nodes: a chain, a fan and layers. Every node is unique, so that none is shared."""

from collections.abc import Callable
from itertools import count

from engine.graph.document import Edge, Graph, Node

WIDTH = 10
"""Nodes per layer."""

_unique = count(1)


def chain(lane: str, size: int) -> Graph:
    """n0 → n1 → n2 → …"""
    return _graph(lane, size, lambda index: (index - 1,) if index else ())


def fan(lane: str, size: int) -> Graph:
    """n0 → n1, n0 → n2, …"""
    return _graph(lane, size, lambda index: (0,) if index else ())


def layers(lane: str, size: int) -> Graph:
    """Layers of `WIDTH` nodes; each takes two of the layer before."""
    return _graph(lane, size, lambda index: _in_layer_before(index) if index >= WIDTH else ())


SHAPES: dict[str, Callable[[str, int], Graph]] = {"chain": chain, "fan": fan, "layers": layers}


def _in_layer_before(index: int) -> tuple[int, int]:
    first = (index // WIDTH - 1) * WIDTH
    return first + index % WIDTH, first + (index + 1) % WIDTH


def _graph(lane: str, size: int, sources: Callable[[int], tuple[int, ...]]) -> Graph:
    salt = next(_unique) * 1_000_000
    nodes = [Node(id=f"n{index}", type=f"bench.{lane}", params={"extra": salt + index}) for index in range(size)]
    edges = [
        Edge(source=f"n{source}", sourceHandle="sum", target=f"n{index}", targetHandle=handle)
        for index in range(size)
        for source, handle in zip(sources(index), "ab", strict=False)
    ]
    return Graph(name=f"{lane} {size}", nodes=nodes, edges=edges)
