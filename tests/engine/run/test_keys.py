"""Content keys: what must change them and what must not."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from engine.graph.document import NodeId
from engine.run.keys import content_keys
from tests.engine.run.graphs import compiled


def keys(drawing: str, salt: str = "run", **params: dict[str, object]) -> dict[str, str]:
    return dict(content_keys(compiled(drawing, **params), input_dir=Path(), salt=salt))


def test_equal_nodes_share_a_key_whatever_their_ids() -> None:
    found = keys("x:work y:work p:work q:work p<x q<y")
    assert found["x"] == found["y"] and found["p"] == found["q"] != found["x"]


def test_a_key_follows_its_parents() -> None:
    before, after = keys("x:work y:work y<x", x={"a": 1}), keys("x:work y:work y<x", x={"a": 2})
    assert before["y"] != after["y"]


def test_a_default_and_the_same_value_set_by_hand_are_the_same() -> None:
    assert keys("x:work") == keys("x:work", x={"a": 0, "b": 0})


@pytest.mark.parametrize("others", [[1, 1.0], [1, True], [1.0, True], [0, False], [0, None], ["1", 1], [[], {}]])
def test_values_of_different_types_have_different_keys(others: list[object]) -> None:
    first, second = (keys("x:json", x={"value": value})["x"] for value in others)
    assert first != second


def test_swapped_inputs_differ() -> None:
    params = {"x": {"a": 1}, "y": {"a": 2}}
    assert (
        keys("x:work y:work z:work z.a<x z.b<y", **params)["z"]
        != keys("x:work y:work z:work z.a<y z.b<x", **params)["z"]
    )


def test_a_node_that_never_reuses_results_has_a_new_key_each_run_and_so_has_what_follows() -> None:
    one, two = (keys("x:work r:random y:work r<x y<r", salt=salt) for salt in ("one", "two"))
    assert one["x"] == two["x"] and one["r"] != two["r"] and one["y"] != two["y"]


def test_what_a_resolver_binds_enters_the_key() -> None:
    plain = compiled("x:work")
    node = plain.nodes[NodeId("x")]
    one, two = (
        replace(plain, nodes={NodeId("x"): msgspec.structs.replace(node, bound={"commit": commit})}) for commit in "12"
    )
    found = {content_keys(each, input_dir=Path(), salt="run")[NodeId("x")] for each in (plain, one, two)}
    assert len(found) == 3
