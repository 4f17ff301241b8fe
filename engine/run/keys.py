"""Content keys: what a node's outputs depend on, hashed once from its parents' keys (Merkle style)."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.graph.compile import Compiled, CompiledNode
from engine.graph.document import NodeId
from engine.values.refs import Key

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def content_keys(compiled: Compiled, *, input_dir: Path, salt: str) -> dict[NodeId, Key]:
    """The key of every node in `compiled.order`.

    Node ids and positions do not enter a key, so equal nodes share one. `1`, `1.0` and `true` differ (msgpack keeps
    their types apart). `salt` is unique to the run: it goes into nodes that never reuse a result, and so into all that
    follows from them.
    """
    keys: dict[NodeId, Key] = {}
    for node_id in compiled.order:
        keys[node_id] = _key(compiled.nodes[node_id], keys, input_dir, salt)
    return keys


def _key(node: CompiledNode, keys: Mapping[NodeId, Key], input_dir: Path, salt: str) -> Key:
    definition = node.definition
    assert definition is not None, "a graph with an unknown node type has errors and is never run"
    if node.known is not None:
        return _hash(["known", node.known])
    parts: list[object] = [
        definition.type.type,
        definition.type.version,
        definition.environment,
        node.params,
        {name: [(keys[source.node], source.port) for source in sources] for name, sources in node.inputs.items()},
    ]
    if node.bound:
        parts.append(node.bound)
    if definition.fingerprint is not None and (fingerprint := definition.fingerprint(node.params, input_dir)):
        parts.append(fingerprint)
    if definition.type.cache == "never":
        parts.append((salt, node.node.id))
    return _hash(parts)


def _hash(parts: object) -> Key:
    return Key(hashlib.blake2b(_encode(parts), digest_size=16).hexdigest())
