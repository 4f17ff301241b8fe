"""The translated nodes of a Mellon workflow, put together: ids, places, edges, a note and the report."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from pydantic import BaseModel

from engine.graph.document import Graph, load_graph
from nodes.diffusion.mellon.file import End, MellonEdge, MellonFile, MellonNode, read_file
from nodes.diffusion.mellon.kinds import translate
from nodes.diffusion.mellon.translation import PLACEHOLDER, Made, Ref, Status

NAMES = {
    "diffusion.pipeline": "load",
    "diffusion.custom": "block",
    "text_encoder": "encode",
    "vae_encoder": "encode_image",
    "image.load": "picture",
    "image.preview": "show",
    "image.save": "save",
    "value.text": "text",
}
"""Ids by type, and of block nodes by stage; for all others the last part of either."""

MANY = {("list.make", "items")}
"""Inputs that take several edges."""

WIDTHS = (200, 560)
"""px, as the canvas has them; Mellon's nodes can be as wide as a picture."""

NOTE_WIDTH, NOTE_LINE, NOTE_LETTERS = 520, 21, 68
"""px, px, and how many letters fit into a line."""
MAX_NOTE = 900
"""px; a longer one scrolls."""
LONGEST_NOTE = 8_000
"""Characters; the report has everything."""

Link = tuple[str, str, str, str]
"""Source, its output, target, its input."""


class Line(BaseModel):
    """What became of one node of the workflow.

    `node` is its id in the graph (of several the main one's), or Mellon's id if nothing stands for it any more.
    """

    node: str
    status: Status
    text: str


class Imported(BaseModel):
    """A graph that was made of another program's workflow, and a line for each node of that."""

    graph: Graph
    report: list[Line]


def import_mellon(document: Any, name: str = "Mellon workflow") -> Imported:
    """`document` is what Mellon saved, read from JSON. Raises GraphError if it is no such thing."""
    return _Assembly(read_file(document)).result(name)


class _Assembly:
    """One import under way."""

    def __init__(self, file: MellonFile) -> None:
        self.file = file
        self.translations = {node_id: translate(node, file) for node_id, node in file.nodes.items()}
        self.ids: dict[tuple[str, str], str] = {}  # by Mellon's id and the key of the node that is made
        self.types: dict[str, str] = {}
        self.remarks: dict[str, list[str]] = {key: list(each.remarks) for key, each in self.translations.items()}
        self._name_all()

    def result(self, name: str) -> Imported:
        edges = self._edges()
        needed = self._needed(edges)
        nodes = [
            self._document(self.file.nodes[node_id], made, idle=self.ids[node_id, made.key] not in needed)
            for node_id, translation in self.translations.items()
            for made in translation.nodes
        ]
        report = [self._line(node_id) for node_id in self.translations]
        report += [Line(node="", status="dropped", text=text) for text in self.file.lost]
        view = {"notes": [note]} if (note := self._note()) else {}
        document = {"format": "blockloom/1", "name": name[:200], "nodes": nodes, "edges": edges, "view": view}
        return Imported(graph=load_graph(document), report=report)

    def _needed(self, edges: list[dict[str, str]]) -> set[str]:
        """The nodes that are mapped, and all that feed them."""
        found: set[str] = set()
        stack = [name for name, kind in self.types.items() if not kind.startswith(PLACEHOLDER)]
        givers: dict[str, list[str]] = {}
        for edge in edges:
            givers.setdefault(edge["target"], []).append(edge["source"])
        while stack:
            if (name := stack.pop()) not in found:
                found.add(name)
                stack += givers.get(name, ())
        return found

    def _name_all(self) -> None:
        taken: set[str] = set()
        for node_id, translation in self.translations.items():
            for made in translation.nodes:
                base = _base_id(made)
                candidates = (base if number == 1 else f"{base}_{number}" for number in range(1, len(taken) + 2))
                chosen = next(candidate for candidate in candidates if candidate not in taken)
                taken.add(chosen)
                self.ids[node_id, made.key] = chosen
                self.types[chosen] = made.type

    def _document(self, node: MellonNode, made: Made, *, idle: bool) -> dict[str, Any]:
        x, y = node.x + made.offset[0], node.y + made.offset[1]
        document: dict[str, Any] = {
            "id": self.ids[node.id, made.key],
            "type": made.type,
            "params": dict(made.params),
            "position": {"x": round(x, 1), "y": round(y, 1)},
            **made.extra,
        }
        if node.width and len(self.translations[node.id].nodes) == 1:  # several need its room
            document["width"] = round(min(max(node.width, WIDTHS[0]), WIDTHS[1]))
        if self.translations[node.id].status == "placeholder" and idle:
            document["mode"] = "muted"  # nothing waits for it: the graph runs without it
        return document

    # Edges

    def _edges(self) -> list[dict[str, str]]:
        edges: dict[Link, None] = {}
        taken: dict[tuple[str, str], str] = {}
        for source, out, target, into in (*self._inner(), *self._outer()):
            place = (target, into)
            several = (self.types[target], into) in MANY or self.types[target].startswith(PLACEHOLDER)
            if several or taken.setdefault(place, source) == source:
                edges[source, out, target, into] = None
        return [
            {"source": source, "sourceHandle": out, "target": target, "targetHandle": into}
            for source, out, target, into in edges
        ]

    def _inner(self) -> Iterator[Link]:
        for node_id, translation in self.translations.items():
            for giver, out, taker, into in translation.links:
                yield self.ids[node_id, giver], out, self.ids[node_id, taker], into

    def _outer(self) -> Iterator[Link]:
        for edge in self.file.edges:
            givers, takers = self._givers(edge.source), self._takers(edge.target)
            if not givers or not takers:
                self._missed(edge)
                continue
            pairs = zip(givers, takers, strict=False) if len(givers) > 1 else product(givers, takers)
            for giver, taker in pairs:
                yield self.ids[giver.node, giver.key], giver.port, self.ids[taker.node, taker.key], taker.port

    def _givers(self, end: End) -> tuple[Ref, ...]:
        translation = self.translations[end.node]
        if translation.status == "placeholder":
            return (Ref(end.node, end.handle),)
        found = translation.outputs.get(end.handle, ())
        return (found,) if isinstance(found, Ref) else found

    def _takers(self, end: End) -> tuple[Ref, ...]:
        translation = self.translations[end.node]
        if translation.status == "placeholder":
            return (Ref(end.node, end.handle),)
        return translation.inputs.get(end.handle, ())

    def _missed(self, edge: MellonEdge) -> None:
        """Say that an edge is gone, unless its end says that it is not needed."""
        giver, taker = self.translations[edge.source.node], self.translations[edge.target.node]
        covered = edge.target.handle in taker.covered or edge.target.handle in giver.covered
        if not covered and taker.nodes:
            label = self.file.nodes[edge.source.node].label
            self.remarks[edge.target.node].append(
                f"The edge from {label} ({edge.source.handle}) to {edge.target.handle} has no counterpart."
            )

    # What a person reads

    def _line(self, node_id: str) -> Line:
        translation = self.translations[node_id]
        text = " ".join([translation.text, *self.remarks[node_id]])
        return Line(node=self._shown_id(node_id), status=translation.status, text=text)

    def _shown_id(self, node_id: str) -> str:
        made = self.translations[node_id].nodes
        return self.ids[node_id, made[0].key] if made else node_id

    def _note(self) -> dict[str, Any] | None:
        """What needs a person's attention, above the nodes."""
        lines = [f"- **{node}**: {text}" for node, text in self._attention()]
        if not lines:
            return None
        text = "\n".join(["### From Mellon", *lines])
        places = [(node.x, node.y) for node in self.file.nodes.values()]
        height = min(64 + NOTE_LINE * sum(len(line) // NOTE_LETTERS + 1 for line in lines), MAX_NOTE)
        return {
            "id": "from_mellon",
            "text": text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]}…",
            "tint": "amber",
            "x": min((x for x, _ in places), default=0.0),
            "y": min((y for _, y in places), default=0.0) - height - 60,
            "width": NOTE_WIDTH,
            "height": height,
        }

    def _attention(self) -> Iterator[tuple[str, str]]:
        for node_id, translation in self.translations.items():
            parts = [translation.text] if translation.status == "placeholder" else []
            if parts := [*parts, *self.remarks[node_id]]:
                yield self._shown_id(node_id), " ".join(parts)
        for text in self.file.lost:
            yield "file", text


def _base_id(made: Made) -> str:
    block = made.params.get("block") if made.type == "diffusion.block" else None
    kind = block if isinstance(block, str) and block else made.type
    name = NAMES.get(kind) or kind.rpartition(".")[2]
    return re.sub(r"[^a-z0-9_-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")[:48] or "node"
