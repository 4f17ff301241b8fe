"""Nodes on pictures and masks: files, geometry, colour, combining. They run on a worker's threads."""

from engine.catalogue.define import NodeDefinition, definitions_in
from nodes.images import colour, combine, files, masks, transform


def definitions() -> list[NodeDefinition]:
    """The node types of this folder, in the order of the palette."""
    modules = (files, transform, colour, combine, masks)
    return [definition for module in modules for definition in definitions_in(module)]
