"""What nodes that become one take and make: whether their edges say what the blocks' names will say in one node."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NodeError, Problem
from engine.graph.document import Edge, Graph
from nodes.diffusion.facts import PIPELINE, SEED, STATE, Facts, refusal
from nodes.diffusion.handing import Bundles, bundles_of, last
from nodes.diffusion.names import OWN


class Merged:
    """Whether the edges between the nodes say what their names will say, and what is left outside."""

    def __init__(self, graph: Graph, pieces: list[Facts]) -> None:
        self.graph, self.pieces = graph, pieces
        self.place = {piece.id: index for index, piece in enumerate(pieces)}
        self.problems: list[Problem] = []
        self.into: dict[tuple[str, str], list[Edge]] = {}
        for edge in graph.edges:
            if edge.target in self.place:
                self.into.setdefault((edge.target, edge.targetHandle), []).append(edge)
        self.bundles = bundles_of(pieces)

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
