"""Values on their way into a block and out of it: copies, pictures, tuples, objects, and plain data."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy
import torch
from diffusers import SchedulerMixin
from PIL import Image

from engine.catalogue.plain import flaw, shown
from engine.errors import NodeError
from nodes.diffusion.names import port_name
from nodes.diffusion.objects import is_value as is_object_value
from nodes.diffusion.ports import look
from nodes.diffusion.runtime import objects
from nodes.diffusion.runtime.schedulers import as_value, from_value, is_value
from nodes.diffusion.runtime.sounds import tensors_in


def own_copy(value: Any, device: str) -> Any:
    """The value copied, tensors to `device`: cached values must survive blocks that work in place."""
    if isinstance(value, torch.Tensor):
        return value.to(device, copy=True)
    if isinstance(value, numpy.ndarray | Image.Image):
        return value.copy()
    if isinstance(value, dict):
        return {name: own_copy(item, device) for name, item in value.items()}
    return [own_copy(item, device) for item in value] if isinstance(value, list) else value


def block_value(item: Mapping[str, Any], value: Any, picture_mode: str = "RGB") -> Any:
    """A port's value as the block described by `item` wants it. Raises NodeError if it is none."""
    looks = look(item)
    if looks.form is not None and flaw(value) is None and not looks.form.fits(value):
        raise NodeError(
            f"{item['name']} takes {looks.form.words}; it got {shown(value)}.", code="wrong_type",
            remedy="Write it so, or leave it empty.", port=port_name(item["name"]),
        )  # fmt: skip
    kind = looks.type.removeprefix("list[").removesuffix("]")
    if kind in ("image", "mask"):
        return _pictures_in(item["name"], value, "L" if kind == "mask" else picture_mode)
    if kind == "audio":
        return tensors_in(item["name"], value)
    if is_value(value):
        return from_value(value)
    if is_object_value(value):
        return objects.from_value(value, item["name"], lambda field, inner: block_value(field, inner, picture_mode))
    if isinstance(value, list) and value and all(map(is_object_value, value)):
        return [block_value(item, one, picture_mode) for one in value]
    if item.get("objects") and value != []:
        names = " or ".join(taken["name"] for taken in item["objects"])
        raise NodeError(f"{item['name']} takes {names}.", remedy="Connect Make object nodes.", port=item["name"])
    if isinstance(value, str) and "torch.dtype" in item["type"]:
        return _dtype(item["name"], value)
    if isinstance(value, list) and (item["tuple"] or item["name"].endswith(("_size", "coords", "top_left"))):
        return tuple(value)
    return value


def node_value(value: Any) -> Any:
    """What a block made, as a value that can be kept: arrays on their own, tuples as lists; None for other objects.

    A dtype or a device becomes its name: `float32`, `cpu`; a scheduler its config and state, a dataclass its fields.
    """
    if isinstance(value, torch.Tensor):
        return value.detach().clone()  # keeps the memory format, which later convolutions' results hang on
    if isinstance(value, numpy.ndarray):
        return value.copy() if value.dtype.kind in "biuf" else None
    if isinstance(value, list | tuple):
        return [node_value(item) for item in value]
    if isinstance(value, dict):
        return {str(name): node_value(item) for name, item in value.items()}
    if isinstance(value, SchedulerMixin):
        return node_value(as_value(value))
    if objects.is_object(value):
        return objects.as_value(value, node_value)
    if isinstance(value, torch.dtype | torch.device):
        return str(value).removeprefix("torch.")
    return value if isinstance(value, str | int | float | bool | Image.Image) else None


def flat_pictures(value: Any) -> Any:
    """Pictures of a batch, or of videos, in one list; what is not made of pictures as `node_value` has it."""
    pictures = list(_pictures(value))
    return pictures if all(isinstance(picture, Image.Image) for picture in pictures) else node_value(value)


def _pictures(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _pictures(item)
    else:
        yield value


def _pictures_in(name: str, value: Any, mode: str) -> Any:
    """Pictures as a block wants them, one or a list; between blocks they also travel as arrays."""
    if isinstance(value, torch.Tensor | numpy.ndarray):
        return value
    if isinstance(value, list):
        return [_pictures_in(name, item, mode) for item in value]
    if not isinstance(value, Image.Image):
        raise NodeError(f"{name} is no picture.", remedy="Connect an image output.", port=name)
    return value if value.mode == mode else value.convert(mode)


def _dtype(name: str, value: str) -> torch.dtype:
    found = getattr(torch, value, None)
    if not isinstance(found, torch.dtype):
        raise NodeError(f"{name} is no number format: {value!r}.", remedy="Write it as float32 or bfloat16.", port=name)
    return found
