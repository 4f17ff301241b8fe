"""Graph × catalogue → interfaces, problems and order: one pure function, called after each edit and before each run."""

import itertools
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from engine.catalogue.accept import PLAIN_TYPES
from engine.catalogue.catalogue import Catalogue
from engine.catalogue.define import NodeDefinition, NodeView
from engine.catalogue.spec import Interface, Need, Port
from engine.catalogue.types import Connection, connection, item_type, list_of
from engine.errors import Problem
from engine.graph import faults
from engine.graph.check import Ports, missing_inputs, typed_params, unknown_params
from engine.graph.document import Edge, Graph, LockedRepo, Node, NodeId
from engine.graph.interfaces import can_fold, fold, resolve
from engine.graph.suggest import Suggestions
from engine.graph.wiring import wire

Sources = dict[str, "tuple[Source, ...]"]

_UNKNOWN: Any = object()
_NOTHING: frozenset[str] = frozenset()
_NO_NODES: Set[NodeId] = frozenset()
_NO_PORTS = Ports.of(Interface())


class Source(msgspec.Struct, frozen=True):
    """An output that feeds an input."""

    node: NodeId
    port: str


Arrivals = dict[str, list[tuple[Edge, Source | None]]]
"""The edges into each input of a node, with the output that each brings the value of, led around bypassed nodes; None
if a bypassed node has nothing to pass on."""


class CompiledNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node with its ports resolved (a `Struct`, since it is made for each node of each run, in a tenth of the time).

    `params` are the typed values of inputs without an edge, defaults filled in. `inputs` are the edges, per input in
    edge order, already led around bypassed nodes, and `parents` are the nodes they come from. `mapped` inputs get lists
    item by item, `wrapped` ones become a list of one. `outputs` are the output types after mapping (name → type): those
    of a mapped node are lists; an output that is a list anyway stays `list[T]`, and the lists of all items are joined.
    A `many` input has the type `list[T]`; each edge brings T or list[T], the values are joined in edge order, and it is
    never in `mapped` or `wrapped`. `known` are outputs that follow from the graph alone: such a node need not run.
    `bound` is what a resolver adds to the params.
    """

    node: Node
    definition: NodeDefinition | None
    ports: Ports
    params: dict[str, Any] = {}
    inputs: dict[str, tuple[Source, ...]] = {}
    parents: Set[NodeId] = frozenset()
    mapped: frozenset[str] = frozenset()
    wrapped: frozenset[str] = frozenset()
    outputs: dict[str, str] = {}
    known: dict[str, Any] | None = None
    bound: Mapping[str, Any] = {}

    @property
    def interface(self) -> Interface:
        return self.ports.interface


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """All nodes by id; `order` is topological, without muted and bypassed nodes and without what depends on muted ones.

    `skipped` says which muted node a skipped one waits for in vain (muted nodes themselves are not in it). `needs`
    must be answered before pending interfaces are known; so must they before those of the nodes `waiting` are, whose
    ports follow from pending ones upstream. `graph` is the compiled one with its lock filled in: the
    commit of every repo that its nodes were found to use, and of no other unless some nodes are not known yet.
    """

    graph: Graph
    nodes: dict[NodeId, CompiledNode]
    order: tuple[NodeId, ...]
    problems: tuple[Problem, ...]
    skipped: dict[NodeId, NodeId] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    waiting: frozenset[NodeId] = frozenset()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def compile_graph(graph: Graph, catalogue: Catalogue) -> Compiled:
    """Resolve all interfaces of `graph` and find everything that is wrong with it. Never raises for a bad graph.

    Problems come in document order. What is wrong with a node that does not run (muted, bypassed, or behind a muted
    one) is a warning. Edges to and from nodes whose ports are not known yet (pending, unknown type, failed resolver,
    on a cycle) are not judged.
    """
    return _Compiler(graph, catalogue).compile()


def _is_plain(port: Port | None) -> bool:
    """Whether what comes in at a port of the type's own can say what its node is."""
    return port is not None and item_type(port.type) in PLAIN_TYPES


STRUCTURAL = frozenset({"cycle", "duplicate_id"})
"""Codes of errors that stay errors even on nodes that do not run."""


class _Compiler:
    """The state of one compilation; nodes are visited once each, what they depend on first."""

    def __init__(self, graph: Graph, catalogue: Catalogue) -> None:
        self.graph = graph
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.suggestions = Suggestions()
        self.wiring = wire(graph, self.problems, self.suggestions)
        self.compiled: dict[NodeId, CompiledNode] = {}
        self.unsettled: set[NodeId] = set()  # nodes whose ports are not known
        self.waiting: set[NodeId] = set()  # nodes that depend on a pending one, or are pending
        self.unclear: set[NodeId] = set()  # inline nodes whose outputs would follow, were it not for a problem upstream
        self.muted = {node_id for node_id, node in self.wiring.nodes.items() if node.mode == "muted"}
        self.open: set[NodeId] = set()  # nodes that may use other repos than is known: a value of their own comes later
        self.skipped: dict[NodeId, NodeId] = {}
        self.known: dict[NodeId, Mapping[str, Any]] = {}
        self.bound: dict[NodeId, Mapping[str, Any]] = {}
        self.repos: dict[str, str] = {}
        self.passed: dict[NodeId, dict[str, Source]] = {}
        self.needs: dict[str, Need] = {}
        self.fixed_ports: dict[str, Ports] = {}
        self.lock = {repo: locked.commit for repo, locked in graph.lock.repos.items()}
        self.foldable = self._foldable()

    def compile(self) -> Compiled:
        order = self.wiring.order
        for node_id in order:
            self._visit(self.wiring.nodes[node_id], in_order=True)
        for node_id in self.wiring.nodes.keys() - set(order):
            self.unsettled.add(node_id)
        for node_id, node in self.wiring.nodes.items():
            if node_id not in self.compiled:
                self._visit(node, in_order=False)
        return Compiled(
            graph=self._locked(),
            nodes={node_id: self.compiled[node_id] for node_id in self.wiring.nodes},
            order=tuple(node_id for node_id in order if not self._idle(node_id)),
            problems=self._weighed_problems(),
            skipped=self.skipped,
            needs=tuple(self.needs.values()),
            waiting=frozenset(self.waiting & self.unsettled),
        )

    def _visit(self, node: Node, *, in_order: bool) -> None:
        node_id = node.id
        definition = self.catalogue.get(node.type)
        before = len(self.problems)
        connected = self.wiring.connected.get(node_id, _NOTHING)
        arrivals, sources = self._arrivals(node_id) if connected else ({}, {})
        parents = {source.node for found in sources.values() for source in found} if sources else _NO_NODES
        if definition is None:
            types = (node_type.type for node_type in self.catalogue.types())
            self.problems.append(faults.unknown_type(node, types, self.suggestions))
            self.unsettled.add(node_id)
            self.unclear.add(node_id)
            if node.mode == "bypassed":
                self.passed[node_id] = {}
            self.compiled[node_id] = CompiledNode(
                node=node, definition=None, ports=_NO_PORTS, inputs=sources, parents=parents
            )
            return
        ports = self._ports(node, definition, sources, connected)
        settled = node_id not in self.unsettled
        mapped, wrapped = self._judge(node_id, arrivals, ports) if arrivals and in_order else (_NOTHING, _NOTHING)
        outputs = {name: list_of(kind) for name, kind in ports.outputs.items()} if mapped else ports.outputs
        params = typed_params(node, ports, connected, self.problems)
        if settled:
            if ports.needed and node.mode is None and node_id not in self.skipped:
                self.problems += missing_inputs(node, ports, connected)
            if node.params:
                self.problems += unknown_params(node, ports, self.suggestions)
        self.compiled[node_id] = compiled = CompiledNode(
            node=node, definition=definition, ports=ports, params=params, inputs=sources, parents=parents,
            mapped=mapped, wrapped=wrapped, outputs=outputs,
            known=self._complete(self.known.get(node_id), outputs) if not mapped else None,
            bound=self.bound.get(node_id, {}),
        )  # fmt: skip
        faulty = len(self.problems) > before and any(each.severity == "error" for each in self.problems[before:])
        if node_id in self.foldable and compiled.known is None and settled and not faulty:
            self._fold(node_id, compiled, ports)
        if faulty or (sources and (self.waiting or self.unclear)):
            self._note_state(node_id, definition, sources, faulty=faulty)
        if node.mode == "bypassed":
            self._pass_through(node_id, compiled)

    # Interfaces

    def _ports(self, node: Node, definition: NodeDefinition, sources: Sources, connected: frozenset[str]) -> Ports:
        fixed = self.fixed_ports.get(node.type)
        if fixed is None:
            fixed = self.fixed_ports[node.type] = Ports.of(definition.type.interface)
        if definition.resolve is None:
            return fixed
        misfits: list[Problem] = []
        typed = typed_params(node, fixed, connected, misfits)
        if misfits:  # they are reported against the fixed ports; a resolver need not deal with them
            self.unsettled.add(node.id)
            return fixed
        params = {
            name: typed.get(name, value)
            for name, value in node.params.items()
            if value is not None and name not in connected
        }
        arrived = {name: self._known_value(each, fixed.inputs.get(name)) for name, each in sources.items()}
        if any(value is _UNKNOWN and _is_plain(fixed.inputs.get(name)) for name, value in arrived.items()):
            self.open.add(node.id)
        view = NodeView(
            params=params,
            known={name: value for name, value in arrived.items() if value is not _UNKNOWN},
            connected=connected,
            descriptions=self.catalogue.descriptions,
            lock=self.lock,
        )
        return self._resolved(node, definition, sources, view)

    def _resolved(self, node: Node, definition: NodeDefinition, sources: Sources, view: NodeView) -> Ports:
        node_id = node.id
        resolution = resolve(node_id, definition, view)
        interface, outputs = resolution.resolved.interface, resolution.resolved.outputs
        self.problems += resolution.problems
        self.problems += (
            replace(warning, node=node_id, severity="warning") for warning in resolution.resolved.warnings
        )
        self.needs |= {need.key: need for need in interface.needs}
        self.repos |= resolution.resolved.repos
        self.bound[node_id] = resolution.resolved.bound
        upstream = self._unknown_sources(sources)
        if interface.pending:
            self.waiting.add(node_id)
        if resolution.problems or interface.pending or not upstream.isdisjoint(self.unclear):
            self.unsettled.add(node_id)
            self.unclear.add(node_id)
        if outputs is not None:
            self.known[node_id] = outputs
        return Ports.of(interface)

    def _note_state(self, node_id: NodeId, definition: NodeDefinition, sources: Sources, *, faulty: bool) -> None:
        upstream = self._unknown_sources(sources)
        if not upstream.isdisjoint(self.waiting):
            self.waiting.add(node_id)
        if definition.type.lane == "inline" and (faulty or not upstream.isdisjoint(self.unclear)):
            self.unclear.add(node_id)

    def _unknown_sources(self, sources: Sources) -> set[NodeId]:
        """The nodes upstream whose values are not known."""
        each = (source for found in sources.values() for source in found)
        return {source.node for source in each if source.port not in self.known.get(source.node, {})}

    # Values that follow from the graph

    def _foldable(self) -> set[NodeId]:
        """The inline nodes that dynamic ones depend on: only these are worked out here."""
        found: set[NodeId] = set()
        stack: list[NodeId] = []
        for node_id, node in self.wiring.nodes.items():
            definition = self.catalogue.get(node.type)
            if definition is not None and definition.resolve is not None:
                stack += self.wiring.parents[node_id]
        while stack:
            node_id = stack.pop()
            node = self.wiring.nodes[node_id]
            definition = self.catalogue.get(node.type)
            if node_id not in found and definition and (can_fold(definition) or node.mode == "bypassed"):
                found.add(node_id)
                stack += self.wiring.parents[node_id]
        return found

    def _known_value(self, sources: tuple[Source, ...], port: Port | None) -> Any:
        """What arrives at the input over these edges, or `_UNKNOWN`. An input of many edges gets one list."""
        values = [self.known.get(source.node, {}).get(source.port, _UNKNOWN) for source in sources]
        if any(value is _UNKNOWN for value in values):
            return _UNKNOWN
        if port is None or not port.many:
            return values[0]
        return [item for value in values for item in (value if isinstance(value, list) else [value])]

    def _fold(self, node_id: NodeId, compiled: CompiledNode, ports: Ports) -> None:
        """Work out the outputs of an inline node, if all that enters it is known."""
        definition = compiled.definition
        if definition is None or not can_fold(definition) or compiled.mapped or compiled.node.mode == "bypassed":
            return
        inputs = dict(compiled.params)
        for name, sources in compiled.inputs.items():
            value = self._known_value(sources, ports.inputs.get(name))
            if value is _UNKNOWN:
                return
            inputs[name] = [value] if name in compiled.wrapped else value
        known = self._complete(fold(definition, inputs), compiled.outputs)
        if known is not None:
            self.known[node_id] = known
            self.compiled[node_id] = msgspec.structs.replace(compiled, known=known)

    def _complete(self, known: Mapping[str, Any] | None, outputs: Mapping[str, str]) -> dict[str, Any] | None:
        """Known outputs, if they are all the outputs there are: only then the node need not run."""
        return dict(known) if known is not None and outputs.keys() <= known.keys() else None

    # Edges

    def _arrivals(self, node_id: NodeId) -> tuple[Arrivals, Sources]:
        """What the edges into each input bring, and the outputs that feed it; notes what is behind a muted node."""
        arrivals: Arrivals = {}
        sources: Sources = {}
        for name, edges in self.wiring.incoming[node_id].items():
            arrivals[name] = found = [(edge, self._source(edge)) for edge in edges]
            if given := tuple([source for _, source in found if source is not None]):
                sources[name] = given
        if self.muted and self.wiring.nodes[node_id].mode is None:
            self._note_muted(node_id, sources)
        return arrivals, sources

    def _source(self, edge: Edge) -> Source | None:
        """Where the edge's value comes from; None if a bypassed node has nothing to pass on."""
        passed = self.passed.get(edge.source) if self.passed else None
        if passed is None:
            return Source(edge.source, edge.sourceHandle)
        return passed.get(edge.sourceHandle)

    def _note_muted(self, node_id: NodeId, sources: Sources) -> None:
        for source in itertools.chain(*sources.values()):
            because = source.node if source.node in self.muted else self.skipped.get(source.node)
            if because is not None:
                self.skipped[node_id] = because
                return

    def _judge(self, node_id: NodeId, arrivals: Arrivals, ports: Ports) -> tuple[frozenset[str], frozenset[str]]:
        """Check the edges into a node; returns which inputs are mapped and which are wrapped."""
        mapped, wrapped = set(), set()
        settled = node_id not in self.unsettled
        for name, found in arrivals.items():
            port = ports.inputs.get(name)
            if port is None:
                if settled:
                    self.problems.append(
                        faults.no_input(found[0][0], ports.inputs, self.suggestions, dynamic=self._is_dynamic(node_id))
                    )
                continue
            if len(found) > 1 and not port.many:
                self.problems.append(faults.too_many_edges([edge for edge, _ in found]))
            wanted = list_of(port.type) if port.many else port.type
            for edge, source in found:
                how = self._connection(edge, source, wanted)
                if how == "map":
                    mapped.add(name)
                elif how == "wrap" and not port.many:
                    wrapped.add(name)
        return frozenset(mapped) if mapped else _NOTHING, frozenset(wrapped) if wrapped else _NOTHING

    def _connection(self, edge: Edge, source: Source | None, wanted: str) -> Connection | None:
        """How the edge's value enters the input; None if that cannot be said, or if it does not fit (a problem)."""
        outputs = {} if source is None or source.node in self.unsettled else self.compiled[source.node].outputs
        if source is None or (given := outputs.get(source.port)) is None:
            self._note_nothing_given(edge, source)
            return None
        how = connection(given, wanted)
        if how is None:
            giver_port = f"{source.node}.{source.port}"
            self.problems.append(faults.wrong_type(edge, giver=giver_port, given=given, wanted=wanted))
        return how

    def _note_nothing_given(self, edge: Edge, source: Source | None) -> None:
        """An edge brings nothing, or nobody knows what: say so if that is a fault."""
        giver = self.compiled[edge.source]
        if edge.source not in self.unsettled and edge.sourceHandle not in giver.outputs:
            dynamic = self._is_dynamic(edge.source)
            self.problems.append(faults.no_output(edge, giver.outputs, self.suggestions, dynamic=dynamic))
        elif source is None and edge.source not in self.waiting and self.wiring.nodes[edge.target].mode is None:
            self.problems.append(faults.nothing_to_pass(edge))

    def _pass_through(self, node_id: NodeId, compiled: CompiledNode) -> None:
        """Feed each output of a bypassed node from its first connected input of fitting type."""
        passed = self.passed[node_id] = {}
        names = [port.name for port in compiled.interface.inputs if port.name in compiled.inputs]
        sources = [compiled.inputs[name][0] for name in names]
        for name, kind in compiled.outputs.items():
            for source in sources:
                given = self.compiled[source.node].outputs.get(source.port) if source.node in self.compiled else None
                if given is not None and connection(given, kind) == "direct":
                    passed[name] = source
                    break

    def _is_dynamic(self, node_id: NodeId) -> bool:
        definition = self.catalogue.get(self.wiring.nodes[node_id].type)
        return definition is not None and definition.resolve is not None

    def _locked(self) -> Graph:
        """The graph with the commits of the repos in use. Others go, once nothing is left that may use them."""
        lock = self.graph.lock
        whole = not (self.unsettled or self.open)
        kept = {repo: locked for repo, locked in lock.repos.items() if not whole or repo in self.repos}
        found = {repo: commit for repo, commit in self.repos.items() if self.lock.get(repo) != commit}
        if not found and len(kept) == len(lock.repos):
            return self.graph
        repos = kept | {repo: LockedRepo(commit=commit) for repo, commit in found.items()}
        return self.graph.model_copy(update={"lock": lock.model_copy(update={"repos": repos})})

    # Problems

    def _idle(self, node_id: NodeId | str | None) -> bool:
        node = self.wiring.nodes.get(NodeId(node_id)) if node_id else None
        return node is not None and (node.mode is not None or node_id in self.skipped)

    def _weighed_problems(self) -> tuple[Problem, ...]:
        rank = {node_id: index for index, node_id in enumerate(self.wiring.nodes)} if self.problems else {}
        self.problems.sort(key=lambda problem: rank.get(NodeId(problem.node), -1) if problem.node else -1)
        return tuple(self._weighed(problem) for problem in self.problems)

    def _weighed(self, problem: Problem) -> Problem:
        harmless = self._idle(problem.node) and problem.code not in STRUCTURAL
        return replace(problem, severity="warning") if harmless else problem
