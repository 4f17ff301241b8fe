"""Masks from pictures and shapes, inverted, grown."""

from typing import Any

import pytest
from PIL import Image, ImageFilter

from engine.errors import NodeError
from nodes.images import masks


def rows(mask: Image.Image) -> list[str]:
    """`#` where it is selected."""
    return ["".join("#" if mask.getpixel((x, y)) else "." for x in range(mask.width)) for y in range(mask.height)]


@pytest.mark.parametrize(
    ("channel", "expected"), [("red", 255), ("green", 128), ("blue", 0), ("alpha", 40), ("luminance", 151)]
)
def test_a_mask_from_a_channel(channel: Any, expected: int) -> None:
    image = Image.new("RGBA", (1, 1), (255, 128, 0, 40))
    mask = masks.from_image(image, channel)
    assert (mask.mode, mask.getpixel((0, 0))) == ("L", expected)


def test_an_opaque_picture_has_a_white_alpha() -> None:
    assert masks.from_image(Image.new("RGB", (1, 1)), "alpha").getpixel((0, 0)) == 255


def test_a_threshold_selects_fully_or_not_at_all() -> None:
    image = Image.frombytes("L", (3, 1), bytes([127, 128, 255]))
    assert list(masks.from_image(image, threshold=0.5).tobytes()) == [0, 255, 255]


def test_invert_selects_the_rest() -> None:
    assert list(masks.invert(Image.frombytes("L", (2, 1), bytes([0, 200]))).tobytes()) == [255, 55]


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (0, [".....", ".....", "..#..", ".....", "....."]),
        (1, [".....", ".###.", ".###.", ".###.", "....."]),
        (9, ["#####"] * 5),
        (-1, ["....."] * 5),
    ],
)
def test_grow(pixels: int, expected: list[str]) -> None:
    mask = Image.new("L", (5, 5))
    mask.putpixel((2, 2), 255)
    assert rows(masks.grow(mask, pixels)) == expected
    assert mask.getpixel((1, 1)) == 0


@pytest.mark.parametrize("pixels", [1, 2, 3, 5, 10])
def test_grow_is_the_maximum_over_a_square(pixels: int) -> None:
    mask = Image.effect_noise((40, 30), 60)
    inside = (pixels, pixels, 40 - pixels, 30 - pixels)
    reference = mask.filter(ImageFilter.MaxFilter(2 * pixels + 1)).crop(inside)
    assert masks.grow(mask, pixels).crop(inside).tobytes() == reference.tobytes()


def test_shrinking_does_not_eat_from_the_edge_of_the_picture() -> None:
    assert rows(masks.grow(masks.rectangle(0, 0, 4, 3, 6, 3), -1)) == ["###..."] * 3


def test_feather_softens_the_edge() -> None:
    soft = masks.grow(masks.rectangle(0, 0, 8, 16, 16, 16), 0, feather=2)
    assert 255 > soft.getpixel((6, 8)) > soft.getpixel((9, 8)) > 0


def test_shapes_are_cut_off_at_the_edge() -> None:
    assert rows(masks.rectangle(x=1, y=-1, w=2, h=2, width=4, height=2)) == [".##.", "...."]
    assert rows(masks.ellipse(x=0, y=0, w=4, h=4, width=5, height=4)) == [".##..", "####.", "####.", ".##.."]
    with pytest.raises(NodeError, match="too large"):
        masks.rectangle(width=16384, height=16384)
