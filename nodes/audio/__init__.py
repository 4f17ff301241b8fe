"""Nodes on sound: files, preview, the sound of a video. They run on a worker's threads."""

from engine.catalogue.define import NodeDefinition, definitions_in
from nodes.audio import files


def definitions() -> list[NodeDefinition]:
    """The node types of this folder, in the order of the palette."""
    return definitions_in(files)
