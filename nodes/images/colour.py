"""The colours of pictures: invert, adjust, blur, a plain colour. Transparency stays as it is."""

from typing import TYPE_CHECKING, Annotated

from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Image
from nodes.images.shape import MAX_SIDE, check_size, colour_in, with_alpha, without_alpha

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


@node("image.invert", title="Invert", category="Image", keywords=["negative", "colour", "color"])
def invert(image: Annotated[Image, In("The picture")]) -> Annotated[Image, Out("image", "The negative")]:
    """Invert the colours of a picture."""
    from PIL import ImageChops

    colours, alpha = without_alpha(image)
    return with_alpha(ImageChops.invert(colours), alpha)


@node("image.blur", title="Blur", category="Image", keywords=["gaussian", "soften", "smooth"])
def blur(
    image: Annotated[Image, In("The picture")],
    radius: Annotated[float, In("Standard deviation of the Gauss curve in px", min=0, max=500, step=0.5)] = 5.0,
) -> Annotated[Image, Out("image", "The blurred picture")]:
    """Blur a picture (Gaussian blur)."""
    from PIL.ImageFilter import GaussianBlur

    _, alpha = without_alpha(image)
    if alpha is None:
        return image.filter(GaussianBlur(radius))
    # Weighted by opacity ("a" for premultiplied), or the hidden colour of transparent pixels would shine through.
    return image.convert("RGBA").convert("RGBa").filter(GaussianBlur(radius)).convert("RGBA")


@node("image.adjust", title="Adjust colours", category="Image",
      keywords=["brightness", "contrast", "saturation", "gamma", "hue", "exposure", "color", "grayscale"])  # fmt: skip
def adjust(
    image: Annotated[Image, In("The picture")],
    brightness: Annotated[float, In("1 leaves it, 0 is black", min=0, max=4, step=0.05)] = 1.0,
    contrast: Annotated[float, In("1 leaves it, 0 is plain grey", min=0, max=4, step=0.05)] = 1.0,
    saturation: Annotated[float, In("1 leaves it, 0 is black and white", min=0, max=4, step=0.05)] = 1.0,
    gamma: Annotated[float, In("1 leaves it, more lightens the midtones", min=0.1, max=10, step=0.05)] = 1.0,
    hue: Annotated[float, In("Degrees around the colour circle", min=-180, max=180, step=1)] = 0.0,
) -> Annotated[Image, Out("image", "The adjusted picture")]:
    """Change brightness, contrast (around the mean grey), saturation, gamma and hue, in this order."""
    from PIL import ImageEnhance

    colours, alpha = without_alpha(image)
    for enhance, factor in (
        (ImageEnhance.Brightness, brightness),
        (ImageEnhance.Contrast, contrast),
        (ImageEnhance.Color, saturation),
    ):
        colours = colours if factor == 1 else enhance(colours).enhance(factor)
    if gamma != 1:
        curve = [round(255 * (value / 255) ** (1 / gamma)) for value in range(256)]
        colours = colours.point(curve * len(colours.getbands()))
    if hue and colours.mode == "RGB":
        colours = _turn_hue(colours, hue)
    return with_alpha(colours, alpha)


@node("image.solid", title="Plain colour", category="Image", keywords=["solid", "fill", "blank", "color", "new"])
def solid(
    color: Annotated[str, In("The colour: #rrggbb, #rrggbbaa or a CSS name", widget="color")] = "#808080",
    width: Annotated[int, In("Width in px", min=1, max=MAX_SIDE, step=8)] = 512,
    height: Annotated[int, In("Height in px", min=1, max=MAX_SIDE, step=8)] = 512,
) -> Annotated[Image, Out("image", "The picture")]:
    """A picture of one colour."""
    from PIL import Image as PIL

    check_size(width, height, port="width")
    pixel = colour_in(color, "RGBA", port="color")
    opaque = isinstance(pixel, tuple) and pixel[3] == 255
    return PIL.new("RGB" if opaque else "RGBA", (width, height), pixel)


def _turn_hue(colours: "Picture", degrees: float) -> "Picture":
    """The HSV hue of each pixel turned; PIL keeps a hue as 0 to 255 (both red), so in steps of 1.4 degrees."""
    from PIL import Image as PIL

    hue, saturation, value = colours.convert("HSV").split()
    turned = hue.point([(position + round(degrees * 255 / 360)) % 255 for position in range(256)])
    return PIL.merge("HSV", (turned, saturation, value)).convert("RGB")
