"""Lists: make, take an item, count, a range of numbers."""

from typing import Annotated, Any

from engine.catalogue.define import In, Out, node
from engine.errors import NodeError

MAX_RANGE = 10_000
"""Items; a node that gets the list runs once for each."""


@node("list.make", title="Make list", category="Lists", lane="inline", keywords=["collect", "batch", "array"])
def make(
    items: Annotated[list[Any], In("The items, in the order of their edges", many=True)],
) -> Annotated[list[Any], Out("list", "The list")]:
    """Collect values into a list. A node that takes one value runs once for each item of a list."""
    return list(items)


@node("list.item", title="List item", category="Lists", lane="inline", keywords=["index", "pick", "first", "last"])
def item(
    list: Annotated[list[Any], In("The list")],
    index: Annotated[int, In("Which item: 0 is the first, -1 the last", step=1)] = 0,
) -> Annotated[Any, Out("item", "The item")]:
    """Take one item of a list."""
    if not -len(list) <= index < len(list):
        raise NodeError(
            f"There is no item {index} in a list of {len(list)}.",
            remedy="Count from 0, or from -1 backwards.",
            port="index",
        )
    return list[index]


@node("list.length", title="List length", category="Lists", lane="inline", keywords=["count", "size"])
def length(list: Annotated[list[Any], In("The list")]) -> Annotated[int, Out("length", "How many items there are")]:
    """Count the items of a list."""
    return len(list)


@node("list.range", title="Range", category="Lists", lane="inline", keywords=["sequence", "numbers", "seeds", "batch"])
def number_range(
    start: Annotated[int, In("The first number", step=1)] = 0,
    count: Annotated[int, In("How many numbers", min=0, max=MAX_RANGE, step=1)] = 4,
    step: Annotated[int, In("From one number to the next", step=1)] = 1,
) -> Annotated[list[int], Out("numbers", "The numbers, in order")]:
    """Count from a number on. As seeds, the list gives one picture per number."""
    return [start + step * position for position in range(count)]
