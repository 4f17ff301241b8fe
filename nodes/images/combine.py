"""One picture from two: blend, composite, compare side by side."""

from typing import TYPE_CHECKING, Annotated, Literal

from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Image, Mask
from nodes.images.shape import (
    MAX_SIDE,
    as_mask,
    check_same_size,
    check_size,
    colour_in,
    has_alpha,
    with_alpha,
    without_alpha,
)

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

BlendMode = Literal["normal", "multiply", "screen", "overlay", "difference"]


@node("image.blend", title="Blend", category="Image", keywords=["mix", "multiply", "screen", "overlay", "difference"])
def blend(
    image: Annotated[Image, In("The picture below; its transparency stays")],
    other: Annotated[Image, In("The picture above, of the same size")],
    mode: Annotated[BlendMode, In("How the colours of the two are combined")] = "normal",
    opacity: Annotated[float, In("How much of the result is used", min=0, max=1, step=0.05, widget="slider")] = 0.5,
) -> Annotated[Image, Out("image", "The blended picture")]:
    """Blend a picture over another of the same size."""
    from PIL import Image as PIL

    check_same_size(image, other, port="other", what="other picture")
    (below, alpha), (above, cover) = without_alpha(image), without_alpha(other)
    if below.mode != above.mode:
        below, above = below.convert("RGB"), above.convert("RGB")
    blended = _blended(below, above, mode)
    weight = cover.point([round(value * opacity) for value in range(256)]) if cover else None
    result = PIL.composite(blended, below, weight) if weight else PIL.blend(below, blended, opacity)
    return with_alpha(result, alpha)


@node("image.composite", title="Composite", category="Image", keywords=["paste", "mask", "overlay", "layer", "place"])
def composite(
    image: Annotated[Image, In("The picture below")],
    overlay: Annotated[Image, In("The picture laid over it; its transparent parts show what is below")],
    mask: Annotated[Mask | None, In("White where the overlay shows, in its size; without it, everywhere")] = None,
    x: Annotated[int, In("Left edge of the overlay in px; may be outside", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
    y: Annotated[int, In("Top edge of the overlay in px; may be outside", min=-MAX_SIDE, max=MAX_SIDE, step=1)] = 0,
) -> Annotated[Image, Out("image", "The picture below with the overlay on it")]:
    """Lay a picture, or the part that a mask selects, over another."""
    from PIL import Image as PIL

    layer = overlay.convert("RGBA")
    if mask is not None:
        check_same_size(overlay, mask, port="mask", what="mask")
        layer.putalpha(_both(layer.getchannel("A"), as_mask(mask)))
    placed = PIL.new("RGBA", image.size)
    placed.paste(layer, (x, y))
    result = PIL.alpha_composite(image.convert("RGBA"), placed)
    return result if has_alpha(image) else result.convert("RGB")


@node("image.compare", title="Compare", category="Image", keywords=["side by side", "before", "after", "difference"])
def compare(
    image: Annotated[Image, In("The picture on the left")],
    other: Annotated[Image, In("The picture on the right; scaled to the height of the left one")],
    gap: Annotated[int, In("Space between them in px", min=0, max=256, step=1)] = 4,
    color: Annotated[str, In("Colour of the gap", widget="color", advanced=True)] = "#ffffff",
) -> Annotated[Image, Out("image", "Both pictures in one")]:
    """Put two pictures side by side."""
    from PIL import Image as PIL

    if other.height != image.height:
        width = max(1, round(other.width * image.height / other.height))
        check_size(width, image.height, port="other")
        other = other.resize((width, image.height), PIL.Resampling.LANCZOS)
    mode = "RGBA" if has_alpha(image) or has_alpha(other) else "RGB"
    check_size(image.width + gap + other.width, image.height, port="other")
    both = PIL.new(mode, (image.width + gap + other.width, image.height), colour_in(color, mode, port="color"))
    both.paste(image.convert(mode), (0, 0))
    both.paste(other.convert(mode), (image.width + gap, 0))
    return both


def _blended(below: "Picture", above: "Picture", mode: BlendMode) -> "Picture":
    from PIL import ImageChops

    modes = {
        "multiply": ImageChops.multiply, "screen": ImageChops.screen, "overlay": ImageChops.overlay,
        "difference": ImageChops.difference,
    }  # fmt: skip
    return above if mode == "normal" else modes[mode](below, above)


def _both(first: "Picture", second: "Picture") -> "Picture":
    from PIL import ImageChops

    return ImageChops.multiply(first, second)
