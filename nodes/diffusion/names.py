"""Names of ports: what a block calls its input or output, unless the node needs that name for itself."""

from collections.abc import Iterable

from engine.catalogue.spec import Port
from engine.catalogue.types import item_type

OWN = frozenset({"pipeline", "block", "parts", "repo", "workflow"})
"""Inputs that say which block a node runs; the rest are those of the block."""

BUNDLE = "embeddings"
"""The port of the bundle of conditioning, and the type of all bundles."""
_TAKEN = OWN | {BUNDLE, "source", "commits", "components", "context"}
"""With what the functions of block nodes are given besides by name."""


def port_name(name: str) -> str:
    """The port of a block's input or output `name`: `repo_` for `repo`, `repo__` for `repo_`, most names as they are.

    The same in all block nodes, so that one becomes several, and several one, with their edges as they are.
    """
    return f"{name}_" if name.rstrip("_") in _TAKEN else name


def block_name(port: str) -> str:
    """What the block calls the input or output behind a port."""
    return port[:-1] if port.endswith("_") and port.rstrip("_") in _TAKEN else port


def as_ports(ports: Iterable[Port]) -> tuple[Port, ...]:
    """Ports that are named as in the block, named as in the node. Bundles are the node's own."""
    return tuple(port if item_type(port.type) == BUNDLE else _named(port, port_name(port.name)) for port in ports)


def as_in_block(ports: Iterable[Port]) -> tuple[Port, ...]:
    """Ports that are named as in the node, named as in the block."""
    return tuple(_named(port, block_name(port.name)) for port in ports)


def _named(port: Port, name: str) -> Port:
    return port if port.name == name else port.model_copy(update={"name": name})
