"""The geometry of pictures: resize, scale, crop, rotate, flip, measure."""

from typing import TYPE_CHECKING, Annotated, Literal

from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Image
from engine.errors import NodeError
from nodes.images.shape import MAX_SIDE, check_size, colour_in

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.Image import Resampling

Filter = Literal["lanczos", "bicubic", "bilinear", "box", "nearest"]


@node("image.resize", title="Resize", category="Image", keywords=["scale", "size", "fit", "fill", "pad", "stretch"])
def resize(
    image: Annotated[Image, In("The picture")],
    width: Annotated[int, In("Width in px", min=1, max=MAX_SIDE, step=8)] = 1024,
    height: Annotated[int, In("Height in px", min=1, max=MAX_SIDE, step=8)] = 1024,
    mode: Annotated[
        Literal["stretch", "fit", "fill", "pad"],
        In("stretch: exactly this size; fit: at most this size; fill: cut off what is over; pad: add bars"),
    ] = "fill",
    filter: Annotated[Filter, In("How pixels are made; lanczos is sharpest, nearest keeps hard edges")] = "lanczos",
    color: Annotated[str, In("Colour of the bars of pad", widget="color", advanced=True)] = "#000000",
) -> Annotated[Image, Out("image", "The resized picture")]:
    """Resize a picture. All modes but stretch keep its proportions."""
    from PIL import ImageOps

    check_size(width, height, port="width")
    size, method = (width, height), _resampling(filter)
    if mode == "stretch":
        return image.resize(size, method)
    if mode == "fit":
        return image.resize(_scaled(image, min(width / image.width, height / image.height)), method)
    if mode == "fill":
        return ImageOps.fit(image, size, method)
    return ImageOps.pad(image, size, method, color=colour_in(color, image.mode, port="color"))  # type: ignore[arg-type]


@node("image.scale", title="Scale", category="Image", keywords=["resize", "enlarge", "shrink", "upscale", "factor"])
def scale(
    image: Annotated[Image, In("The picture")],
    factor: Annotated[float, In("2 doubles width and height", min=0.01, max=16, step=0.25)] = 2.0,
    filter: Annotated[Filter, In("How pixels are made; lanczos is sharpest, nearest keeps hard edges")] = "lanczos",
) -> Annotated[Image, Out("image", "The scaled picture")]:
    """Enlarge or shrink a picture by a factor."""
    width, height = _scaled(image, factor)
    check_size(width, height, port="factor")
    return image.resize((width, height), _resampling(filter))


@node("image.crop", title="Crop", category="Image", keywords=["cut", "trim", "region", "rectangle"])
def crop(
    image: Annotated[Image, In("The picture")],
    x: Annotated[int, In("Left edge in px", min=0, step=1)] = 0,
    y: Annotated[int, In("Top edge in px", min=0, step=1)] = 0,
    width: Annotated[int, In("Width in px", min=1, max=MAX_SIDE, step=1)] = 512,
    height: Annotated[int, In("Height in px", min=1, max=MAX_SIDE, step=1)] = 512,
) -> Annotated[Image, Out("image", "The part cut out")]:
    """Cut a rectangle out of a picture."""
    if x + width > image.width or y + height > image.height:
        raise NodeError(
            f"The rectangle from ({x}, {y}) to ({x + width}, {y + height}) is not inside the picture of "
            f"{image.width}×{image.height} px.",
            remedy="Move it or make it smaller.",
            port="width" if x + width > image.width else "height",
        )
    return image.crop((x, y, x + width, y + height))


@node("image.rotate_flip", title="Rotate and flip", category="Image", keywords=["turn", "mirror", "orientation"])
def rotate_flip(
    image: Annotated[Image, In("The picture")],
    rotate: Annotated[Literal[0, 90, 180, 270], In("Degrees clockwise")] = 0,
    flip: Annotated[Literal["none", "horizontal", "vertical"], In("Swap left and right, or top and bottom")] = "none",
) -> Annotated[Image, Out("image", "The turned picture")]:
    """Turn a picture by quarter turns, then mirror it. No pixel changes its colour."""
    from PIL.Image import Transpose

    turns = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}  # PIL turns the other way
    flips = {"horizontal": Transpose.FLIP_LEFT_RIGHT, "vertical": Transpose.FLIP_TOP_BOTTOM}
    for step in (turns.get(rotate), flips.get(flip)):
        image = image if step is None else image.transpose(step)
    return image


@node("image.size", title="Image size", category="Image", keywords=["width", "height", "dimensions", "resolution"])
def size(
    image: Annotated[Image, In("The picture")],
) -> tuple[Annotated[int, Out("width", "Width in px")], Annotated[int, Out("height", "Height in px")]]:
    """Measure a picture."""
    return image.size


def _scaled(image: "Picture", factor: float) -> tuple[int, int]:
    """Width and height in px, a pixel at least."""
    return max(1, round(image.width * factor)), max(1, round(image.height * factor))


def _resampling(filter: str) -> "Resampling":
    from PIL.Image import Resampling

    return Resampling[filter.upper()]
