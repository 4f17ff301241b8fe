"""Several block nodes become one, composed of the same blocks in sequence.

Two steps, as in `expand`: `drafts` puts one node in the place of many, in the simplest way first (the whole pipeline,
or one stage, if the nodes are exactly that); `checked` says whether that node, compiled, has all the ports in use.

In sequence blocks hand values on by name, whatever the edges were. So what the edges say must be what the names say:
where it is not, the nodes stay as they are, and the problem says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled
from engine.graph.document import Edge, Graph, Node, NodeId
from engine.graph.topology import ancestors, order
from nodes.diffusion.edits import GraphEdit, edges_of, free_id
from nodes.diffusion.expand import parts_of
from nodes.diffusion.facts import (
    BLOCK,
    CUSTOM,
    OWN,
    PIPELINE,
    SEED,
    STATE,
    Bundles,
    Descriptions,
    Facts,
    bundle_ports,
    facts_of,
    last,
    refusal,
    require_no_workflow,
)
from nodes.diffusion.parts import Part, part_name


@dataclass(frozen=True)
class Draft:
    """The edit, and the graph after it, to be compiled."""

    edit: GraphEdit
    graph: Graph
    node: str


def drafts(graph: Graph, compiled: Compiled, descriptions: Descriptions, node_ids: Iterable[str]) -> list[Draft]:
    """The first step: the ways to say it, the simplest first. Raises NodeError if the nodes can't be one."""
    chosen = set(node_ids)
    if len(chosen) < 2:
        raise refusal(None, "One node can't be collapsed.", "Choose two block nodes or more.", "too_few_nodes")
    _require_convex(graph, chosen)
    pieces = [
        facts_of(graph, compiled, descriptions, node) for node in _in_order(graph, compiled, descriptions, chosen)
    ]
    _require_alike(compiled, pieces)
    merged = _Merged(graph, pieces)
    merged.check_inner()
    params, edges = merged.inputs()
    edges += merged.outputs()
    first = next(piece for piece in graph_order(graph, pieces))
    found = []
    for own in _ways(pieces):
        name = free_id(_name(own, pieces), {node.id for node in graph.nodes} - chosen)
        node = Node(id=name, type=BLOCK, params=own | params, mode=None, position=first.node.position)
        new = [_renamed(edge, chosen, name) for edge in edges]
        edit = GraphEdit(
            remove_nodes=[node.id for node in graph.nodes if node.id in chosen],
            add_nodes=[node],
            remove_edges=edges_of(graph, chosen),
            add_edges=list({str(edge): edge for edge in new}.values()),
            problems=merged.problems,
        )
        found.append(Draft(edit, edit.applied(graph), name))
    return found


def checked(draft: Draft, compiled: Compiled) -> GraphEdit:
    """The second step. Raises NodeError if the new node lacks a port in use, or does not compile."""
    node = compiled.nodes[NodeId(draft.node)]
    for problem in compiled.errors:
        if problem.node == draft.node and problem.code not in ("missing_input", "unknown_port"):
            raise NodeError(problem)
    for edge in draft.edit.add_edges:
        port, found = (
            (edge.targetHandle, node.interface.input(edge.targetHandle))
            if edge.target == draft.node
            else (edge.sourceHandle, node.interface.output(edge.sourceHandle))
        )
        if found is None:
            raise refusal(
                draft.node, f"The one node would have no port {port}, which is connected.",
                "Leave out the node whose port it is, or disconnect it.", "no_port",
            )  # fmt: skip
    return draft.edit


def graph_order(graph: Graph, pieces: Iterable[Facts]) -> list[Facts]:
    place = {node.id: index for index, node in enumerate(graph.nodes)}
    return sorted(pieces, key=lambda piece: place[piece.id])


# Which nodes, in which order


def _require_convex(graph: Graph, chosen: set[str]) -> None:
    """No path may leave the chosen nodes and come back: what lies between would have to run in mid-node."""
    parents = _parents(graph)
    if unknown := sorted(chosen - parents.keys()):
        raise refusal(None, f"There is no node {unknown[0]!r}.", "Name nodes of the graph.", "no_node")
    above = ancestors(parents, chosen) - chosen
    for node in graph.nodes:
        if node.id in above and ancestors(parents, [node.id]) & chosen:
            raise refusal(
                node.id, f"{node.id} lies between the chosen nodes: it needs one of them, and another one needs it.",
                "Choose it as well, or leave out what comes before or after it.", "not_convex",
            )  # fmt: skip


def _in_order(graph: Graph, compiled: Compiled, descriptions: Descriptions, chosen: set[str]) -> list[str]:
    """The chosen nodes as they will run: by their edges and, where these leave it open, as in the pipeline."""
    places: dict[str, float] = {}
    for index, node in enumerate(graph.nodes):
        if node.id in chosen:
            facts = facts_of(graph, compiled, descriptions, node.id)
            paths = list(facts.description["tree"]) if node.type == BLOCK else []
            own = [part.block for part in parts_of(facts) if part.repo is None]
            known = next((paths.index(path) for path in own if path in paths), None)
            places[node.id] = index / len(graph.nodes) if known is None else float(known + 1)
    parents = _parents(graph)
    return order(
        {node: [above for above in parents[node] if above in chosen] for node in sorted(places, key=places.__getitem__)}
    )


def _parents(graph: Graph) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        if edge.target in parents and edge.source in parents:
            parents[edge.target].append(edge.source)
    return parents


def _require_alike(compiled: Compiled, pieces: list[Facts]) -> None:
    """Raise NodeError if the nodes are of different pipelines, or do not run once each."""
    first = next((piece for piece in pieces if piece.ref is not None), None)
    for piece in pieces:
        require_no_workflow(piece)
        if piece.node.mode is not None:
            raise refusal(piece.id, f"{piece.id} is {piece.node.mode}.", "Switch it on first.", "not_active")
        if compiled.nodes[NodeId(piece.id)].mapped:
            remedy = "Leave it out: one node runs all its blocks once."
            raise refusal(piece.id, f"{piece.id} runs once for each item of a list.", remedy, "mapped")
        if first is not None and piece.ref is not None and piece.ref != first.ref:
            raise refusal(
                piece.id, f"{piece.id} belongs to another pipeline than {first.id}.",
                "Choose nodes of one pipeline, in the same workflow.", "mixed_pipelines",
            )  # fmt: skip
        if piece.ref is None and first is not None and piece.node.type == BLOCK and not piece.parts:
            raise refusal(piece.id, f"{piece.id} has no pipeline.", "Connect it.", "mixed_pipelines")


# How the one node is called


def _ways(pieces: list[Facts]) -> list[dict[str, Any]]:
    """The params that say which blocks the node runs: a single path if there is one, parts in any case."""
    parts = [part for piece in pieces for part in _whole_part(piece)]
    folded = _folded(parts, next((p.description["tree"] for p in pieces if p.node.type == BLOCK), []))
    as_parts = {"parts": [part.to_json() for part in named(folded)]}
    if len(folded) == 1 and folded[0].repo is None:
        plain = {"parts": [part.to_json() for part in named(parts)]}
        return [{"block": folded[0].block}, plain]
    return [as_parts]


def _whole_part(piece: Facts) -> list[Part]:
    if piece.parts:
        return list(piece.parts)
    if piece.node.type == CUSTOM:
        repo = str(piece.node.params["repo"])
        return [Part(name=part_name(repo), block="", repo=repo)]
    return [Part(name=part_name(piece.path.rpartition(".")[2]) or "pipeline", block=piece.path)]


def _folded(parts: list[Part], paths: Iterable[str]) -> list[Part]:
    """Blocks that are all of what lies below a path, in order, as that path."""
    below: dict[str, list[str]] = {}
    for path in paths:
        below.setdefault(path.rpartition(".")[0], []).append(path)
    found = list(parts)
    for above, children in sorted(below.items(), key=lambda item: -item[0].count(".") - bool(item[0])):
        for start in range(len(found) - len(children) + 1):
            run = found[start : start + len(children)]
            if [part.block for part in run] == children and all(part.repo is None for part in run):
                name = above.rpartition(".")[2] or "pipeline"
                found[start : start + len(children)] = [Part(name=name, block=above)]
                break
    return found


def named(parts: Iterable[Part]) -> list[Part]:
    """The parts with names that are all different."""
    found: list[Part] = []
    for part in parts:
        name, number = part.name, 1
        while name in {other.name for other in found}:
            number += 1
            name = f"{part.name}_{number}"
        found.append(part.model_copy(update={"name": name}))
    return found


def _name(own: Mapping[str, Any], pieces: list[Facts]) -> str:
    if "block" in own:
        return str(own["block"])
    return f"{pieces[0].id}_{pieces[-1].id}" if len(pieces) == 2 else f"{pieces[0].id}_to_{pieces[-1].id}"


def _renamed(edge: Edge, chosen: set[str], name: str) -> Edge:
    source = name if edge.source in chosen else edge.source
    target = name if edge.target in chosen else edge.target
    return edge.model_copy(update={"source": source, "target": target})


# What its inputs and outputs are


class _Merged:
    """Whether the edges between the nodes say what their names will say, and what is left outside."""

    def __init__(self, graph: Graph, pieces: list[Facts]) -> None:
        self.graph, self.pieces = graph, pieces
        self.place = {piece.id: index for index, piece in enumerate(pieces)}
        self.problems: list[Problem] = []
        self.into: dict[tuple[str, str], list[Edge]] = {}
        for edge in graph.edges:
            if edge.target in self.place:
                self.into.setdefault((edge.target, edge.targetHandle), []).append(edge)
        self.bundles = {port: Bundles(pieces, port) for port in bundle_ports(pieces)}

    # Within

    def check_inner(self) -> None:
        """Raise NodeError where a block would get another value than it gets now."""
        for index, piece in enumerate(self.pieces):
            for edge in self._inner(piece):
                if edge.sourceHandle != edge.targetHandle:
                    raise refusal(
                        piece.id, f"{edge.source}.{edge.sourceHandle} feeds {piece.id}.{edge.targetHandle}: in one "
                        "node values are handed on under their own name only.",
                        "Leave one of the two nodes out.", "renamed",
                    )  # fmt: skip
            for bundles in self.bundles.values():
                self._check_bundle(index, bundles)
            for name in piece.names:
                if name not in self.bundles and name != SEED and name not in piece.bundled:
                    self._check_input(index, name)

    def _check_input(self, index: int, name: str) -> None:
        piece, maker = self.pieces[index], last(self.pieces[:index], name)
        edges = self.into.get((piece.id, name), [])
        if maker is None or any(self.place.get(edge.source) == maker for edge in edges):
            return
        by = self.pieces[maker].id
        if edges or piece.node.params.get(name) is not None or not self._is_plain(piece, name):
            raise self._other_value(piece, name, by)
        self.problems.append(
            Problem(
                code="now_connected", severity="warning", node=piece.id, port=name,
                message=f"In one node {piece.id} takes {name} from {by}; it was not connected before.",
                remedy="Undo it if that is not what you want.",
            )
        )  # fmt: skip

    def _is_plain(self, piece: Facts, name: str) -> bool:
        """Whether it is an input of the block, rather than a state that the node is given."""
        return any(item["name"] == name for item in piece.description["inputs"]) and name != STATE

    def _check_bundle(self, index: int, bundles: Bundles) -> None:
        piece, port = self.pieces[index], bundles.port
        edges = self.into.get((piece.id, port), [])
        inner = [self.place[edge.source] for edge in edges if edge.source in self.place]
        bundles.note(index, inner)
        arriving = bundles.merged(inner)
        if not piece.takes(port):
            return
        if inner and any(edge.source not in self.place for edge in edges[-len(inner) :]):
            raise refusal(
                piece.id, f"{piece.id} gets {port} from outside after those of a chosen node; in one node they "
                "come before.", "Leave it out, or connect them in the other order.", "other_value",
            )  # fmt: skip
        for name, maker in _newest(self.pieces[:index], port).items():
            direct = self.into.get((piece.id, name), [])
            if any(self.place.get(edge.source) == maker for edge in direct) or not piece.uses(name, port):
                continue
            if arriving.get(name) != maker or direct:
                raise self._other_value(piece, name if direct else port, self.pieces[maker].id)

    def _other_value(self, piece: Facts, name: str, by: str) -> NodeError:
        return refusal(
            piece.id, f"In one node {piece.id} would take {name} from {by}, which it does not now.",
            f"Connect {by}.{name} to {piece.id}.{name}, or leave one of the two out.", "other_value",
        )  # fmt: skip

    def _inner(self, piece: Facts) -> list[Edge]:
        return [edge for edge in self.graph.edges if edge.target == piece.id and edge.source in self.place]

    # From outside

    def inputs(self) -> tuple[dict[str, Any], list[Edge]]:
        """Params and edges that the one node keeps. Raises NodeError where nodes were given different values."""
        params: dict[str, Any] = {}
        edges = [edge for piece in self.pieces for edge in self.into.get((piece.id, PIPELINE), [])][:1]
        names = list(dict.fromkeys(port.name for piece in self.pieces for port in piece.inputs))
        for name in names:
            if name in self.bundles:
                edges += self._bundle_edges(name)
            else:
                self._merge(name, params, edges)
        for piece in self.pieces:
            unknown = {name: value for name, value in piece.node.params.items() if name not in {*names, *OWN}}
            params = unknown | params
        return params, edges

    def _merge(self, name: str, params: dict[str, Any], edges: list[Edge]) -> None:
        takers = [piece for index, piece in enumerate(self.pieces) if self._from_outside(index, name)]
        takers = takers[:1] if name in (SEED, STATE) else takers
        given = [self._given(piece, name) for piece in takers]
        told = next((each for each in given if not each.default), given[0] if given else None)
        for piece, each in zip(takers, given, strict=True):
            assert told is not None
            if each.default and each.value is None and not told.edge:
                continue  # the block takes what comes
            if not _alike(each, told):
                raise refusal(
                    piece.id, f"{takers[0].id} and {piece.id} are given different values of {name}; one node has one.",
                    f"Give both the same {name}, or leave one of the two out.", "different_values",
                )  # fmt: skip
        if told is not None and told.edge is not None:
            edges.append(told.edge)
        elif told is not None and not told.default:
            params[name] = told.value

    def _given(self, piece: Facts, name: str) -> "_Given":
        edges = self.into.get((piece.id, name))
        if edges:
            return _Given(edge=edges[0])
        value = piece.node.params.get(name)
        if value is not None or (name == SEED and name in piece.node.params):
            return _Given(value=value)
        return _Given(value=piece.defaults[name], default=True)

    def _from_outside(self, index: int, name: str) -> bool:
        """Whether the block at `index` gets `name` from what the one node is given."""
        piece = self.pieces[index]
        if not piece.takes(name) or last(self.pieces[:index], name) is not None:
            return False
        return not (name == SEED and any(edge.source in self.place for edge in self.into.get((piece.id, STATE), [])))

    def _bundle_edges(self, port: str) -> list[Edge]:
        """A bundle from outside. Raises NodeError unless all nodes that take it get the same."""
        told: list[Edge] | None = None
        for piece in self.pieces:
            if not piece.takes(port):
                continue
            edges = self.into.get((piece.id, port), [])
            outer = [edge for edge in edges if edge.source not in self.place]
            if not outer and any(self._hands_on(edge, port) for edge in edges):
                continue
            told = outer if told is None else told
            if [(edge.source, edge.sourceHandle) for edge in outer] != [(e.source, e.sourceHandle) for e in told]:
                raise refusal(
                    piece.id, f"{piece.id} gets other {port} from outside than the nodes before it; one node has one.",
                    "Connect the same ones, or leave it out.", "different_values",
                )  # fmt: skip
        return told or []

    def _hands_on(self, edge: Edge, port: str) -> bool:
        return edge.source in self.place and self.pieces[self.place[edge.source]].takes(port)

    def outputs(self) -> list[Edge]:
        """The edges to nodes outside. Raises NodeError where the one node would give another value."""
        found = []
        for edge in self.graph.edges:
            if edge.source not in self.place or edge.target in self.place:
                continue
            source = self.place[edge.source]
            if not self._is_last(source, edge.sourceHandle):
                raise refusal(
                    edge.source, f"{edge.target} uses {edge.sourceHandle} of {edge.source}, but the one node would "
                    "give that of a later one.",
                    f"Choose {edge.target} as well, or leave {edge.source} out.", "other_value",
                )  # fmt: skip
            found.append(edge)
        return found

    def _is_last(self, index: int, name: str) -> bool:
        if name in self.bundles:
            return self.bundles[name].merged([index]) == _newest(self.pieces, name)
        return last(self.pieces, name) == index


def _newest(pieces: Sequence[Facts], port: str) -> dict[str, int]:
    """Who made each value of a bundle last."""
    return {name: place for place, piece in enumerate(pieces) for name in piece.bundles(port)}


@dataclass(frozen=True)
class _Given:
    """What an input was given: an edge, or a value, which may be the block's own default."""

    edge: Edge | None = None
    value: Any = None
    default: bool = False


def _alike(one: _Given, other: _Given) -> bool:
    if one.edge is not None and other.edge is not None:
        return (one.edge.source, one.edge.sourceHandle) == (other.edge.source, other.edge.sourceHandle)
    if one.edge is not None or other.edge is not None or isinstance(one.value, bool) != isinstance(other.value, bool):
        return False
    return bool(one.value == other.value)
