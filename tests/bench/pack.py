"""Trivial nodes, so that what is measured is everything but the node."""

from typing import Annotated

from engine.catalogue.define import In, Out, node
from engine.catalogue.pack import Pack


@node("bench.inline", title="Add", category="Bench", lane="inline")
def inline(
    a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0, extra: Annotated[int, In("Makes a node unique")] = 0
) -> Annotated[int, Out("sum")]:
    """Add whole numbers in the server."""
    return (a + b + extra) % 1_000_003


@node("bench.cpu", title="Add", category="Bench", lane="cpu")
def cpu(
    a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0, extra: Annotated[int, In("Makes a node unique")] = 0
) -> Annotated[int, Out("sum")]:
    """Add whole numbers in a worker."""
    return (a + b + extra) % 1_000_003


def load() -> Pack:
    return Pack(name="bench", definitions=(inline.definition, cpu.definition))  # type: ignore[attr-defined]
