"""A node pack with a picture and a mask to feed diffusion graphs with."""

from typing import Annotated

from PIL import Image as Pictures
from PIL import ImageDraw

from engine.catalogue.define import Out, definitions_in, node
from engine.catalogue.pack import Pack
from engine.catalogue.types import Image, Mask

SIZE = (128, 128)


@node("test.picture", title="Test picture", category="Test", cache="never")
def picture() -> Annotated[Image, Out("image")]:
    """A blue disc on a gradient."""
    drawn = Pictures.linear_gradient("L").resize(SIZE).convert("RGB")
    ImageDraw.Draw(drawn).ellipse((30, 40, 90, 100), fill=(20, 40, 220))
    return drawn


@node("test.mask", title="Test mask", category="Test", cache="never")
def mask() -> Annotated[Mask, Out("mask")]:
    """The left half."""
    drawn = Pictures.new("L", SIZE, 0)
    drawn.paste(255, (0, 0, 64, 128))
    return drawn


@node("test.clip", title="Test clip", category="Test", cache="never")
def clip() -> Annotated[list[Image], Out("frames")]:
    """Five times the picture."""
    return [picture()] * 5


def load() -> Pack:
    """The entry point of the pack."""
    import sys

    return Pack(name="test-pictures", definitions=definitions_in(sys.modules[__name__]))
