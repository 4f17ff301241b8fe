"""`@node`: what a signature says, and which signatures are refused."""

from typing import Annotated, Any, Literal

import pytest

from engine.catalogue.context import Context
from engine.catalogue.define import In, Out, node
from engine.catalogue.spec import Interface, NodeType, Port, Preset, Widget
from engine.catalogue.types import Image, Json, Mask
from engine.errors import DefinitionError, NodeError

Result = Annotated[int, Out("result")]


def define(function, **facts):
    return node("t.x", **{"title": "X", "category": "T"} | facts)(function).definition


def test_a_signature_says_it_all():
    def shrink(
        image: Annotated[Image, In("Picture")],
        ctx: Context,
        mask: Annotated[Mask | None, In("Where")],
        scale: Annotated[float, In("Factor", min=0, max=4, widget="slider")] = 1,
        mode: Annotated[Literal["fit", "fill"], In("Mode", title="How", advanced=True)] = "fit",
        names: Annotated[list[str], In("Names", many=True)] | None = None,
    ) -> tuple[Annotated[Image, Out("image", "Smaller")], Annotated[list[int], Out("sizes")]]:
        """Shrink."""

    definition = define(shrink, lane="gpu", version=2, output=True, keywords=["small"])
    select = Widget(kind="select", options=("fit", "fill"))
    inputs = (
        Port(name="image", type="image", title="Image", description="Picture", required=True),
        Port(name="mask", type="mask", title="Mask", description="Where"),
        Port(name="scale", type="float", title="Scale", description="Factor", default=1.0,
             widget=Widget(kind="slider", min=0, max=4)),
        Port(name="mode", type="string", title="How", description="Mode", default="fit", widget=select, advanced=True),
        Port(name="names", type="list[string]", title="Names", description="Names", many=True),
    )  # fmt: skip
    outputs = (
        Port(name="image", type="image", title="Image", description="Smaller"),
        Port(name="sizes", type="list[int]", title="Sizes"),
    )
    assert definition.type == NodeType(
        type="t.x", title="X", category="T", description="Shrink.", lane="gpu", version=2, output=True,
        interface=Interface(inputs=inputs, outputs=outputs), keywords=("small",),
    )  # fmt: skip
    assert definition.context_parameter == "ctx"


TYPES = {
    "int": (int, "int", "number"), "float": (float, "float", "number"), "str": (str, "string", "text"),
    "bool": (bool, "bool", "checkbox"), "Any": (Any, "any", None), "Image": (Image, "image", None),
    "Json": (Json, "json", "json"), "dict": (dict, "json", "json"), "dict of": (dict[str, int], "json", "json"),
    "list": (list, "json", "json"), "list of": (list[Image], "list[image]", None),
    "Literal": (Literal[1, 2], "int", "select"), "mixed Literal": (Literal[1, "a"], "json", "select"),
    "None outside": (int | None, "int", "number"),
}  # fmt: skip


@pytest.mark.parametrize(("hint", "port_type", "widget"), TYPES.values(), ids=TYPES)
def test_port_types_and_usual_widgets(hint, port_type, widget):
    def f(x: Annotated[hint, In("X")]) -> None:
        """F."""

    (port,) = define(f).type.interface.inputs
    assert (port.type, port.widget.kind if port.widget else None) == (port_type, widget)


def f_none() -> None:
    """F."""


def f_one() -> Result:
    """F."""
    return 1


def f_two() -> tuple[Annotated[int, Out("a")], Annotated[int, Out("b")]]:
    """F."""
    return 1, 2


@pytest.mark.parametrize(("function", "outputs"), [(f_none, {}), (f_one, {"result": 1}), (f_two, {"a": 1, "b": 2})])
def test_outputs_come_back_by_name(function, outputs):
    assert define(function).function() == outputs


def test_too_few_outputs_are_told():
    def f() -> tuple[Annotated[int, Out("a")], Annotated[int, Out("b")]]:
        """F."""
        return (1,)

    with pytest.raises(NodeError, match=r"returned 1 values where 2 \(a, b\) were expected"):
        define(f).function()


def _bad_inputs():
    def no_docstring() -> Result: ...
    def no_return(x: Annotated[int, In("X")]):
        """F."""

    def bare_input(x: int) -> Result:
        """F."""

    def no_annotation(x) -> Result:
        """F."""

    def class_for_note(x: Annotated[int, In]) -> Result:
        """F."""

    def out_on_input(x: Annotated[int, Out("x")]) -> Result:
        """F."""

    def two_notes(x: Annotated[int, In("A"), In("B")]) -> Result:
        """F."""

    def empty_doc(x: Annotated[int, In(" ")]) -> Result:
        """F."""

    def star(*x: Annotated[int, In("X")]) -> Result:
        """F."""

    def two_contexts(a: Context, b: Context) -> Result:
        """F."""

    def unreadable(x: "Nowhere") -> Result:  # noqa: F821
        """F."""

    def foreign(x: Annotated[bytes, In("X")]) -> Result:
        """F."""

    def bad_type(x: Annotated[int, In("X", type="picture")]) -> Result:
        """F."""

    def nested(x: Annotated[list[list[int]], In("X")]) -> Result:
        """F."""

    def many_single(x: Annotated[int, In("X", many=True)]) -> Result:
        """F."""

    def default_type(x: Annotated[int, In("X")] = "1") -> Result:
        """F."""

    def default_low(x: Annotated[int, In("X", min=1)] = 0) -> Result:
        """F."""

    def default_option(x: Annotated[str, In("X", options=("a",))] = "b") -> Result:
        """F."""

    def default_picture(x: Annotated[Image, In("X")] = "cat.png") -> Result:
        """F."""

    def bounds_swapped(x: Annotated[int, In("X", min=2, max=1)]) -> Result:
        """F."""

    def bounds_on_text(x: Annotated[str, In("X", min=2)]) -> Result:
        """F."""

    def bounds_on_picture(x: Annotated[Image, In("X", min=2)]) -> Result:
        """F."""

    def zero_step(x: Annotated[float, In("X", step=0)]) -> Result:
        """F."""

    def open_slider(x: Annotated[float, In("X", widget="slider", min=0)]) -> Result:
        """F."""

    def empty_select(x: Annotated[str, In("X", widget="select")]) -> Result:
        """F."""

    def wrong_option(x: Annotated[int, In("X", options=(1, "2"))]) -> Result:
        """F."""

    def wrong_widget(x: Annotated[str, In("X", widget="slider", min=0, max=1)]) -> Result:
        """F."""

    def picture_widget(x: Annotated[Image, In("X", widget="image")]) -> Result:
        """F."""

    def unknown_widget(x: Annotated[str, In("X", widget="knob")]) -> Result:
        """F."""

    def options_twice(x: Annotated[Literal["a"], In("X", options=("a",))]) -> Result:
        """F."""

    async def coroutine() -> Result:
        """F."""

    def generator() -> Result:
        """F."""
        yield 1

    def bare_output() -> int:
        """F."""

    def nameless_output() -> Annotated[int, Out("")]:
        """F."""

    def output_or_none() -> Annotated[Image | None, Out("image")]:
        """F."""

    def any_number() -> tuple[Annotated[int, Out("a")], ...]:
        """F."""

    def same_names() -> tuple[Annotated[int, Out("a")], Annotated[int, Out("a")]]:
        """F."""

    return {
        no_docstring: "has no docstring", no_return: "does not say what it returns",
        bare_input: "an input 'x' that is not annotated", no_annotation: "an input 'x' that is not annotated",
        class_for_note: "not annotated", out_on_input: "not annotated", two_notes: "not annotated",
        empty_doc: "does not say what its input 'x' is", star: "cannot be given by name", two_contexts: "two Contexts",
        unreadable: "cannot read .*Nowhere", foreign: "annotation bytes is no port type",
        bad_type: "unknown type 'picture'", nested: "list of lists",
        many_single: "many edges at 'x', which is not a list",
        default_type: "default that does not fit: 'x' takes a whole number; it got '1'",
        default_low: "'x' takes at least 1; it got 0", default_option: "'x' takes one of 'a'; it got 'b'",
        default_picture: "'x' takes image from another node", bounds_swapped: "minimum of 'x' that is above",
        bounds_on_text: "bounds or a step of 'x', which is no number", bounds_on_picture: "image has no widget",
        zero_step: "not above 0", open_slider: "slider of 'x' without both bounds", empty_select: "without options",
        wrong_option: "an option that does not fit: 'x'",
        wrong_widget: "a slider widget of 'x', which is of type string",
        picture_widget: "image comes only over edges", unknown_widget: "wrong widget for 'x': 'knob'",
        options_twice: "options for 'x' twice", coroutine: "not a plain function", generator: "not a plain function",
        bare_output: "an output that is not annotated", nameless_output: "bad name ''",
        output_or_none: "'image' that may be None", any_number: "an output that is not annotated",
        same_names: "two outputs named 'a'",
    }  # fmt: skip


BAD = _bad_inputs()


@pytest.mark.parametrize("function", BAD, ids=lambda function: function.__name__)
def test_bad_signatures(function):
    with pytest.raises(DefinitionError, match=rf"Node type 't.x' .*{BAD[function]}") as caught:
        define(function)
    assert caught.value.problems[0].remedy


def plain(a: Annotated[int, In("A", max=9)] = 1) -> Result:
    """F."""
    return a


def pictures(a: Annotated[list[Image], In("A")]) -> Result:
    """F."""


def with_context(ctx: Context) -> Result:
    """F."""


FACTS = {
    "inline pictures": (pictures, {"lane": "inline"}, "is inline, but its port 'a' carries list"),
    "reusable although it reads the graph": (with_context, {"reads_graph": True}, "reads the graph"),
    "inline context": (with_context, {"lane": "inline"}, "is inline and takes a Context"),
    "unknown lane": (plain, {"lane": "tpu"}, "wrong 'lane'"),
    "no title": (plain, {"title": " "}, "lacks a title"),
    "preset for nothing": (plain, {"presets": [Preset(title="P", params={"b": 1})]}, "'b', which is no input"),
    "preset that does not fit": (plain, {"presets": [Preset(title="P", params={"a": 10})]}, "at most 9; it got 10"),
}


@pytest.mark.parametrize(("function", "facts", "message"), FACTS.values(), ids=FACTS)
def test_bad_facts(function, facts, message):
    with pytest.raises(DefinitionError, match=message):
        define(function, **facts)


def test_bad_type_names():
    with pytest.raises(DefinitionError, match="has a bad name"):
        node("image invert", title="X", category="T")(plain)


def test_inline_nodes_of_plain_data_are_welcome():
    assert define(plain, lane="inline").type.lane == "inline"
