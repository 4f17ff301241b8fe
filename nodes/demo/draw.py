"""Draws the pictures the demo model learns from: one antialiased shape on a plain background."""

import math
import random
from typing import Final

from PIL import Image, ImageDraw

from nodes.demo.scenes import Scene
from nodes.demo.vocabulary import COLOURS, PLACES, RGB, SIZES

PICTURE_SIZE: Final = 128
MARGIN: Final = 7
JITTER: Final = 3
OVERSAMPLING: Final = 4
RING_HOLE: Final = 0.55

Point = tuple[float, float]


def draw_scene(scene: Scene, rng: random.Random | None = None) -> Image.Image:
    """The scene as an RGB picture; with `rng` the shape's place and size vary by a few pixels."""
    diameter = SIZES[scene.size] + (rng.randint(-JITTER, JITTER) if rng else 0)
    dx, dy = (rng.randint(-JITTER, JITTER), rng.randint(-JITTER, JITTER)) if rng else (0, 0)
    centre = PICTURE_SIZE // 2
    reach = centre - MARGIN - SIZES[scene.size] // 2
    x_direction, y_direction = PLACES[scene.place]
    picture = Image.new("RGB", (PICTURE_SIZE, PICTURE_SIZE), COLOURS[scene.background])
    corner = (centre + x_direction * reach + dx - diameter // 2, centre + y_direction * reach + dy - diameter // 2)
    paste_shape(picture, shape=scene.shape, colour=COLOURS[scene.colour], corner=corner, diameter=diameter)
    return picture


def paste_shape(picture: Image.Image, *, shape: str, colour: RGB, corner: tuple[int, int], diameter: int) -> None:
    """Draws a shape into the square with this upper left corner and width in pixels."""
    picture.paste(colour, corner, shape_mask(shape, diameter))


def shape_mask(shape: str, diameter: int) -> Image.Image:
    """The shape's coverage, 0..255, in a square of `diameter` pixels (mode "L")."""
    large = diameter * OVERSAMPLING
    mask = Image.new("L", (large, large))
    canvas = ImageDraw.Draw(mask)
    if shape in ("circle", "ring"):
        canvas.ellipse((0, 0, large - 1, large - 1), fill=255)
        if shape == "ring":
            edge = large * (1 - RING_HOLE) / 2
            canvas.ellipse((edge, edge, large - 1 - edge, large - 1 - edge), fill=0)
    else:
        canvas.polygon([(x * large, y * large) for x, y in _outline(shape)], fill=255)
    return mask.resize((diameter, diameter), Image.Resampling.BOX)


def _outline(shape: str) -> list[Point]:
    """Corners of a polygon in the unit square, y downwards."""
    if shape == "square":
        return [(0.06, 0.06), (0.94, 0.06), (0.94, 0.94), (0.06, 0.94)]
    if shape == "triangle":
        return [(0.5, 0.05), (1.0, 0.93), (0.0, 0.93)]
    if shape == "star":
        return [_on_circle(index / 10, 0.52 if index % 2 == 0 else 0.22) for index in range(10)]
    if shape == "heart":
        return [_on_heart(index / 60) for index in range(60)]
    raise ValueError(f"There is no shape {shape!r}.")


def _on_circle(turn: float, radius: float) -> Point:
    angle = 2 * math.pi * turn
    return 0.5 + radius * math.sin(angle), 0.53 - radius * math.cos(angle)


def _on_heart(turn: float) -> Point:
    """The well-known heart curve x = 16 sin³t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, scaled to the square."""
    t = 2 * math.pi * turn
    x = 16 * math.sin(t) ** 3
    y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
    return 0.5 + x / 33, 0.46 - y / 32
