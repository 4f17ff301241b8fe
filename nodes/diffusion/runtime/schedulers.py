"""Schedulers: each run has its own, and what one block does to it can be handed to the next as a value."""

import copy
import functools
import inspect
from collections.abc import Mapping
from typing import Any

import diffusers
import numpy
import torch
from diffusers import SchedulerMixin
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from engine.errors import NodeError

_KIND = "scheduler"

State = dict[str, Any]
"""What a scheduler keeps beside its config: attribute → [value, device or None]. Only what differs from a new one."""


def of_own(component: Any) -> Any:
    """A scheduler counts its steps, so each run gets a copy of the one that was loaded; anything else is shared."""
    return copy.deepcopy(component) if isinstance(component, SchedulerMixin) else component


def is_scheduler(hint: Any) -> bool:
    """Whether a component of this type hint is one."""
    return isinstance(hint, type) and issubclass(hint, SchedulerMixin)


def uses_scheduler(block: ModularPipelineBlocks) -> bool:
    """Whether the block, or one inside, sets a scheduler up or steps it; some use one that they do not declare."""
    if any(is_scheduler(spec.type_hint) for spec in block.expected_components):
        return True
    kind: type = type(block)
    return _names_scheduler(kind) or any(map(uses_scheduler, block.sub_blocks.values()))


def state_of(scheduler: Any) -> State:
    """What has become of a scheduler since it was new; its own tensors, not copies."""
    new, state = vars(type(scheduler).from_config(scheduler.config)), {}
    for name, value in vars(scheduler).items():
        if name not in ("_internal_dict", "_old_config") and not callable(value) and not _equal(value, new.get(name)):
            state[name] = [value, _device(value)]
    return state


def restore(scheduler: Any, state: Mapping[str, Any]) -> None:
    """Bring a new scheduler to where another one was. Raises NodeError if `state` is no state of one."""
    try:
        for name, (value, device) in state.items():
            setattr(scheduler, name, _like(getattr(scheduler, name, None), _placed(value, device or "cpu")))
    except (TypeError, ValueError, AttributeError) as error:
        raise NodeError(
            "The scheduler state is none.", remedy="Connect a scheduler state output.", port="scheduler_state"
        ) from error


def as_value(scheduler: Any) -> dict[str, Any]:
    """A scheduler that blocks hand each other as plain data."""
    return {_KIND: type(scheduler).__name__, "config": dict(scheduler.config), "state": state_of(scheduler)}


def is_value(value: Any) -> bool:
    """Whether it is what `as_value` made."""
    return isinstance(value, dict) and _KIND in value


def from_value(value: Mapping[str, Any]) -> Any:
    """The scheduler of which `as_value` made `value`. Raises NodeError if there is no such class."""
    kind: Any = getattr(diffusers, str(value[_KIND]), None)
    if not is_scheduler(kind):
        raise NodeError(f"There is no scheduler {value[_KIND]!r}.", remedy="Connect another output.")
    config = {name: item for name, item in value["config"].items() if not name.startswith("_")}
    scheduler = kind.from_config(config)
    restore(scheduler, value["state"])
    return scheduler


def _placed(value: Any, device: str) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {name: _placed(item, device) for name, item in value.items()}
    return [_placed(item, device) for item in value] if isinstance(value, list) else value


def _like(new: Any, value: Any) -> Any:
    """Values lose what plain data cannot say: arrays, tuples, and keys that are numbers."""
    if isinstance(new, numpy.ndarray) and isinstance(value, torch.Tensor):
        return value.numpy()
    if isinstance(value, dict):
        return {int(key) if key.isdigit() else key: item for key, item in value.items()}
    return tuple(value) if isinstance(new, tuple) and isinstance(value, list) else value


def _device(value: Any) -> str | None:
    if isinstance(value, torch.Tensor):
        return str(value.device)
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return next(filter(None, map(_device, items)), None)


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return isinstance(other, torch.Tensor) and value.device == other.device and torch.equal(value, other)
    if isinstance(value, numpy.ndarray):
        return isinstance(other, numpy.ndarray) and numpy.array_equal(value, other)
    if isinstance(value, list | tuple):
        return type(value) is type(other) and len(value) == len(other) and all(map(_equal, value, other))
    if isinstance(value, dict):
        return (
            isinstance(other, dict) and value.keys() == other.keys() and all(_equal(value[k], other[k]) for k in value)
        )
    return bool(value == other)


@functools.cache
def _names_scheduler(cls: type) -> bool:
    """Whether a method of the class reads an attribute `scheduler`."""
    methods = [inspect.unwrap(getattr(member, "__func__", member)) for member in vars(cls).values()]
    return any("scheduler" in method.__code__.co_names for method in methods if inspect.isfunction(method))
