"""Mellon's saved workflows (JSON) as graphs, node by node, with a report. Light to import."""

from nodes.diffusion.mellon.assemble import Imported, Line, import_mellon
from nodes.diffusion.mellon.file import is_mellon

__all__ = ["Imported", "Line", "import_mellon", "is_mellon"]
