"""Says what a demo picture shows, by its pixels alone: the background's colour, the shape and the shape's colour."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nodes.demo.draw import PICTURE_SIZE, shape_mask
from nodes.demo.vocabulary import COLOURS, RGB, SHAPES, SIZES

BORDER: Final = 5
PLAIN: Final = 40.0
"""A background counts as plain when the pixels of the border lie, by the median, this near to one colour."""
CONTRAST: Final = 45.0
LEAST_AREA: Final = 250
LEAST_OVERLAP: Final = 0.72
FITTING_ROUNDS: Final = 2
FITTING_SHIFTS: Final = (-3, -1, 1, 3)
TEMPLATE_DIAMETER: Final = 96

Pixels = NDArray[np.float64]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge sees; None stands for "no such thing"."""

    background: str | None
    colour: str | None = None
    shape: str | None = None
    size: str | None = None
    place: str | None = None
    overlap: float = 0.0
    """Intersection over union of the found mask with the best drawn shape, 0..1."""


def judge(picture: Image.Image) -> Verdict:
    """Looks at an RGB picture of 128x128 pixels."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float64)
    ground = _background(pixels)
    if ground is None:
        return Verdict(background=None)
    background = nearest_colour(ground)
    found = _find_shape(pixels, ground)
    if found is None:
        return Verdict(background=background)
    mask, colour = found
    box = _bounds(mask)
    shape, overlap = _best_shape(mask, box)
    if overlap < LEAST_OVERLAP:
        return Verdict(background=background, overlap=overlap)
    return Verdict(
        background=background,
        colour=nearest_colour(colour),
        shape=shape,
        size=_size(box),
        place=_place(box, picture.size),
        overlap=overlap,
    )


def nearest_colour(rgb: Pixels) -> str:
    """The palette colour with the least Euclidean distance in sRGB."""
    return min(COLOURS, key=lambda name: _distance(rgb, COLOURS[name]))


def _distance(rgb: Pixels, colour: RGB) -> float:
    return float(np.linalg.norm(rgb - np.array(colour)))


def _background(pixels: Pixels) -> Pixels | None:
    """The median colour along the edges of the picture, or None where they have no one colour."""
    edge = np.ones(pixels.shape[:2], dtype=bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    border = pixels[edge]
    median = np.median(border, axis=0)
    distances = np.linalg.norm(border - median, axis=1)
    return median if np.quantile(distances, 0.75) < PLAIN else None


def _find_shape(pixels: Pixels, ground: Pixels) -> tuple[Mask, Pixels] | None:
    """The pixels nearer to the shape's colour than to the background's, and that colour."""
    distances = np.linalg.norm(pixels - ground, axis=2)
    different = distances > CONTRAST
    if different.sum() < LEAST_AREA:
        return None
    strong = distances >= 0.5 * np.quantile(distances[different], 0.9)
    colour = np.median(pixels[strong], axis=0)
    mask: Mask = np.linalg.norm(pixels - colour, axis=2) < distances
    return (mask, colour) if mask.sum() >= LEAST_AREA else None


def _bounds(mask: Mask) -> Box:
    """Left, top, right and bottom of the mask, without rows and columns of fewer than two pixels."""
    columns = np.flatnonzero(mask.sum(axis=0) >= 2)
    rows = np.flatnonzero(mask.sum(axis=1) >= 2)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _best_shape(mask: Mask, box: Box) -> tuple[str, float]:
    overlaps = {shape: _best_overlap(mask, box, shape) for shape in SHAPES}
    best = max(overlaps, key=lambda shape: overlaps[shape])
    return best, overlaps[best]


def _best_overlap(mask: Mask, box: Box, shape: str) -> float:
    """The overlap in the box that fits best: a blurred point or a speck makes the mask's own box too small or large."""
    best = _overlap(mask, box, shape)
    for _ in range(FITTING_ROUNDS):
        for side in range(4):
            for shift in FITTING_SHIFTS:
                moved = _moved(box, side, shift)
                overlap = _overlap(mask, moved, shape)
                if overlap > best:
                    best, box = overlap, moved
    return best


def _moved(box: Box, side: int, shift: int) -> Box:
    left, top, right, bottom = (edge + (shift if index == side else 0) for index, edge in enumerate(box))
    return max(left, 0), max(top, 0), min(right, PICTURE_SIZE), min(bottom, PICTURE_SIZE)


def _overlap(mask: Mask, box: Box, shape: str) -> float:
    """Intersection over union of the mask with the drawn shape, stretched to the box."""
    left, top, right, bottom = box
    stretched = _template(shape).resize((right - left, bottom - top), Image.Resampling.BOX)
    drawn = np.zeros_like(mask)
    drawn[top:bottom, left:right] = np.asarray(stretched) >= 128
    union = np.logical_or(mask, drawn).sum()
    return float(np.logical_and(mask, drawn).sum() / union)


@cache
def _template(shape: str) -> Image.Image:
    mask = shape_mask(shape, TEMPLATE_DIAMETER)
    return mask.crop(mask.getbbox())


def _size(box: Box) -> str:
    extent = max(box[2] - box[0], box[3] - box[1])
    return min(SIZES, key=lambda size: abs(SIZES[size] - extent))


def _place(box: Box, picture_size: tuple[int, int]) -> str:
    """The side towards which the box's centre lies off the picture's centre, if it does by ten pixels or more."""
    dx = (box[0] + box[2]) / 2 - picture_size[0] / 2
    dy = (box[1] + box[3]) / 2 - picture_size[1] / 2
    if max(abs(dx), abs(dy)) < 10:
        return "centre"
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "top" if dy < 0 else "bottom"
