"""Nodes on any data: values, text, math, lists, switches. They run in the server unless a worker holds their input."""

from engine.catalogue.define import NodeDefinition, definitions_in
from nodes.basics import lists, math, switch, text, values


def definitions() -> list[NodeDefinition]:
    """The node types of this folder, in the order of the palette."""
    return [definition for module in (values, text, math, lists, switch) for definition in definitions_in(module)]
