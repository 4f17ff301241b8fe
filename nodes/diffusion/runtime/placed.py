"""Where blocks without models compute: on the device, and in the precision, of the pipeline that they are a part of."""

import functools
from typing import Any

import torch

from nodes.diffusion.runtime.blocks import Pipeline


def place(pipe: Pipeline, device: str, dtype: str) -> None:
    """Let `pipe` compute on `device` in `dtype` where none of its components says so.

    A pipeline asks its first model; one without models would compute on the CPU, beside inputs that are on a GPU.
    """
    cls: Any = type(pipe)
    if not issubclass(cls, _Placed):
        pipe.__class__ = _placed(cls)
    pipe._place = torch.device(device), getattr(torch, dtype)


def dtype_of(pipe: Pipeline) -> torch.dtype:
    """The precision that `place` gave the pipeline, whatever that of single components is."""
    dtype: torch.dtype = pipe._place[1]
    return dtype


class _Placed:
    """What `place` adds to a pipeline's class."""

    _place: tuple[torch.device, torch.dtype]
    components: dict[str, Any]

    @property
    def device(self) -> torch.device:
        found: torch.device = super().device if self._has_models() else self._place[0]  # type: ignore[misc]
        return found

    @property
    def dtype(self) -> torch.dtype:
        found: torch.dtype = super().dtype if self._has_models() else self._place[1]  # type: ignore[misc]
        return found

    def _has_models(self) -> bool:
        return any(isinstance(component, torch.nn.Module) for component in self.components.values())


@functools.cache
def _placed(cls: type[Any]) -> type[Any]:
    return type(cls.__name__, (_Placed, cls), {"__module__": cls.__module__})
