"""What the block nodes of a compiled graph are: their pipelines, their descriptions, and what they take and make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.catalogue.define import NodeView
from engine.catalogue.spec import Interface, Need, Port
from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled, CompiledNode
from engine.graph.document import Graph, Node, NodeId
from nodes.diffusion import block, custom
from nodes.diffusion.parts import Part, own_ref, with_components
from nodes.diffusion.ports import bundle_name
from nodes.diffusion.ref import PipelineRef, parse_ref

BLOCK = block.DEFINITION.type.type
CUSTOM = custom.DEFINITION.type.type
STATE, SEED, PIPELINE = "generator", "seed", "pipeline"
"""Inputs that are not simply named as in the block: see `ports.py`."""
OWN = frozenset({PIPELINE, "block", "parts", "repo", "workflow"})
"""Inputs that say what a block node is; the rest are those of its block."""

Descriptions = Mapping[str, Mapping[str, Any]]
"""Answers of workers, by `Need.key`."""


@dataclass(frozen=True)
class Facts:
    """A block node with what is known of it.

    `ref` is the pipeline connected to it, None for a custom block or parts without one. `bound` is what its resolver
    found out besides, see `engine.catalogue.define.Resolved`.
    """

    node: Node
    interface: Interface
    description: Mapping[str, Any]
    ref: PipelineRef | None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def inputs(self) -> list[Port]:
        """The ports of its block, without those that say which block it is."""
        return [port for port in self.interface.inputs if port.name not in OWN]

    def source(self) -> PipelineRef:
        """The ref that it runs with. Raises NodeError if it needs a pipeline and has none."""
        if self.node.type == CUSTOM:
            return parse_ref(self.bound["source"])
        ref = own_ref(self.parts, self.commits) if self.ref is None else self.ref
        return with_components(ref, self.bound.get("components", {}))

    @property
    def commits(self) -> Mapping[str, str]:
        """Of the repos of its parts, by the parts' names."""
        commits: Mapping[str, str] = self.bound.get("commits", {})
        return commits

    def takes(self, name: str) -> bool:
        return self.interface.input(name) is not None

    def gives(self, name: str) -> bool:
        return self.interface.output(name) is not None

    def sets(self, name: str) -> bool:
        """Whether what comes later finds a value of this name made by the block, be there a port for it or not.

        States of generators and schedulers are no outputs of the block: the node hands them on, by ports.
        """
        return name in self.made or (name not in self.bundle_ports and self.gives(name))

    @cached_property
    def made(self) -> frozenset[str]:
        """The names of what the block makes."""
        return frozenset(item["name"] for item in self.description["outputs"] if item["name"])

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names of what the block can't do without."""
        return frozenset(item["name"] for item in self.description["inputs"] if item["required"])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of what the block takes, those included that have no port or come with the embeddings."""
        named = [item["name"] for item in self.description["inputs"] if item["name"]]
        return tuple(dict.fromkeys([*named, *(port.name for port in self.inputs)]))

    @cached_property
    def bundle_ports(self) -> tuple[str, ...]:
        """The ports that carry a group of values as one bundle, such as the embeddings."""
        items = (*self.description["inputs"], *self.description["outputs"])
        return tuple(dict.fromkeys(bundle_name(item["group"]) for item in items if item["group"]))

    @cached_property
    def bundled(self) -> Mapping[str, str]:
        """The values that come in a bundle, if they do not come by themselves, with the port of that bundle."""
        inputs = (item for item in self.description["inputs"] if item["group"] and item["name"])
        return {item["name"]: bundle_name(item["group"]) for item in inputs if self.takes(bundle_name(item["group"]))}

    def uses(self, name: str, port: str) -> bool:
        """Whether a value in the bundle at `port` matters to it: by name, or since it takes all there are."""
        return self.bundled.get(name) == port or any(
            bundle_name(item["group"]) == port and not item["name"]
            for item in self.description["inputs"]
            if item["group"]
        )

    def bundles(self, port: str) -> frozenset[str]:
        """What it makes of the bundle at `port`."""
        made = (item for item in self.description["outputs"] if item["group"])
        return frozenset(item["name"] for item in made if bundle_name(item["group"]) == port)

    @property
    def parts(self) -> tuple[Part, ...]:
        return block.chosen(self.node.params)[1] if self.node.type == BLOCK else ()

    @property
    def path(self) -> str:
        return block.chosen(self.node.params)[0] if self.node.type == BLOCK else ""

    def children(self) -> list[str]:
        """The paths right below its own, in order; none for a single block."""
        prefix = f"{self.path}." if self.path else ""
        return [
            path
            for path in self.description["tree"]
            if path.startswith(prefix) and "." not in path.removeprefix(prefix)
        ]


def require_no_workflow(facts: Facts) -> None:
    """Raise NodeError for a custom block that is one workflow of a pipeline: a part is a block as it is."""
    if facts.node.type == CUSTOM and facts.description.get("workflow"):
        raise refusal(
            facts.id, f"{facts.id} is a whole pipeline in the workflow {facts.description['workflow']}.",
            "Use Load pipeline for its repo instead: its block nodes can be expanded and collapsed.", "whole_pipeline",
        )  # fmt: skip


def last(pieces: Sequence[Facts], name: str) -> int | None:
    """The place of the last one that sets `name`."""
    return next((index for index in reversed(range(len(pieces))) if pieces[index].sets(name)), None)


def bundle_ports(pieces: Iterable[Facts]) -> tuple[str, ...]:
    """The ports of all pieces that carry bundles."""
    return tuple(dict.fromkeys(port for piece in pieces for port in piece.bundle_ports))


class Bundles:
    """Which block in a sequence made each value of the bundle that a node hands on at a port."""

    def __init__(self, pieces: Sequence[Facts], port: str) -> None:
        self.port = port
        self._pieces = pieces
        self._made: dict[int, dict[str, int]] = {}

    def note(self, index: int, feeders: Iterable[int]) -> None:
        """That the node at `index` gets the bundles of `feeders`: it hands on what is in them, and its own."""
        piece = self._pieces[index]
        if piece.gives(self.port):
            self._made[index] = self.merged(feeders) | dict.fromkeys(piece.bundles(self.port), index)

    def merged(self, feeders: Iterable[int]) -> dict[str, int]:
        """Who made the values of several bundles in one; of two with the same value the later counts."""
        return {name: maker for feeder in feeders for name, maker in self._made.get(feeder, {}).items()}

    def feeders(self, index: int) -> list[int]:
        """Whose bundles the node at `index` needs to have all made before it: as few and as late as will do."""
        return self.newest(index) if self._pieces[index].takes(self.port) else []

    def newest(self, end: int) -> list[int]:
        """Whose bundles have all that was made by the first `end` nodes."""
        found: list[int] = []
        for earlier in reversed(range(end)):
            if self._made.get(earlier, {}).keys() - self.merged(found).keys():
                found.insert(0, earlier)
        return found


def is_block(node: Node) -> bool:
    return node.type in (BLOCK, CUSTOM)


def facts_of(graph: Graph, compiled: Compiled, descriptions: Descriptions, node_id: str) -> Facts:
    """What is known of a block node of `graph`, which is compiled.

    Raises NodeError if it is no block node, or if too little is known of it.
    """
    node = compiled.nodes.get(NodeId(node_id))
    if node is None:
        raise refusal(node_id, f"There is no node {node_id!r}.", "Name a node of the graph.", "no_node")
    if not is_block(node.node):
        remedy = "Choose nodes that run blocks of a pipeline."
        raise refusal(node_id, f"{node_id} is no block of a pipeline.", remedy, "no_block")
    ref = _ref(compiled, node)
    lock = {repo: locked.commit for repo, locked in graph.lock.repos.items()}
    need = _need(node, ref, lock, descriptions)
    description = descriptions.get(need.key) if need else None
    if description is None or description.get("problem") or node.interface.pending:
        found = next((problem for problem in compiled.errors if problem.node == node_id), None)
        if found is not None:
            raise NodeError(found)
        remedy = "Connect a Load pipeline node." if ref is None else "Try again when its ports have come."
        raise refusal(node_id, f"The block of {node_id} is not known.", remedy, "unknown_block")
    defaults = {port.name: port.default for port in node.interface.inputs}
    return Facts(node.node, node.interface, description, ref, defaults, node.bound)


def refusal(node: str | None, message: str, remedy: str, code: str) -> NodeError:
    """Why an edit can't be made."""
    return NodeError(Problem(code=code, message=message, remedy=remedy, node=node))


def _ref(compiled: Compiled, node: CompiledNode) -> PipelineRef | None:
    """The pipeline connected to a block node, None where it does not follow from the graph."""
    for source in node.inputs.get(PIPELINE, ()):
        known = compiled.nodes[source.node].known
        if known is not None and source.port in known:
            return parse_ref(known[source.port])
    return None


def _need(
    node: CompiledNode, ref: PipelineRef | None, lock: Mapping[str, str], descriptions: Descriptions
) -> Need | None:
    if node.node.type == CUSTOM:
        connected = frozenset(node.inputs)
        return custom.need(
            NodeView(params=node.params, known={}, connected=connected, descriptions=descriptions, lock=lock)
        )
    return block.question(ref, *block.chosen(node.params), lock)
