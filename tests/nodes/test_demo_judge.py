"""The judge sees in drawn pictures what was drawn, and nothing where there is nothing."""

import itertools
import random

import numpy as np
import pytest
from PIL import Image

from nodes.demo.draw import PICTURE_SIZE, draw_scene
from nodes.demo.judge import Verdict, judge
from nodes.demo.scenes import Scene
from nodes.demo.vocabulary import COLOURS, PLACES, SHAPES, SIZES


def scenes(shape: str) -> list[Scene]:
    """A shape in all colours, sizes and places; the background takes turns."""
    others = itertools.cycle(range(1, len(COLOURS)))
    names = list(COLOURS)
    return [
        Scene(shape=shape, colour=names[index], background=names[(index + next(others)) % 8], size=size, place=place)
        for index, size, place in itertools.product(range(len(names)), SIZES, PLACES)
    ]


def seen(verdict: Verdict) -> tuple[str | None, ...]:
    return verdict.shape, verdict.colour, verdict.background, verdict.size, verdict.place


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("jitter", [None, 1, 2])
def test_drawn_scenes_are_recognised(shape: str, jitter: int | None) -> None:
    for scene in scenes(shape):
        rng = None if jitter is None else random.Random(f"{jitter} {scene}")
        expected = (scene.shape, scene.colour, scene.background, scene.size, scene.place)
        assert seen(judge(draw_scene(scene, rng))) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_blurred_scenes_are_recognised(shape: str) -> None:
    for scene in scenes(shape):
        small = draw_scene(scene).resize((64, 64), Image.Resampling.BOX)
        blurred = small.resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.BICUBIC)
        assert judge(blurred).shape == scene.shape


@pytest.mark.parametrize("colour", COLOURS)
def test_blank_picture_has_a_background_and_no_shape(colour: str) -> None:
    blank = Image.new("RGB", (PICTURE_SIZE, PICTURE_SIZE), COLOURS[colour])
    assert judge(blank) == Verdict(background=colour)


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_shape(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (PICTURE_SIZE, PICTURE_SIZE, 3), dtype=np.uint8)
    assert judge(Image.fromarray(noise)) == Verdict(background=None)


@pytest.mark.parametrize("seed", range(5))
def test_blotches_on_a_plain_background_are_no_shape(seed: int) -> None:
    coarse = np.random.default_rng(seed).integers(0, 2, (8, 8), dtype=np.uint8) * 255
    picture = Image.new("RGB", (PICTURE_SIZE, PICTURE_SIZE), COLOURS["white"])
    picture.paste(COLOURS["red"], (16, 16), Image.fromarray(coarse).resize((96, 96), Image.Resampling.NEAREST))
    assert judge(picture).shape is None


def test_two_shapes_are_not_taken_for_one() -> None:
    left, right = (draw_scene(Scene(shape="star", colour="red", background="white", size="small", place=place))
                   for place in ("left", "right"))  # fmt: skip
    both = Image.new("RGB", (PICTURE_SIZE, PICTURE_SIZE))
    both.paste(left.crop((0, 0, 64, 128)), (0, 0))
    both.paste(right.crop((64, 0, 128, 128)), (64, 0))
    assert judge(both).shape is None
