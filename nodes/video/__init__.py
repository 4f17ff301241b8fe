"""Nodes on video: files, frames, preview. They run on a worker's threads."""

from engine.catalogue.define import NodeDefinition, definitions_in
from nodes.video import files, frames


def definitions() -> list[NodeDefinition]:
    """The node types of this folder, in the order of the palette."""
    return [definition for module in (files, frames) for definition in definitions_in(module)]
