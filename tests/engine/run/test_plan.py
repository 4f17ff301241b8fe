"""Plans as tables: what is visited, given what is at hand."""

import pytest

from engine.run.plan import default_targets, lanes, make_plan
from tests.engine.run.graphs import compiled

#   x ── y ── z        all of type work
#         └── w
TREE = "x:work y:work z:work w:work y<x z<y w<y"


@pytest.mark.parametrize(
    ("at_hand", "published", "targets", "expected"),
    [
        ("", "", "z w", {"x": "run", "y": "run", "z": "run", "w": "run"}),
        ("", "", "z", {"x": "run", "y": "run", "z": "run"}),
        ("x", "", "z", {"x": "reuse", "y": "run", "z": "run"}),
        ("y", "", "z", {"y": "reuse", "z": "run"}),
        ("x y z", "z", "z", {"z": "reuse"}),
        ("x y z", "", "z", {"z": "publish"}),
        ("z", "z", "z w", {"x": "run", "y": "run", "z": "reuse", "w": "run"}),
    ],
)
def test_a_plan_stops_at_what_is_at_hand(at_hand: str, published: str, targets: str, expected: dict[str, str]) -> None:
    graph = compiled(TREE)
    keys = {node: node for node in graph.order}
    plan = make_plan(
        graph, keys, targets.split(), available=at_hand.split().__contains__, published=published.split().__contains__
    )  # type: ignore[arg-type]
    assert plan.actions == expected


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
