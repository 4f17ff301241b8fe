"""Values that a person sets: text, numbers, true or false, a seed, JSON."""

from typing import Annotated

from engine.catalogue.define import In, Out, node
from engine.catalogue.spec import MAX_EXACT_INT
from engine.catalogue.types import Json
from engine.errors import NodeError


@node("value.text", title="Text", category="Values", lane="inline", keywords=["string", "prompt", "constant"])
def text(value: Annotated[str, In("The text", widget="multiline")] = "") -> Annotated[str, Out("text", "The text")]:
    """A text, such as a prompt that several nodes share."""
    return value


@node("value.int", title="Whole number", category="Values", lane="inline", keywords=["integer", "int", "constant"])
def integer(
    value: Annotated[int, In("The number", min=-MAX_EXACT_INT, max=MAX_EXACT_INT, step=1)] = 0,
) -> Annotated[int, Out("number", "The number")]:
    """A whole number."""
    return value


@node("value.float", title="Number", category="Values", lane="inline", keywords=["decimal", "float", "constant"])
def number(value: Annotated[float, In("The number")] = 0.0) -> Annotated[float, Out("number", "The number")]:
    """A number with decimals."""
    return value


@node("value.bool", title="True or false", category="Values", lane="inline", keywords=["boolean", "toggle", "checkbox"])
def boolean(
    value: Annotated[bool, In("Whether it is true")] = False,
) -> Annotated[bool, Out("value", "True or false")]:
    """True or false, for example to steer a switch."""
    return value


@node("value.seed", title="Seed", category="Values", lane="inline", keywords=["random", "noise", "generator"])
def seed(
    seed: Annotated[
        int | None,
        In("Where random numbers start; empty takes a new one for each run", min=0, max=MAX_EXACT_INT, widget="seed"),
    ] = None,
) -> Annotated[int, Out("seed", "The seed")]:
    """A seed that several nodes share. The same seed gives the same picture."""
    if seed is None:  # Drawn before the run is queued, so that a run can be repeated; never here.
        raise NodeError("The seed is empty.", remedy="Set a number.", port="seed")
    return seed


@node("value.json", title="JSON", category="Values", lane="inline", keywords=["object", "dict", "data", "list"])
def json_value(
    value: Annotated[Json, In("Any JSON: an object, a list, text, a number, true, false or null")] = None,
) -> Annotated[Json, Out("value", "The JSON value")]:
    """Any JSON value."""
    return value
