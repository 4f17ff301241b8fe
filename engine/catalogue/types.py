"""Port types, and which output may be connected to which input.

A port type is a short string (`image`, `list[image]`), as it stands in JSON. The classes below are markers for
annotations of node functions; at run time a value is what `python_form` in each docstring says.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

Connection = Literal["direct", "wrap", "map"]
"""How a value crosses an edge: as it is, as a list of one, or item by item (the node is mapped over the list)."""

SCALARS = frozenset({"int", "float", "string", "bool", "json"})
MEDIA = frozenset({"image", "mask", "video", "audio"})
TENSORS = frozenset({"latents", "embeddings", "tensor"})
REFS = frozenset({"pipeline", "component", "scheduler", "guider", "lora", "quantization", "controlnet"})
ITEM_TYPES = SCALARS | MEDIA | TENSORS | REFS | {"file", "any"}

_WIDENINGS = frozenset({("int", "float"), ("mask", "image")})

if TYPE_CHECKING:
    from PIL.Image import Image as Image

    Mask = Image
    Video = Any
    Audio = Any
    Latents = Any
    Embeddings = dict[str, Any]
    Tensor = Any
    Pipeline = dict[str, Any]
    Json = Any
else:

    class Image:
        """A picture. Python form: `PIL.Image.Image` in mode RGB or RGBA."""

    class Mask:
        """A mask; white is selected. Python form: `PIL.Image.Image` in mode L."""

    class Video:
        """A video. Python form: `nodes.video.clip.Clip`, an encoded file and what is known of it."""

    class Audio:
        """A sound. Python form: `nodes.audio.sound.Sound`, its samples and their rate."""

    class Latents:
        """Latents. Python form: `torch.Tensor` of shape (batch, channels, height, width) or with frames."""

    class Embeddings:
        """A bundle of conditioning. Python form: `dict[str, torch.Tensor | list | None]`."""

    class Tensor:
        """Any tensor. Python form: `torch.Tensor`."""

    class Pipeline:
        """A pipeline ref. Python form: plain JSON data that says which weights; never the weights."""

    class Json:
        """Plain JSON data. Python form: dict, list, str, int, float, bool or None."""


def is_port_type(text: str) -> bool:
    """Whether `text` names a port type: one of `ITEM_TYPES`, or `list[...]` of one."""
    return item_type(text) in ITEM_TYPES


@lru_cache(maxsize=4096)
def is_list(text: str) -> bool:
    return text.startswith("list[") and text.endswith("]")


@lru_cache(maxsize=4096)
def item_type(text: str) -> str:
    """`list[image]` → `image`; anything else as it is."""
    return text[5:-1] if is_list(text) else text


@lru_cache(maxsize=4096)
def list_of(text: str) -> str:
    """`image` → `list[image]`; a list stays as it is."""
    return text if is_list(text) else f"list[{text}]"


@lru_cache(maxsize=4096)
def connection(source: str, target: str) -> Connection | None:
    """How a value of type `source` enters an input of type `target`, or None if it does not fit.

    Equal types fit; so does anything to or from `any`, int to float and mask to image. A single value enters a list
    as a list of one; a list enters a single input item by item.
    """
    if source == target or "any" in (source, target):
        return "direct"
    if not _items_fit(item_type(source), item_type(target)):
        return None
    if is_list(source) == is_list(target):
        return "direct"
    return "wrap" if is_list(target) else "map"


def _items_fit(source: str, target: str) -> bool:
    return source == target or "any" in (source, target) or (source, target) in _WIDENINGS
