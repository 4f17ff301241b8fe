"""Interfaces of block nodes made lately: a graph is compiled after each edit, and most nodes stay what they were."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from engine.catalogue.spec import Interface
from nodes.diffusion import overlay
from nodes.diffusion.names import block_name

Made = tuple[Interface, tuple[str, ...]]
"""An interface, and what is to be warned of, in sentences."""


class Interfaces:
    """Interfaces by the description that they are made of and the inputs that have edges."""

    def __init__(self, make: Callable[[Mapping[str, Any], frozenset[str]], Made], *, limit: int) -> None:
        """`make` gets a description, and the connected inputs as the block names them."""
        self._make, self._limit = make, limit
        self._made: OrderedDict[tuple[str, frozenset[str]], tuple[Mapping[str, Any], Made]] = OrderedDict()

    def of(
        self, key: str, description: Mapping[str, Any], connected: frozenset[str], values: Mapping[str, Any]
    ) -> Made:
        """The interface for `description`, the answer to the question `key`, with what `values` fold away of it."""
        found = self._made.pop((key, connected), None)
        if found is None or found[0] is not description:
            found = (description, self._make(description, frozenset(map(block_name, connected))))
        self._made[key, connected] = found
        if len(self._made) > self._limit:
            self._made.popitem(last=False)
        interface, warnings = found[1]
        node = description.get("mellon") or {}
        if any("onChange" in entry for entry in node.get("params", {}).values()):
            folded = overlay.fold_away(interface.inputs, node, values, connected)
            interface = interface.model_copy(update={"inputs": folded})
        return interface, warnings
