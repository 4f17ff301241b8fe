"""Order, ancestors and cycles of a graph, given as pure data: each node with the nodes it depends on."""

from collections.abc import Callable, Iterable, Mapping, Set
from heapq import heapify, heappop, heappush
from typing import TypeVar

N = TypeVar("N")

Parents = Mapping[N, Set[N]]
"""Every node, in document order, with the nodes it depends on; all of these are nodes too."""


def order(parents: Parents[N]) -> list[N]:
    """Each node after all it depends on; of those that could come next, the first in document order does.

    Nodes on a cycle, and all that depends on one, are left out.
    """
    nodes = list(parents)
    rank = {node: index for index, node in enumerate(nodes)}
    waiting = {node: len(above) for node, above in parents.items()}
    children = _children(parents)
    ready = [rank[node] for node, count in waiting.items() if not count]
    heapify(ready)
    result = []
    while ready:
        node = nodes[heappop(ready)]
        result.append(node)
        for child in children[node]:
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, rank[child])
    return result


def ancestors(parents: Callable[[N], Iterable[N]], targets: Iterable[N]) -> set[N]:
    """`targets` and all they depend on; `parents` of a node are the nodes it depends on."""
    found: set[N] = set()
    stack = list(targets)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(parents(node))
    return found


def cycles(parents: Parents[N]) -> list[list[N]]:
    """Cycles with no node in common, at least one for each knot of cycles, as paths along the data: [a, b, a].

    Each path starts with its node that comes first in the document.
    """
    sorted_out = set(order(parents))
    knotted = [node for node in parents if node not in sorted_out]
    rank = {node: index for index, node in enumerate(knotted)}
    walk_of: dict[N, N] = {}
    found = []
    for start in knotted:
        walk = []
        node = start
        while node not in walk_of:
            walk_of[node] = start
            walk.append(node)
            node = min((parent for parent in parents[node] if parent not in sorted_out), key=rank.__getitem__)
        if walk_of[node] == start:
            found.append(_closed(walk[walk.index(node) :], rank))
    return found


def _closed(upstream: list[N], rank: Mapping[N, int]) -> list[N]:
    """The cycle along the data, from its first node back to it; `upstream` has it against the data."""
    path = upstream[::-1]
    first = path.index(min(path, key=rank.__getitem__))
    return [*path[first:], *path[:first], path[first]]


def _children(parents: Parents[N]) -> dict[N, list[N]]:
    children: dict[N, list[N]] = {node: [] for node in parents}
    for node, above in parents.items():
        for parent in above:
            children[parent].append(node)
    return children
