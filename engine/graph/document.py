"""The graph document: what canvas, REST, CLI and Python save and submit. One format, `blockloom/1`."""

import json
from itertools import islice
from typing import Any, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from engine.catalogue.plain import flaws, shown
from engine.errors import GraphError, Problem
from engine.graph.migrate import upgrade
from engine.graph.refusal import flawed, invalid

NodeId = NewType("NodeId", str)

FORMAT = "blockloom/1"
Mode = Literal["bypassed", "muted"]
NODE_ID = r"^[A-Za-z0-9_-]{1,64}$"

MAX_BYTES = 64 * 1024 * 1024
"""Of a document. Pictures belong into artifacts."""
MAX_NODES = 100_000
MAX_EDGES = 500_000
MAX_PROBLEMS = 20
"""How many of an unreadable document's problems are told."""


class Kept(BaseModel):
    """Data whose unknown fields are kept, so that what a newer canvas or a person adds is not lost."""

    model_config = ConfigDict(extra="allow")


class Position(Kept):
    """Canvas coordinates of the top left corner, in px at zoom 1."""

    x: float = 0.0
    y: float = 0.0


class Node(Kept):
    """One use of a node type. Fields it does not know (`title`, `size`, …) belong to the view and are kept."""

    id: NodeId = Field(pattern=NODE_ID)
    type: str = Field(min_length=1, max_length=200)
    params: dict[str, JsonValue] = {}
    mode: Mode | None = None
    position: Position = Position()


class Edge(Kept):
    """From an output (`source`, `sourceHandle`) to an input (`target`, `targetHandle`); the names are React Flow's."""

    source: NodeId = Field(max_length=200)
    sourceHandle: str = Field(max_length=200)
    target: NodeId = Field(max_length=200)
    targetHandle: str = Field(max_length=200)

    def __str__(self) -> str:
        return f"{self.source}.{self.sourceHandle} → {self.target}.{self.targetHandle}"


class LockedRepo(Kept):
    commit: str


class Lock(Kept):
    """The commit of every repo that the graph uses."""

    repos: dict[str, LockedRepo] = {}


class Graph(BaseModel):
    """Nodes and edges, the lock, and the view, which the engine ignores."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["blockloom/1"] = "blockloom/1"
    name: str = Field(default="Untitled", max_length=200)
    nodes: list[Node] = []
    edges: list[Edge] = []
    lock: Lock = Lock()
    view: dict[str, Any] = {}


def load_graph(data: bytes | str | dict[str, Any]) -> Graph:
    """The graph in a JSON text (UTF-8), or in what was read from one; older formats are upgraded.

    Raises GraphError with everything that keeps it from being read. What the nodes mean is compile's business.
    """
    return graph_in(parse_document(data) if isinstance(data, bytes | str) else data)


def graph_in(data: Any) -> Graph:
    """The graph in what was read from JSON, which may be anything; otherwise as `load_graph`."""
    document = _object(data)
    problems = [flawed(document, flaw) for flaw in islice(flaws(document), MAX_PROBLEMS)]
    if problems:
        raise GraphError(problems)
    document = upgrade(document, to=FORMAT)
    _check_counts(document)
    try:
        return Graph.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise GraphError([invalid(document, detail) for detail in details[:MAX_PROBLEMS]]) from error


def dump_graph(graph: Graph) -> str:
    """`graph` as JSON text: fields in the order of the format, defaults left out, params in their own order.

    Loading the text gives an equal graph, and dumping that the same text.
    """
    fields = {"format": graph.format, "name": graph.name} | graph.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def compact_graph(graph: Graph) -> str:
    """`graph` as JSON text in one line, defaults left out: for machines, which `load_graph` reads as well."""
    fields = graph.model_dump_json(exclude_defaults=True, exclude={"format"}).removeprefix("{")
    return f'{{"format":"{FORMAT}"{"" if fields == "}" else ","}{fields}'


def parse_document(data: bytes | str) -> dict[str, Any]:
    """The JSON object in a text (UTF-8), of a graph or of what can become one. Raises GraphError."""
    size = len(data)
    if size > MAX_BYTES:
        raise _unreadable(
            "too_large", f"The graph has {size / 2**20:,.0f} MB; at most {MAX_BYTES // 2**20} MB are read.",
            "Upload pictures and other files as artifacts instead of putting them into the graph.",
        )  # fmt: skip
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        document = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        message = f"The graph is not UTF-8 text (byte {error.start})."
        raise _unreadable("bad_json", message, "Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        message = f"The graph is not valid JSON (line {error.lineno}, column {error.colno}): {error.msg}."
        raise _unreadable("bad_json", message, "Mend it there.") from error
    except RecursionError as error:
        raise _unreadable("too_deep", "The graph is nested too deeply to be read.") from error
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise _unreadable("too_large", "The graph holds an integer beyond 64 bits.") from error
    return _object(document)


def _object(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _unreadable("bad_graph", f"A graph is a JSON object; this is {shown(document)}.")
    return document


def _no_constant(name: str) -> None:
    message = f"The graph holds {name}, which JSON does not have."
    raise _unreadable("not_finite", message, "Use a finite number or null.")


def _check_counts(document: dict[str, Any]) -> None:
    for field, limit in (("nodes", MAX_NODES), ("edges", MAX_EDGES)):
        items = document.get(field)
        if isinstance(items, list) and len(items) > limit:
            raise _unreadable("too_large", f"The graph has {len(items):,} {field}; at most {limit:,} are read.")


def _unreadable(code: str, message: str, remedy: str = "") -> GraphError:
    return GraphError(Problem(code=code, message=message, remedy=remedy))
