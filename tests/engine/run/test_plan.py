"""Plans as tables: what is visited, given what is at hand."""

import msgspec
import pytest

from engine.run.plan import default_targets, lanes, make_plan
from tests.engine.run.graphs import compiled

#   x ── y ── z        all of type work
#         └── w
TREE = "x:work y:work z:work w:work y<x z<y w<y"


@pytest.mark.parametrize(
    ("at_hand", "published", "targets", "expected", "unneeded"),
    [
        ("", "", "z w", {"x": "run", "y": "run", "z": "run", "w": "run"}, ""),
        ("", "", "z", {"x": "run", "y": "run", "z": "run"}, ""),
        ("x", "", "z", {"x": "reuse", "y": "run", "z": "run"}, ""),
        ("y", "", "z", {"y": "reuse", "z": "run"}, "x"),
        ("x y z", "z", "z", {"z": "reuse"}, "x y"),
        ("x y z", "", "z", {"z": "publish"}, "x y"),
        ("z", "z", "z w", {"x": "run", "y": "run", "z": "reuse", "w": "run"}, ""),
    ],
)
def test_a_plan_stops_at_what_is_at_hand(
    at_hand: str, published: str, targets: str, expected: dict[str, str], unneeded: str
) -> None:
    graph = compiled(TREE)
    keys = {node: node for node in graph.order}
    plan = make_plan(
        graph, keys, targets.split(), available=at_hand.split().__contains__, published=published.split().__contains__
    )  # type: ignore[arg-type]
    assert plan.actions == expected
    assert plan.unneeded == set(unneeded.split())


def test_what_the_graph_itself_says_is_told_even_before_a_result_at_hand() -> None:
    graph = compiled("i:add w:work w<i")
    graph.nodes["i"] = msgspec.structs.replace(graph.nodes["i"], known={"sum": 0})  # type: ignore[index]
    keys = {node: node for node in graph.order}
    plan = make_plan(graph, keys, ["w"], available="w".__eq__, published="w".__eq__)  # type: ignore[arg-type]
    assert (plan.actions, plan.unneeded) == ({"i": "known", "w": "reuse"}, set())


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ("x:work y:show y<x z:work z<x", ["y"]),  # an output node is what a run is for
        ("x:work y:work y<x z:work z<x", ["y", "z"]),  # without one: all ends
        ("", []),
    ],
)
def test_default_targets(drawing: str, expected: list[str]) -> None:
    assert default_targets(compiled(drawing)) == expected


def test_an_inline_node_that_takes_a_workers_value_runs_in_the_worker() -> None:
    found = lanes(compiled("i:add w:work j:add k:add j<w k<i"))
    assert found == {"i": "inline", "w": "cpu", "j": "cpu", "k": "inline"}


def test_a_chain_of_ten_thousand_is_planned_without_recursion() -> None:
    drawing = " ".join(["n0:work", *(f"n{i}:work n{i}<n{i - 1}" for i in range(1, 10_000))])
    graph = compiled(drawing)
    keys = {node: node for node in graph.order}
    plan = make_plan(graph, keys, ["n9999"], available=lambda _: False, published=lambda _: False)  # type: ignore[arg-type]
    assert list(plan.actions) == [f"n{i}" for i in range(10_000)]
