"""Invert, blur, adjust, a plain colour."""

from typing import Any

import pytest
from PIL import Image

from engine.errors import NodeError
from nodes.images import colour


def pixel(mode: str, *values: int) -> Image.Image:
    return Image.frombytes(mode, (1, 1), bytes(values))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (pixel("L", 10), pixel("L", 245)),
        (pixel("RGB", 0, 100, 255), pixel("RGB", 255, 155, 0)),
        (pixel("RGBA", 0, 100, 255, 7), pixel("RGBA", 255, 155, 0, 7)),
        (pixel("LA", 10, 7), pixel("RGBA", 245, 245, 245, 7)),
    ],
)
def test_invert_keeps_transparency(image: Image.Image, expected: Image.Image) -> None:
    before = image.tobytes()
    inverted = colour.invert(image)
    assert (inverted.mode, inverted.tobytes()) == (expected.mode, expected.tobytes())
    assert image.tobytes() == before


@pytest.mark.parametrize(
    ("settings", "before", "after"),
    [
        ({}, (10, 20, 30), (10, 20, 30)),
        ({"brightness": 0.5}, (100, 50, 20), (50, 25, 10)),
        ({"brightness": 0.0}, (100, 50, 20), (0, 0, 0)),
        ({"contrast": 0.0}, (60, 60, 60), (60, 60, 60)),
        ({"saturation": 0.0}, (255, 0, 0), (76, 76, 76)),
        ({"gamma": 2.0}, (0, 64, 255), (0, 128, 255)),
        ({"hue": 120.0}, (255, 0, 0), (0, 255, 0)),
        ({"hue": -120.0}, (255, 0, 0), (0, 0, 255)),
        ({"hue": 90.0}, (77, 77, 77), (77, 77, 77)),
    ],
)
def test_adjust(settings: dict[str, Any], before: tuple[int, ...], after: tuple[int, ...]) -> None:
    adjusted = colour.adjust(pixel("RGBA", *before, 9), **settings)
    assert adjusted.getpixel((0, 0)) == pytest.approx((*after, 9), abs=4 if "hue" in settings else 0)


def test_adjust_takes_grey_pictures() -> None:
    adjusted = colour.adjust(pixel("L", 100), brightness=2.0, saturation=0.0, gamma=1.0, hue=50)
    assert (adjusted.mode, adjusted.tobytes()) == ("L", bytes([200]))


def test_blur_keeps_a_plain_picture_and_spreads_a_dot() -> None:
    plain = Image.new("RGB", (9, 9), (10, 20, 30))
    assert colour.blur(plain, 3).tobytes() == plain.tobytes()
    dot = Image.new("L", (9, 9))
    dot.putpixel((4, 4), 255)
    blurred = colour.blur(dot, 1)
    assert 0 < blurred.getpixel((5, 4)) < blurred.getpixel((4, 4)) < 255


def test_blur_does_not_show_the_hidden_colour_of_transparent_pixels() -> None:
    image = Image.new("RGBA", (9, 9), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 5, 9))
    red, green, _, alpha = colour.blur(image, 1).getpixel((5, 4))
    assert (red, green) == (255, 0)
    assert 0 < alpha < 255


def test_a_plain_colour_may_be_transparent() -> None:
    opaque, clear = colour.solid("#102030", 2, 3), colour.solid("#10203040", 1, 1)
    assert (opaque.mode, opaque.size, opaque.getpixel((0, 0))) == ("RGB", (2, 3), (16, 32, 48))
    assert (clear.mode, clear.getpixel((0, 0))) == ("RGBA", (16, 32, 48, 64))
    with pytest.raises(NodeError, match="not a colour"):
        colour.solid("#12")
