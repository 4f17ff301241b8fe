"""The words the demo model knows, and the colours behind the colour words."""

from typing import Final

RGB = tuple[int, int, int]

COLOURS: Final[dict[str, RGB]] = {
    "red": (220, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (250, 220, 50),
    "green": (40, 160, 70),
    "blue": (30, 90, 230),
    "purple": (155, 45, 190),
    "white": (245, 245, 245),
    "black": (20, 20, 20),
}
"""Palette by name, sRGB, 0..255. The distances keep neighbours (purple and blue, red and orange) apart."""

SHAPES: Final = ("circle", "square", "triangle", "star", "heart", "ring")

SIZES: Final[dict[str, int]] = {"small": 44, "large": 76}
"""Diameter in pixels of a 128 pixel picture."""

SIZE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "small": ("small", "little", "tiny"),
    "large": ("large", "big", "huge"),
}

PLACES: Final[dict[str, tuple[int, int]]] = {
    "centre": (0, 0),
    "left": (-1, 0),
    "right": (1, 0),
    "top": (0, -1),
    "bottom": (0, 1),
}
"""Direction from the centre of the picture, x to the right and y downwards."""

PLACE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "centre": ("centre", "center", "middle"),
    "left": ("left",),
    "right": ("right",),
    "top": ("top",),
    "bottom": ("bottom",),
}

GRAMMAR: Final = ("a", "an", "the", "on", "at", "in", "of", "with", "background", "side", "shape", "coloured")

FILLERS: Final = (
    "beautiful", "nice", "pretty", "lovely", "cute", "simple", "plain", "flat", "clean", "bright", "shiny", "glossy",
    "photo", "picture", "image", "drawing", "painting", "illustration", "icon", "sketch", "one", "single", "and", "is",
    "it", "its", "there", "this", "please", "draw", "paint", "very", "my", "to", "for", "by", "from", "solid",
)  # fmt: skip
"""Words which change nothing: the model is trained to ignore them, as it ignores every unknown word."""


def words() -> tuple[str, ...]:
    """Every word with a token of its own, in the order of the token ids."""
    groups = (COLOURS, SHAPES, *SIZE_WORDS.values(), *PLACE_WORDS.values(), GRAMMAR, FILLERS)
    return tuple(word for group in groups for word in group)
