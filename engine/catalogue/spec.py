"""What the catalogue says of a node type, as plain data: shown to the canvas, REST and the CLI as it is."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

Lane = Literal["inline", "cpu", "gpu"]
"""Where a node runs: in the server (small pure data only), on a worker's threads, or one at a time on its device."""

CachePolicy = Literal["auto", "always", "never"]
"""Which results are kept on disk: those that took longer than reading them back, all, or none (and none is reused)."""

MAX_EXACT_INT = 2**53 - 1
"""The largest whole number that JSON readers everywhere keep exact."""

WidgetKind = Literal[
    "text", "multiline", "number", "slider", "select", "combobox", "repo", "checkbox", "seed", "color",
    "file", "image", "mask", "video", "json",
]  # fmt: skip


class Data(BaseModel):
    """Frozen data that rejects unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Widget(Data):
    """How a param is edited. `options` are the allowed values of a select, the suggestions of a combobox or a repo.

    A `repo` is a repo id or a local folder: what is on the machine is suggested, and a button loads it.
    """

    kind: WidgetKind
    min: float | None = None
    max: float | None = None
    step: float | None = None
    options: tuple[JsonValue, ...] = ()
    placeholder: str = ""


class Port(Data):
    """A typed input or output. An input without an edge is a param, edited with `widget`.

    `required` inputs need an edge or a value. `many` inputs take several edges, which arrive as one list in edge
    order. An `optional` output may hold nothing (None). `advanced` ports are folded away at first.
    """

    name: str
    type: str
    title: str = ""
    description: str = ""
    required: bool = False
    default: JsonValue = None
    widget: Widget | None = None
    advanced: bool = False
    many: bool = False
    optional: bool = False


class Need(Data):
    """A question that a worker must answer before an interface is known: asked of the describer `subject`."""

    subject: str
    request: dict[str, JsonValue]

    @property
    def key(self) -> str:
        """The same for equal questions."""
        return f"{self.subject} {json.dumps(self.request, sort_keys=True)}"


class Interface(Data):
    """The ports a node has now; `pending` while it `needs` answers to know them."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def pending(self) -> bool:
        return bool(self.needs)

    def input(self, name: str) -> Port | None:
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> Port | None:
        return next((port for port in self.outputs if port.name == name), None)


class Preset(Data):
    """A palette entry: the node type with some params set."""

    title: str
    description: str = ""
    category: str = ""
    params: dict[str, JsonValue] = {}


class NodeType(Data):
    """The definition of a node, without its code.

    A `dynamic` type's interface follows from params and upstream; `interface` is then what it has before anything is
    known. `output` marks what a person looks at (preview, save): a run without targets runs the graph's outputs.
    A type that `reads_graph` may ask for the graph of the run (`Context.graph`).
    """

    type: str
    title: str
    category: str
    description: str = ""
    lane: Lane = "cpu"
    version: int = 1
    cache: CachePolicy = "auto"
    dynamic: bool = False
    output: bool = False
    reads_graph: bool = False
    interface: Interface = Interface()
    presets: tuple[Preset, ...] = ()
    keywords: tuple[str, ...] = ()
    pack: str = ""


Params = dict[str, Any]
