"""Resize, scale, crop, rotate, flip and measure."""

from typing import Any

import pytest
from PIL import Image

from engine.errors import NodeError
from nodes.images import transform

ABC = Image.frombytes("L", (3, 1), b"abc")
SQUARE = Image.frombytes("L", (2, 2), b"abcd")  # a b
#                                                 c d


@pytest.mark.parametrize(("size", "fitted"), [((1000, 2), (10, 1)), ((2, 1000), (1, 10)), ((30, 20), (10, 7))])
def test_a_fitted_picture_has_a_pixel_at_least(size: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert transform.resize(Image.new("RGB", size), width=10, height=10, mode="fit").size == fitted


@pytest.mark.parametrize(
    ("mode", "size"), [("stretch", (40, 40)), ("fit", (40, 20)), ("fill", (40, 40)), ("pad", (40, 40))]
)
@pytest.mark.parametrize("image_mode", ["L", "RGB", "RGBA"])
def test_resize_modes_give_their_size_and_keep_the_mode(mode: Any, size: tuple[int, int], image_mode: str) -> None:
    resized = transform.resize(Image.new(image_mode, (20, 10)), width=40, height=40, mode=mode)
    assert (resized.size, resized.mode) == (size, image_mode)


def test_pad_adds_bars_of_the_colour() -> None:
    padded = transform.resize(
        Image.new("RGB", (2, 1), "white"), width=2, height=3, mode="pad", filter="nearest", color="#ff0000"
    )
    assert [padded.getpixel((0, y)) for y in range(3)] == [(255, 0, 0), (255, 255, 255), (255, 0, 0)]


def test_fill_cuts_both_sides() -> None:
    assert transform.resize(ABC, width=1, height=1, mode="fill", filter="nearest").tobytes() == b"b"


@pytest.mark.parametrize("filter", ["lanczos", "bicubic", "bilinear", "box", "nearest"])
def test_all_filters_keep_a_plain_picture(filter: Any) -> None:
    plain = Image.new("RGBA", (4, 4), (10, 20, 30, 255))
    resized = transform.resize(plain, width=7, height=5, mode="stretch", filter=filter)
    assert set(resized.get_flattened_data()) == {(10, 20, 30, 255)}


def test_resize_refuses_what_is_too_large_or_no_colour() -> None:
    with pytest.raises(NodeError, match="16384×16384 px is too large"):
        transform.resize(ABC, width=16384, height=16384)
    with pytest.raises(NodeError, match="'nocolour' is not a colour"):
        transform.resize(ABC, mode="pad", color="nocolour")


def test_scale_doubles() -> None:
    scaled = transform.scale(ABC, factor=2, filter="nearest")
    assert (scaled.size, scaled.tobytes()) == ((6, 2), b"aabbcc" * 2)
    assert transform.scale(ABC, factor=0.01).size == (1, 1)
    with pytest.raises(NodeError, match="too large"):
        transform.scale(Image.new("1", (4000, 4000)), factor=16)


def test_crop_cuts_out_the_rectangle() -> None:
    assert transform.crop(ABC, x=1, y=0, width=2, height=1).tobytes() == b"bc"


@pytest.mark.parametrize(("x", "y", "width", "height", "port"), [(2, 0, 2, 1, "width"), (0, 1, 1, 1, "height")])
def test_crop_refuses_a_rectangle_that_is_not_inside(x: int, y: int, width: int, height: int, port: str) -> None:
    with pytest.raises(NodeError, match="not inside the picture of 3×1 px") as caught:
        transform.crop(ABC, x=x, y=y, width=width, height=height)
    assert caught.value.problems[0].port == port


@pytest.mark.parametrize(
    ("rotate", "flip", "expected"),
    [
        (0, "none", b"abcd"),
        (90, "none", b"cadb"),
        (180, "none", b"dcba"),
        (270, "none", b"bdac"),
        (0, "horizontal", b"badc"),
        (0, "vertical", b"cdab"),
        (90, "horizontal", b"acbd"),
    ],
)
def test_turns_clockwise_then_mirrors(rotate: Any, flip: Any, expected: bytes) -> None:
    assert transform.rotate_flip(SQUARE, rotate, flip).tobytes() == expected


def test_size_is_width_and_height() -> None:
    assert transform.size(ABC) == (3, 1)
