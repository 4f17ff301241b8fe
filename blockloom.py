"""The public face of Blockloom: what node authors and scripts import. It holds no logic."""

from typing import TYPE_CHECKING, Any

from engine.catalogue.context import Context
from engine.catalogue.define import In, NodeDefinition, Out, node
from engine.catalogue.pack import Pack, WorkerFacts, WorkerSide
from engine.catalogue.types import Audio, Embeddings, Image, Json, Latents, Mask, Pipeline, Tensor, Video
from engine.errors import BlockloomError, Cancelled, NodeError, Problem
from engine.graph.document import Edge, Graph, Node
from engine.values.codecs import ValueKind
from engine.values.refs import ArtifactRef, ValueSummary

if TYPE_CHECKING:
    from server.client import Client

__all__ = [
    "ArtifactRef",
    "Audio",
    "BlockloomError",
    "Cancelled",
    "Client",
    "Context",
    "Edge",
    "Embeddings",
    "Graph",
    "Image",
    "In",
    "Json",
    "Latents",
    "Mask",
    "Node",
    "NodeDefinition",
    "NodeError",
    "Out",
    "Pack",
    "Pipeline",
    "Problem",
    "Tensor",
    "ValueKind",
    "ValueSummary",
    "Video",
    "WorkerFacts",
    "WorkerSide",
    "node",
]


def __getattr__(name: str) -> Any:
    """Import the client, and with it an HTTP library, only for those who use it."""
    if name != "Client":
        raise AttributeError(f"module 'blockloom' has no attribute {name!r}")
    from server.client import Client

    return Client
