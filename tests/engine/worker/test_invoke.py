"""Wrapping, mapping and checking around a node's function."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.catalogue.define import NodeDefinition
from engine.catalogue.spec import Interface, NodeType, Port
from engine.errors import NodeError
from engine.worker.invoke import collect, invoke
from tests.fakes import pack


def definition(node: Any) -> NodeDefinition:
    found = node.definition
    assert isinstance(found, NodeDefinition)
    return found


def returning(value: Any) -> NodeDefinition:
    """A node that returns `value` as its output `out`."""
    return NodeDefinition(
        type=NodeType(
            type="t", title="T", category="Test", interface=Interface(outputs=(Port(name="out", type="any"),))
        ),
        function=lambda: {"out": value},
    )


@pytest.mark.parametrize(
    "inputs, mapped, sums",
    [
        ({"a": [1, 2, 3], "b": 10}, ["a"], [11, 12, 13]),
        ({"a": [1, 2], "b": [10, 20]}, ["a", "b"], [11, 22]),
        ({"a": [1, 2], "b": [10]}, ["a", "b"], [11, 12]),
        ({"a": [1], "b": [10]}, ["a", "b"], [11]),
        ({"a": [], "b": 10}, ["a"], []),
        ({"a": [], "b": [10]}, ["a", "b"], []),
    ],
    ids=["one list", "together", "one goes with all", "ones", "empty", "empty with one"],
)
def test_mapping(inputs: Mapping[str, Any], mapped: list[str], sums: list[int]) -> None:
    assert invoke(definition(pack.add), inputs, ports={"sum": "int"}, mapped=mapped) == {"sum": sums}


def test_lists_of_different_length_are_named() -> None:
    inputs = {"a": [1, 2], "b": [1, 2, 3]}
    with pytest.raises(NodeError, match="'a' has 2, 'b' has 3"):
        invoke(definition(pack.add), inputs, ports={"sum": "int"}, mapped=["a", "b"])


def test_a_single_value_is_wrapped_for_a_list_input() -> None:
    assert invoke(definition(pack.total), {"numbers": 4}, ports={"sum": "int"}, wrapped=["numbers"]) == {"sum": 4}


def test_a_whole_number_is_a_float_where_a_float_is_wanted() -> None:
    assert invoke(definition(pack.scale), {"x": 2}, ports={"kind": "string"}) == {"kind": "float"}
    mapped = invoke(definition(pack.scale), {"x": [2, 0.5]}, ports={"kind": "string"}, mapped=["x"])
    assert mapped == {"kind": ["float", "float"]}


def test_lists_over_several_edges_bring_their_items() -> None:
    assert collect([1, [2, 3], {"a": [4]}]) == [1, 2, 3, {"a": [4]}]


@pytest.mark.parametrize(
    "value, port_type, kept",
    [
        (1, "float", 1.0),
        ((1, 2), "list[int]", [1, 2]),
        (None, "json", None),
        (None, "any", None),
        ([1], "list[float]", [1.0]),
    ],
)
def test_outputs_take_the_form_of_their_type(value: Any, port_type: str, kept: Any) -> None:
    out = invoke(returning(value), {}, ports={"out": port_type})["out"]
    assert (out, type(out)) == (kept, type(kept))


@pytest.mark.parametrize(
    "value, port_type",
    [
        (None, "image"), ("text", "latents"), (True, "int"), (1.5, "int"), (1, "string"), ([None], "list[image]"),
        (3, "list[int]"), ([], "embeddings"), (None, "pipeline"), (0, "bool"),
    ],
)  # fmt: skip
def test_an_output_of_the_wrong_type_is_refused(value: Any, port_type: str) -> None:
    with pytest.raises(NodeError, match="Output 'out' should be") as caught:
        invoke(returning(value), {}, ports={"out": port_type})
    assert caught.value.problems[0].port == "out"


def test_an_output_that_is_not_returned_is_named() -> None:
    with pytest.raises(NodeError, match="did not return its output 'mask'"):
        invoke(returning(1), {}, ports={"out": "int", "mask": "mask"})


def test_lists_do_not_nest() -> None:
    inputs = {"count": [2, 3]}
    assert invoke(definition(pack.make_list), inputs, ports={"numbers": "list[int]"}, mapped=["count"]) == {
        "numbers": [0, 1, 0, 1, 2]
    }
