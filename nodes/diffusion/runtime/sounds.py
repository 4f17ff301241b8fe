"""Sounds on their way into a block and out of it: tensors there, with their rate beside them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy
import torch

from engine.errors import NodeError
from nodes.audio.coding import samples_of, sound_of
from nodes.audio.sound import Sound

RATES = ("output_sampling_rate", "sampling_rate", "sample_rate")
"""What configs of models call the rate of the sound that they make; the last model's own comes first."""
USUAL_RATE = 44100
"""In samples a second, where nothing says more."""
_RATE_INPUT = re.compile(r"(\w+_)?sampl(e|ing)_rates?")


def tensors_in(name: str, value: Any) -> Any:
    """A sound as (channels, samples), or a list of them; tensors as they are. Raises NodeError for anything else."""
    if isinstance(value, torch.Tensor | numpy.ndarray):
        return value
    if isinstance(value, list):
        return [tensors_in(name, item) for item in value]
    if not isinstance(value, Sound):
        raise NodeError(f"{name} is no sound.", remedy="Connect an audio output.", port=name)
    return torch.from_numpy(samples_of(value).astype("float32"))  # a copy: blocks may work in place


def missing_rates(names: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The rates of the sounds in `given`, for those of the inputs `names` that take rates and are not given."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        several = isinstance(value, list) and bool(value) and all(isinstance(item, Sound) for item in value)
        free = [other for other in names if _RATE_INPUT.fullmatch(other) and other not in given]
        if free and (several or isinstance(value, Sound)):
            nearest = max(free, key=lambda other: _shared_start(name, other))
            found[nearest] = [item.rate for item in value] if several else value.rate
    return found


def _shared_start(one: str, other: str) -> int:
    """How many letters at the start are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def rate_of(pipe: Any, results: Mapping[str, Any]) -> int | None:
    """The rate of the sound that a block made: as it says, or as its models do."""
    if isinstance(said := results.get("sampling_rate"), int):
        return said
    configs = [getattr(component, "config", None) for component in pipe.components.values()]
    known = (config.get(name) for name in RATES for config in configs if isinstance(config, dict))
    return next((int(rate) for rate in known if isinstance(rate, int | float) and rate > 0), None)


def sounds(value: Any, rate: int) -> list[Sound]:
    """The sounds in what a block made: (channels, samples), or a batch of such."""
    return [sound_of(samples, rate) for samples in _waves(value)]


def _waves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _waves(item)
        return
    array = value.detach().float().cpu().numpy() if isinstance(value, torch.Tensor) else numpy.asarray(value)
    yield from array.reshape(-1, *array.shape[-2:]) if array.ndim > 2 else [array]
