"""A small catalogue and a way to draw graphs in one line, for the tests of compile."""

from typing import Annotated, Any

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.define import In, NodeDefinition, NodeView, Out, Resolved, node
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.catalogue.types import Image, Json, Latents, Mask
from engine.errors import NodeError, Problem
from engine.graph.compile import Compiled, compile_graph
from engine.graph.document import Edge, Graph, Node

CALLS: list[str] = []
"""The texts that `text` nodes were called with, since a test emptied it."""


@node("image", title="Image", category="T")
def image() -> Annotated[Image, Out("image")]:
    """A picture."""
    raise NotImplementedError


@node("images", title="Images", category="T")
def images() -> Annotated[list[Image], Out("images")]:
    """Pictures."""
    raise NotImplementedError


@node("latents", title="Latents", category="T")
def latents() -> Annotated[Latents, Out("latents")]:
    """Latents."""
    raise NotImplementedError


@node("invert", title="Invert", category="T")
def invert(
    image: Annotated[Image, In("Picture")], mask: Annotated[Mask | None, In("Where")] = None
) -> Annotated[Image, Out("image")]:
    """A picture from a picture."""
    raise NotImplementedError


@node("split", title="Split", category="T")
def split(image: Annotated[Image, In("Picture")]) -> tuple[
    Annotated[list[Image], Out("tiles")], Annotated[int, Out("count")]
]:  # fmt: skip
    """Pictures from a picture."""
    raise NotImplementedError


@node("sheet", title="Sheet", category="T")
def sheet(images: Annotated[list[Image], In("Pictures", many=True)]) -> Annotated[Image, Out("image")]:
    """One picture from many."""
    raise NotImplementedError


@node("strip", title="Strip", category="T")
def strip(images: Annotated[list[Image], In("Pictures")]) -> Annotated[Image, Out("image")]:
    """One picture from a list."""
    raise NotImplementedError


@node("params", title="Params", category="T")
def params(
    steps: Annotated[int, In("Steps", min=1, max=150)] = 20,
    scale: Annotated[float, In("Scale", min=0)] = 7.5,
    mode: Annotated[str, In("Mode", options=("fit", "fill"))] = "fit",
    name: Annotated[str, In("Name")] = "",
    flag: Annotated[bool, In("Flag")] = False,
    sizes: Annotated[list[int] | None, In("Sizes")] = None,
    data: Annotated[Json, In("Data")] = None,
    lora: Annotated[Json, In("LoRA", type="lora")] = None,
) -> Annotated[float, Out("result")]:
    """One param of each type."""
    raise NotImplementedError


@node("photo", title="Photo", category="T")
def photo(file: Annotated[str, In("A picture file", widget="image")]) -> Annotated[Image, Out("image")]:
    """A picture from a file."""
    raise NotImplementedError


@node("text", title="Text", category="T", lane="inline")
def text(text: Annotated[str, In("Text")]) -> Annotated[str, Out("text")]:
    """A text; raises if it is `boom`."""
    CALLS.append(text)
    if text == "boom":
        raise NodeError("It went off.")
    return text


def _ports(view: NodeView) -> Resolved:
    """A letter in `letters` is an output; some texts mean trouble."""
    letters = view.known.get("letters", view.params.get("letters", ""))
    if letters == "refuse":
        raise NodeError("These letters will not do.", remedy="Use others.", port="letters")
    if letters == "crash":
        raise ZeroDivisionError("resolver")
    outputs = tuple(Port(name=letter, type="image") for letter in letters)
    ask = Need(subject="letters", request={"letters": letters})
    needs = (ask,) if letters == "wait" and ask.key not in view.descriptions else ()
    found = Interface(inputs=_BASE.inputs, outputs=outputs, needs=needs)
    odd = Problem(code="odd", message="These letters are odd.", port="letters")
    return Resolved(
        found, bound={"count": len(letters)}, repos={f"org/{letters}": "1" for _ in letters},
        warnings=(odd,) if letters == "odd" else (),
        problems=(odd,) if letters == "bad" else (),
    )  # fmt: skip


_BASE = Interface(
    inputs=(
        Port(name="letters", type="string", widget=Widget(kind="text")),
        Port(name="image", type="image"),
    )
)
_TYPE = NodeType(type="ports", title="Ports", category="T", description="D", dynamic=True, interface=_BASE)
DYNAMIC_NODE = NodeDefinition(type=_TYPE, resolve=_ports)
FUNCTIONS = (image, images, latents, invert, split, sheet, strip, params, photo, text)
CATALOGUE = Catalogue([*(function.definition for function in FUNCTIONS), DYNAMIC_NODE])  # type: ignore[attr-defined]


def draw(drawing: str, **params: dict[str, Any]) -> Graph:
    """`"a:image b:invert a.image>b.image"`; `~b:invert` is bypassed, `!b:invert` muted."""
    nodes, edges = [], []
    for word in drawing.split():
        if ">" in word:
            (source, out), (target, into) = (end.split(".") for end in word.split(">"))
            edges.append(Edge(source=source, sourceHandle=out, target=target, targetHandle=into))
        else:
            name, _, kind = word.lstrip("~!").partition(":")
            mode = {"~": "bypassed", "!": "muted"}.get(word[0])
            nodes.append(Node(id=name, type=kind, params=params.get(name, {}), mode=mode))
    return Graph(nodes=nodes, edges=edges)


def compiled(drawing: str, **params: dict[str, Any]) -> Compiled:
    return compile_graph(draw(drawing, **params), CATALOGUE)


def told(result: Compiled) -> list[str]:
    """Each problem as `code node.port`, with `?` before a warning."""
    return [
        ("?" if problem.severity == "warning" else "")
        + f"{problem.code} {'.'.join(part for part in (problem.node, problem.port) if part)}".strip()
        for problem in result.problems
    ]
