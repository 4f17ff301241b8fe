"""Blend, composite and compare."""

from typing import Any

import pytest
from PIL import Image

from engine.errors import NodeError
from nodes.images import combine


def pixel(mode: str, *values: int) -> Image.Image:
    return Image.frombytes(mode, (1, 1), bytes(values))


@pytest.mark.parametrize(
    ("mode", "opacity", "expected"),
    [
        ("normal", 0.0, 100),
        ("normal", 0.5, 150),
        ("normal", 1.0, 200),
        ("multiply", 1.0, 78),
        ("screen", 1.0, 222),
        ("difference", 1.0, 100),
        ("difference", 0.5, 100),
        ("overlay", 1.0, 157),
    ],
)
def test_blend_modes(mode: Any, opacity: float, expected: int) -> None:
    blended = combine.blend(pixel("L", 100), pixel("L", 200), mode, opacity)
    assert (blended.mode, blended.getpixel((0, 0))) == ("L", pytest.approx(expected, abs=1))


def test_blend_keeps_the_transparency_below_and_heeds_the_one_above() -> None:
    below, above = pixel("RGBA", 100, 100, 100, 7), pixel("RGBA", 200, 200, 200, 0)
    assert combine.blend(below, above, "normal", 1.0).getpixel((0, 0)) == (100, 100, 100, 7)
    assert combine.blend(below, pixel("RGB", 200, 200, 200), "normal", 1.0).getpixel((0, 0)) == (200, 200, 200, 7)


def test_blend_refuses_other_sizes_and_says_what_to_do() -> None:
    with pytest.raises(NodeError, match="is 2×1 px, the picture 1×1 px") as caught:
        combine.blend(pixel("L", 0), Image.new("L", (2, 1)))
    assert caught.value.problems[0].remedy.startswith("Insert Resize")
    assert caught.value.problems[0].port == "other"


def test_composite_shows_the_overlay_where_the_mask_is_white() -> None:
    below, above = Image.new("RGB", (3, 1), (10, 10, 10)), Image.new("RGB", (3, 1), (210, 210, 210))
    mask = Image.frombytes("L", (3, 1), bytes([0, 255, 128]))
    result = combine.composite(below, above, mask)
    assert (result.mode, [result.getpixel((x, 0))[0] for x in range(3)]) == (
        "RGB",
        [10, 210, pytest.approx(110, abs=1)],
    )
    assert below.tobytes() == bytes([10]) * 9


def test_composite_places_the_overlay_and_cuts_what_is_outside() -> None:
    below, above = Image.new("L", (3, 1), 0), Image.frombytes("L", (2, 1), bytes([100, 200]))
    left, right = combine.composite(below, above, x=-1), combine.composite(below, above, x=2)
    assert [left.getpixel((x, 0))[0] for x in range(3)] == [200, 0, 0]
    assert [right.getpixel((x, 0))[0] for x in range(3)] == [0, 0, 100]


def test_composite_keeps_the_transparency_of_both() -> None:
    below = Image.frombytes("RGBA", (2, 1), bytes([10, 10, 10, 0] * 2))
    above = Image.frombytes("RGBA", (2, 1), bytes([200, 200, 200, 255, 200, 200, 200, 0]))
    result = combine.composite(below, above)
    assert (result.mode, result.getchannel("A").tobytes()) == ("RGBA", bytes([255, 0]))
    assert result.getpixel((0, 0)) == (200, 200, 200, 255)


def test_composite_refuses_a_mask_of_another_size() -> None:
    with pytest.raises(NodeError, match="The mask is 2×1 px"):
        combine.composite(pixel("L", 0), pixel("L", 0), Image.new("L", (2, 1)))


def test_compare_puts_pictures_side_by_side() -> None:
    both = combine.compare(pixel("RGB", 1, 2, 3), Image.new("L", (2, 2), 9), gap=1, color="#ff0000")
    assert both.size == (3, 1)
    assert [both.getpixel((x, 0)) for x in range(3)] == [(1, 2, 3), (255, 0, 0), (9, 9, 9)]


def test_compare_keeps_transparency() -> None:
    both = combine.compare(pixel("RGBA", 1, 2, 3, 4), pixel("L", 9), gap=0)
    assert [both.getpixel((x, 0)) for x in range(2)] == [(1, 2, 3, 4), (9, 9, 9, 255)]
