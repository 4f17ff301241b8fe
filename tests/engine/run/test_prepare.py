"""What is settled before a run: the seeds that are left to chance, and what runs are told apart by."""

import sys
from typing import Annotated

import pytest
from pydantic import JsonValue

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.define import In, definitions_in, node
from engine.catalogue.spec import MAX_EXACT_INT, Widget
from engine.graph.compile import compile_graph
from engine.graph.document import Graph, Node
from engine.run.prepare import PROMPT_LENGTH, RANDOM_SEEDS, draw_seed, first_values


@node("t.draw", title="Draw", category="Test", lane="inline")
def draw(
    negative_prompt: Annotated[str, In("What not", widget="multiline")] = "",
    prompt: Annotated[str, In("What", widget="multiline")] = "",
    steps: Annotated[int, In("How long")] = 3,
    seed: Annotated[int, In("Which", widget="seed")] = 0,
) -> None:
    """Draw."""


CATALOGUE = Catalogue(definitions_in(sys.modules[__name__]))


@pytest.mark.parametrize(
    ("least", "most", "drawn"),
    [
        (0, 3, range(4)),
        (None, 1.5, range(2)),
        (7, 7, range(7, 8)),
        (-2, 0, range(-2, 1)),
        (0, MAX_EXACT_INT, range(RANDOM_SEEDS)),
        (5, None, range(5, 5 + RANDOM_SEEDS)),
    ],
)
def test_a_seed_left_to_chance_is_one_its_port_takes(least: float | None, most: float | None, drawn: range) -> None:
    found = {draw_seed(Widget(kind="seed", min=least, max=most)) for _ in range(200)}
    assert all(seed in drawn for seed in found)
    assert len(drawn) > 200 or found == set(drawn)


def test_runs_are_told_apart_by_the_first_prompt_and_the_first_seed() -> None:
    def told(*params: dict[str, JsonValue]) -> tuple[str, int | None]:
        nodes = [
            Node.model_validate({"id": f"n{i}", "type": "t.draw", "params": each}) for i, each in enumerate(params)
        ]
        return first_values(compile_graph(Graph(nodes=nodes), CATALOGUE))

    first = {"negative_prompt": "blurry", "prompt": " a star,\n on blue ", "seed": 7}
    assert told(first, {"prompt": "a ring", "seed": 8}) == ("a star, on blue", 7)
    assert told({"prompt": "x" * 1000})[0] == "x" * PROMPT_LENGTH
    assert told() == ("", None)
