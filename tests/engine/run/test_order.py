"""Who goes next: priority before age, and a person's order before both."""

from engine.run.order import QueueOrder


def test_runs_join_behind_those_of_their_priority() -> None:
    order = QueueOrder()
    passed = [order.add(name, priority) for name, priority in (("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1))]
    assert order.ids == ["b", "d", "a", "c", "e"] and passed == [False, True, False, True, False]


def test_a_person_puts_some_first_and_the_others_stay_in_order() -> None:
    order = QueueOrder((name, 0) for name in "abcd")
    order.rearrange(["d", "b", "d", "unknown"])
    assert order.ids == ["d", "b", "a", "c"]


def test_a_persons_order_is_not_undone_by_priority() -> None:
    order = QueueOrder([("low", 0), ("high", 5)])
    order.add("middle", 3)
    assert order.ids == ["low", "high", "middle"]


def test_runs_leave_at_their_turn_or_before() -> None:
    order = QueueOrder((name, 0) for name in "abc")
    order.remove("b")
    order.remove("b")
    assert [order.take(), order.take(), order.take()] == ["a", "c", None] and order.ids == []
