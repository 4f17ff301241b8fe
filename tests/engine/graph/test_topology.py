"""Order, ancestors and cycles, on cases and on random graphs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.topology import ancestors, cycles, order


def parents(drawing):
    """`"c<a,b a b"`: each node with those it depends on, in document order."""
    words = [word.partition("<") for word in drawing.split()]
    return {node: {name for name in above.split(",") if name} for node, _, above in words}


ORDERS = {
    "document order": ("b a c", "bac"),
    "a chain backwards": ("c<b b<a a", "abc"),
    "the first that can come next": ("d<b a b c", "abdc"),
    # a ──> b ──> d
    # └───> c ────┘
    "diamond": ("a b<a c<a d<b,c", "abcd"),
    "nothing on or behind a cycle": ("a b<a,c c<b d<c e<a", "ae"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("drawing", "expected"), ORDERS.values(), ids=ORDERS)
def test_order(drawing, expected):
    assert "".join(order(parents(drawing))) == expected


CYCLES = {
    "none": ("a b<a", []),
    "self": ("a<a", ["aa"]),
    "two": ("a<b b<a", ["aba"]),
    # a ──> b ──> c ──> a, and d behind it
    "along the data": ("d<c a<c b<a c<b", ["abca"]),
    "two apart": ("a<b b<a x<y y<x", ["aba", "xyx"]),
    "two that share a node": ("a<b,c b<a c<a", ["aba"]),
    "whichever edge comes first": ("a<c,b b<a c<a", ["aba"]),
}


@pytest.mark.parametrize(("drawing", "expected"), CYCLES.values(), ids=CYCLES)
def test_cycles(drawing, expected):
    assert ["".join(path) for path in cycles(parents(drawing))] == expected


def test_ancestors_include_the_targets():
    assert ancestors(parents("a b<a c<b d<a e").__getitem__, ["c", "e"]) == set("abce")


@pytest.mark.parametrize(
    "shape", [lambda i: {i - 1} if i else set(), lambda i: {0} if i else set()], ids=["chain", "fan"]
)
def test_ten_thousand_nodes(shape):
    graph = {i: shape(i) for i in range(10_000)}
    assert order(graph) == list(range(10_000)) and cycles(graph) == []


@st.composite
def dags(draw):
    """Nodes in any document order; edges only from smaller to larger numbers."""
    count = draw(st.integers(0, 12))
    nodes = draw(st.permutations(range(count)))
    return {node: draw(st.sets(st.integers(0, node - 1), max_size=4)) if node else set() for node in nodes}


@given(dags())
def test_order_of_any_dag_has_each_node_after_its_parents(graph):
    result = order(graph)
    place = {node: index for index, node in enumerate(result)}
    assert sorted(result) == sorted(graph) and cycles(graph) == []
    assert all(place[parent] < place[node] for node, above in graph.items() for parent in above)


def graphs(count):
    return st.fixed_dictionaries({node: st.sets(st.integers(0, count - 1)) for node in range(count)})


@given(st.integers(1, 10).flatmap(graphs))
def test_any_graph_either_has_an_order_or_a_cycle(graph):
    paths = cycles(graph)
    assert (len(order(graph)) == len(graph)) == (paths == [])
    for path in paths:
        assert path[0] == path[-1]
        assert all(before in graph[after] for before, after in pairwise(path))
