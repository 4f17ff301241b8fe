"""Masks: from a picture, drawn as a shape, inverted, grown. White is selected."""

from typing import TYPE_CHECKING, Annotated, Literal

from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Image, Mask
from nodes.images.shape import MAX_SIDE, as_mask, check_size

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Channel = Literal["luminance", "red", "green", "blue", "alpha"]


@node("mask.from_image", title="Mask from image", category="Image", keywords=["channel", "alpha", "threshold"])
def from_image(
    image: Annotated[Image, In("The picture")],
    channel: Annotated[Channel, In("What becomes the mask; alpha is white where the picture is opaque")] = "luminance",
    threshold: Annotated[
        float | None, In("From here on (0 to 1) selected, below not; empty keeps shades", min=0, max=1, step=0.05)
    ] = None,
) -> Annotated[Mask, Out("mask", "The mask")]:
    """Make a mask from the brightness or from a channel of a picture."""
    mask = as_mask(image) if channel == "luminance" else image.convert("RGBA").getchannel(channel[0].upper())
    if threshold is None:
        return mask.copy()
    return mask.point([255 if value >= threshold * 255 else 0 for value in range(256)])


@node("mask.invert", title="Invert mask", category="Image", keywords=["negative", "swap", "select"])
def invert(mask: Annotated[Mask, In("The mask")]) -> Annotated[Mask, Out("mask", "Selected where it was not")]:
    """Select what a mask does not select."""
    from PIL import ImageChops

    return ImageChops.invert(as_mask(mask))


@node("mask.grow", title="Grow mask", category="Image", keywords=["expand", "shrink", "dilate", "erode", "feather"])
def grow(
    mask: Annotated[Mask, In("The mask")],
    pixels: Annotated[int, In("By how many px to all sides; negative shrinks", min=-512, max=512, step=1)] = 8,
    feather: Annotated[float, In("Softness of the edge after that, in px", min=0, max=256, step=0.5)] = 0.0,
) -> Annotated[Mask, Out("mask", "The grown mask")]:
    """Grow or shrink the selected part and soften its edge."""
    from PIL import ImageChops
    from PIL.ImageFilter import GaussianBlur

    result = as_mask(mask) if pixels >= 0 else ImageChops.invert(as_mask(mask))
    result = _spread(result, abs(pixels))
    result = result if pixels >= 0 else ImageChops.invert(result)  # what is not selected has grown
    return result.filter(GaussianBlur(feather)) if feather else result


@node("mask.rectangle", title="Rectangle mask", category="Image", keywords=["box", "region", "select", "draw"])
def rectangle(
    x: Annotated[int, In("Left edge of the rectangle in px", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
    y: Annotated[int, In("Top edge of the rectangle in px", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
    w: Annotated[int, In("Width of the rectangle in px", min=1, max=MAX_SIDE, step=1)] = 256,
    h: Annotated[int, In("Height of the rectangle in px", min=1, max=MAX_SIDE, step=1)] = 256,
    width: Annotated[int, In("Width of the whole mask in px", min=1, max=MAX_SIDE, step=8)] = 512,
    height: Annotated[int, In("Height of the whole mask in px", min=1, max=MAX_SIDE, step=8)] = 512,
) -> Annotated[Mask, Out("mask", "The mask")]:
    """A mask that selects a rectangle; what lies outside the mask is cut off."""
    mask = _empty(width, height)
    mask.paste(255, (x, y, x + w, y + h))
    return mask


@node("mask.ellipse", title="Ellipse mask", category="Image", keywords=["circle", "oval", "region", "select", "draw"])
def ellipse(
    x: Annotated[int, In("Left edge of the ellipse in px", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
    y: Annotated[int, In("Top edge of the ellipse in px", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
    w: Annotated[int, In("Width of the ellipse in px", min=1, max=MAX_SIDE, step=1)] = 256,
    h: Annotated[int, In("Height of the ellipse in px", min=1, max=MAX_SIDE, step=1)] = 256,
    width: Annotated[int, In("Width of the whole mask in px", min=1, max=MAX_SIDE, step=8)] = 512,
    height: Annotated[int, In("Height of the whole mask in px", min=1, max=MAX_SIDE, step=8)] = 512,
) -> Annotated[Mask, Out("mask", "The mask")]:
    """A mask that selects an ellipse; what lies outside the mask is cut off."""
    from PIL import ImageDraw

    mask = _empty(width, height)
    ImageDraw.Draw(mask).ellipse((x, y, x + w - 1, y + h - 1), fill=255)
    return mask


def _empty(width: int, height: int) -> "Picture":
    from PIL import Image as PIL

    check_size(width, height, port="width")
    return PIL.new("L", (width, height), 0)


def _spread(mask: "Picture", pixels: int) -> "Picture":
    """The maximum over the square that reaches `pixels` to all sides, by doubling: its cost grows with log(pixels)."""
    from PIL import ImageChops, ImageOps

    padded = ImageOps.expand(mask, pixels, fill=0)
    for direction in ((1, 0), (0, 1)):
        covered = 1
        while covered < 2 * pixels + 1:
            step = min(covered, 2 * pixels + 1 - covered)
            shifted = ImageChops.offset(padded, step * direction[0], step * direction[1])
            padded = ImageChops.lighter(padded, shifted)
            covered += step
    # A pixel now holds the maximum of what lies up to 2 * pixels left of and above it.
    return padded.crop((2 * pixels, 2 * pixels, padded.width, padded.height))
