"""What the picture nodes share: channels, sizes, colours, and errors about them."""

from typing import TYPE_CHECKING

from engine.errors import NodeError
from nodes.images.reading import MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 16384
"""Pixels."""


def without_alpha(picture: "Image") -> "tuple[Image, Image | None]":
    """The colours (mode L or RGB) and the transparency (mode L), if there is one."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return (picture if picture.mode in ("L", "RGB") else picture.convert("RGB")), None
    with_alpha = picture.convert("RGBA")
    return with_alpha.convert("RGB"), with_alpha.getchannel("A")


def with_alpha(colours: "Image", alpha: "Image | None") -> "Image":
    """The inverse of `without_alpha`; `colours` stays as it is."""
    if alpha is None:
        return colours
    result = colours.convert("RGB")
    result.putalpha(alpha)
    return result


def has_alpha(picture: "Image") -> bool:
    return without_alpha(picture)[1] is not None


def as_mask(picture: "Image") -> "Image":
    """In mode L."""
    return picture if picture.mode == "L" else without_alpha(picture)[0].convert("L")


def colour_in(colour: str, mode: str, *, port: str) -> tuple[int, ...] | float:
    """`colour` (`#rrggbb`, `#rrggbbaa` or a CSS name) as a pixel of `mode`. Raises NodeError if it is none."""
    from PIL import ImageColor

    try:
        return ImageColor.getcolor(colour, mode)
    except ValueError:
        raise NodeError(
            f"{colour[:60]!r} is not a colour.", remedy="Write #rrggbb or a name such as red.", port=port
        ) from None


def check_size(width: int, height: int, *, port: str) -> None:
    """Raises NodeError if a picture of this size would be empty or too large."""
    if width < 1 or height < 1:
        raise NodeError(f"A picture of {width}×{height} px has no pixels.", remedy="Use larger numbers.", port=port)
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise NodeError(
            f"A picture of {width}×{height} px is too large.",
            remedy=f"Stay within {MAX_SIDE} px a side and {MAX_PIXELS // 1_000_000} million pixels.",
            port=port,
        )


def check_same_size(first: "Image", second: "Image", *, port: str, what: str) -> None:
    """Raises NodeError naming both sizes if they differ; `what` names the second, which came in at `port`."""
    if first.size != second.size:
        raise NodeError(
            f"The {what} is {second.width}×{second.height} px, the picture {first.width}×{first.height} px.",
            remedy="Insert Resize so that the sizes match.",
            port=port,
        )
