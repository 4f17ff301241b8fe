"""Values, lists and the switch."""

import pytest

from engine.errors import NodeError
from nodes.basics import lists, switch, values


def test_values_give_what_was_set() -> None:
    assert values.text("a cat") == "a cat"
    assert values.integer(3) == 3
    assert values.number(0.5) == 0.5
    assert values.boolean(True) is True
    assert values.seed(7) == 7
    assert values.json_value({"a": [1, None]}) == {"a": [1, None]}


def test_an_empty_seed_is_drawn_before_the_run_and_refused_in_it() -> None:
    with pytest.raises(NodeError, match="seed is empty"):
        values.seed(None)


def test_a_made_list_is_a_list_of_its_own() -> None:
    items = ["a", 1]
    made = lists.make(items)
    assert made == items
    assert made is not items


@pytest.mark.parametrize(("index", "expected"), [(0, "a"), (2, "c"), (-1, "c"), (-3, "a")])
def test_an_item_is_counted_from_either_end(index: int, expected: str) -> None:
    assert lists.item(["a", "b", "c"], index) == expected


@pytest.mark.parametrize(("items", "index"), [(["a"], 1), (["a"], -2), ([], 0)])
def test_an_item_outside_the_list_is_refused(items: list[str], index: int) -> None:
    with pytest.raises(NodeError, match=f"no item {index} in a list of {len(items)}"):
        lists.item(items, index)


def test_length_and_range() -> None:
    assert lists.length([]) == 0
    assert lists.length([1, 2]) == 2
    assert lists.number_range(start=5, count=3, step=-2) == [5, 3, 1]
    assert lists.number_range(count=0) == []


def test_the_switch_takes_one_side() -> None:
    assert switch.switch(True, "yes", "no") == "yes"
    assert switch.switch(False, "yes", "no") == "no"
