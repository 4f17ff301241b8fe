"""Picture files: load, save, preview."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from engine.catalogue.context import Context
from engine.catalogue.define import Fingerprint, In, Out, node
from engine.catalogue.types import Image, Mask
from engine.graph.embedded import embed
from nodes.images.paths import file_state, folder_state, input_file, is_artifact_id
from nodes.images.reading import read_picture
from nodes.images.shape import as_mask, without_alpha
from nodes.images.writing import write_next

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Format = Literal["png", "jpeg", "webp"]


def _state_of(port: str) -> Fingerprint:
    """The fingerprint of a node that reads the file named by `port`."""

    def fingerprint(params: Mapping[str, Any], input_dir: Path) -> str:
        name = params.get(port)
        return file_state(input_dir, name) if isinstance(name, str) else folder_state(input_dir)

    return fingerprint


@node("image.load", title="Load image", category="Image", keywords=["open", "file", "upload", "input", "picture"],
      fingerprint=_state_of("image"))  # fmt: skip
def load(
    image: Annotated[str, In("A picture that was uploaded, or a file in the input folder", widget="image")],
    context: Context,
) -> tuple[
    Annotated[Image, Out("image", "The picture, upright; with transparency if it has any")],
    Annotated[Mask, Out("mask", "White where the picture is transparent; all black if it is opaque")],
]:
    """Load a picture: PNG, JPEG, WebP, GIF (first frame), BMP, TIFF or AVIF."""
    from PIL import Image as PIL
    from PIL import ImageChops

    picture = _read(image, context, "image")
    _, alpha = without_alpha(picture)
    return picture, ImageChops.invert(alpha) if alpha else PIL.new("L", picture.size, 0)


@node("mask.load", title="Load mask", category="Image", keywords=["open", "file", "inpaint", "alpha", "channel"],
      fingerprint=_state_of("mask"))  # fmt: skip
def load_mask(
    mask: Annotated[str, In("A mask that was drawn or uploaded, or a file in the input folder", widget="mask")],
    context: Context,
) -> Annotated[Mask, Out("mask", "The mask; white is selected")]:
    """Load a picture as a mask: white is selected. Transparent parts count as black."""
    from PIL import ImageChops

    colours, alpha = without_alpha(_read(mask, context, "mask"))
    return ImageChops.multiply(as_mask(colours), alpha) if alpha else as_mask(colours)


@node("image.save", title="Save image", category="Image", cache="never", output=True, reads_graph=True,
      keywords=["write", "file", "export", "output", "download"])  # fmt: skip
def save(
    images: Annotated[list[Image], In("The pictures to save")],
    context: Context,
    name: Annotated[
        str, In("Start of the file name, after folders if you like: cats/portrait", placeholder="cats/portrait")
    ] = "image",
    format: Annotated[Format, In("File format; only PNG keeps every pixel as it is")] = "png",
    quality: Annotated[int, In("For JPEG and WebP: smaller files or better ones", min=1, max=100, step=1)] = 90,
) -> tuple[
    Annotated[list[Image], Out("images", "The pictures, unchanged")],
    Annotated[list[str], Out("files", "The names of the files in the output folder")],
]:
    """Save pictures to the output folder, numbered on from what is there: image_00001.png.

    PNG and WebP files carry the graph they were made with. JPEG carries none, and no transparency; it is shown as
    white.
    """
    graph, files = context.graph(), []
    for position, image in enumerate(images):
        context.progress(position, len(images))
        data = _encoded(image, format, quality)
        if format != "jpeg":
            data = embed(data, graph)
        path = write_next(data, context.output_dir, name, ".jpg" if format == "jpeg" else f".{format}")
        files.append(path.relative_to(context.output_dir).as_posix())
        context.log(f"Saved {files[-1]}")
    return images, files


@node("image.preview", title="Preview image", category="Image", output=True, keywords=["show", "view", "display"])
def preview(
    images: Annotated[list[Image], In("The pictures to show")],
) -> Annotated[list[Image], Out("images", "The pictures, unchanged")]:
    """Show pictures on the canvas."""
    return images


def _read(name: str, context: Context, port: str) -> "Picture":
    path = context.artifact(name) if is_artifact_id(name) else input_file(context.input_dir, name, port=port)
    return read_picture(path, port=port)


def _encoded(image: "Picture", format: Format, quality: int) -> bytes:
    buffer = io.BytesIO()
    if format == "png":
        image.save(buffer, "PNG", compress_level=4)
    elif format == "webp":
        image.save(buffer, "WEBP", quality=quality, method=4)
    else:
        _on_white(image).save(buffer, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2, optimize=True)
    return buffer.getvalue()


def _on_white(image: "Picture") -> "Picture":
    from PIL import Image as PIL

    colours, alpha = without_alpha(image)
    if alpha is None:
        return colours
    white = PIL.new("RGB", image.size, "white")
    white.paste(colours, mask=alpha)
    return white
