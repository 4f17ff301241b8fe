"""What the block nodes of a compiled graph are: their pipelines, their descriptions, and what they take and make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.catalogue.define import NodeView
from engine.catalogue.spec import Interface, Need, Port
from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled, CompiledNode
from engine.graph.document import Graph, Node, NodeId
from nodes.diffusion import block, custom
from nodes.diffusion.names import OWN, port_name
from nodes.diffusion.parts import PIPELINE_ITSELF, Origin, Part, children, part_name
from nodes.diffusion.ports import bundle_name
from nodes.diffusion.ref import PipelineRef, parse_ref

BLOCK = block.DEFINITION.type.type
CUSTOM = custom.DEFINITION.type.type
STATE, SEED, PIPELINE = "generator", "seed", "pipeline"
"""Inputs that are not simply named as in the block: see `ports.py`."""

Descriptions = Mapping[str, Mapping[str, Any]]
"""Answers of workers, by `Need.key`."""


@dataclass(frozen=True)
class Facts:
    """A block node with what is known of it. All names are those of ports.

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
    def id(self) -> NodeId:
        return self.node.id

    @property
    def inputs(self) -> list[Port]:
        """The ports of its block, without those that say which block it is."""
        return [port for port in self.interface.inputs if port.name not in OWN]

    def source(self) -> PipelineRef | None:
        """The ref that it runs with; None for parts that have no pipeline, which a worker knows."""
        return parse_ref(self.bound["source"]) if self.node.type == CUSTOM else self.ref

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
        return frozenset(port_name(item["name"]) for item in self.description["outputs"] if item["name"])

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names of what the block can't do without."""
        return frozenset(port_name(item["name"]) for item in self.description["inputs"] if item["required"])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of what the block takes, those included that have no port or come with the embeddings."""
        named = [port_name(item["name"]) for item in self.description["inputs"] if item["name"]]
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
        return {
            port_name(item["name"]): bundle_name(item["group"])
            for item in inputs
            if self.takes(bundle_name(item["group"]))
        }

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
        return frozenset(port_name(item["name"]) for item in made if bundle_name(item["group"]) == port)

    @property
    def parts(self) -> tuple[Part, ...]:
        return block.chosen(self.node.params)[1] if self.node.type == BLOCK else ()

    @property
    def path(self) -> str:
        return block.chosen(self.node.params)[0] if self.node.type == BLOCK else ""

    @property
    def whole(self) -> tuple[Part, ...]:
        """Itself as parts: a composed node has them, any other is one."""
        if self.parts:
            return self.parts
        repo, workflow = self.home
        name = part_name(self.path.rpartition(".")[2] or repo or "") or PIPELINE
        return (Part(name=name, block=self.path, repo=repo, workflow=workflow),)

    @property
    def held(self) -> tuple[Part, ...]:
        """What it holds, one level down, as parts; itself if it is a single block."""
        if len(self.parts) > 1:
            return self.parts
        (whole,) = self.whole
        return tuple(
            whole.model_copy(update={"name": part_name(path.rpartition(".")[2]) or "block", "block": path})
            for path in children(self.tree, whole.block)
        ) or (whole,)

    @property
    def home(self) -> Origin:
        """Where the pipeline is from that it runs in, which may be that of one of its parts."""
        if self.node.type == CUSTOM:
            return str(self.node.params["repo"]), self.description["workflow"] or None
        named = next((part for part in self.parts if part.name == self.description.get("home")), None)
        return PIPELINE_ITSELF if named is None else named.origin

    @property
    def origin(self) -> Origin:
        """Where its blocks are from, if all are from one place; else where its pipeline is."""
        origins = {part.origin for part in self.parts}
        return origins.pop() if len(origins) == 1 else self.home

    @property
    def tree(self) -> list[str]:
        """The paths of all that runs in sequence where its blocks are from."""
        return list(self.description.get("own_tree") or self.description["tree"])


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
        remedy = "Try again when its ports have come."
        if need is None:
            remedy = "Name its repo." if node.node.type == CUSTOM else "Connect a Load pipeline node."
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
        # What is set, as the resolver saw it: a workflow that is only the default was not asked for.
        chosen = {name: value for name, value in node.params.items() if node.node.params.get(name) is not None}
        connected = frozenset(node.inputs)
        return custom.need(NodeView(params=chosen, known={}, connected=connected, descriptions=descriptions, lock=lock))
    return block.question(ref, *block.chosen(node.params), lock)
