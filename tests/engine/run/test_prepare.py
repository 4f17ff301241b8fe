"""What is settled before a run: here the seeds that are left to chance."""

import pytest

from engine.catalogue.spec import MAX_EXACT_INT, Widget
from engine.run.prepare import RANDOM_SEEDS, draw_seed


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
