"""Small graphs and a small catalogue for the tests of plan, keys and executor."""

from typing import Annotated, Any

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.define import In, Out, node
from engine.graph.compile import Compiled, compile_graph
from engine.graph.document import Edge, Graph, Node


@node("t.add", title="Add", category="Test", lane="inline")
def add(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add."""
    return a + b


@node("t.work", title="Work", category="Test", lane="cpu")
def work(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add, in a worker."""
    return a + b


@node("t.heavy", title="Heavy", category="Test", lane="gpu")
def heavy(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add, on the device."""
    return a + b


@node("t.json", title="Json", category="Test", lane="inline")
def value(value: Annotated[Any, In("Any value", type="any")] = None) -> Annotated[Any, Out("sum", type="any")]:
    """A value."""
    return value


@node("t.show", title="Show", category="Test", lane="cpu", output=True)
def show(a: Annotated[int, In("A")] = 0) -> Annotated[int, Out("sum")]:
    """Show."""
    return a


@node("t.random", title="Random", category="Test", lane="cpu", cache="never")
def random(a: Annotated[int, In("A")] = 0) -> Annotated[int, Out("sum")]:
    """Never the same."""
    return a


CATALOGUE = Catalogue(
    [function.definition for function in (add, work, heavy, value, show, random)]  # type: ignore[attr-defined]
)


def graph(drawing: str, **params: dict[str, Any]) -> Graph:
    """`"x:work a:work b:show a<x b<a"`: nodes as `id:type`, edges as `target<source` or `target.port<source`."""
    words = drawing.split()
    nodes = [word.split(":") for word in words if ":" in word]
    edges = [((target + ".a").split(".")[:2], source) for target, source in (w.split("<") for w in words if "<" in w)]
    return Graph(
        nodes=[Node(id=name, type=f"t.{kind}", params=params.get(name, {})) for name, kind in nodes],
        edges=[
            Edge(source=source, sourceHandle="sum", target=target, targetHandle=port)
            for (target, port), source in edges
        ],
    )


def compiled(drawing: str, **params: dict[str, Any]) -> Compiled:
    """The compiled graph; it must be free of errors."""
    result = compile_graph(graph(drawing, **params), CATALOGUE)
    assert not result.errors, result.errors
    return result
