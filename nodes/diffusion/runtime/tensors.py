"""Torch tensors and numpy arrays as values: recognised without importing either, kept as safetensors."""

import json
import sys
from typing import Any

from engine.values.refs import ValueSummary

_NAME = "tensor"


class TensorKind:
    """A `torch.Tensor` of any shape and dtype; comes back on the CPU.

    The order of its dimensions in memory is kept too (channels last, for example): convolutions choose their algorithm
    by it, so a value read from the cache gives the same bits as one that never left memory.
    """

    tag = "tensor"

    def owns(self, value: Any) -> bool:
        torch = sys.modules.get("torch")
        return torch is not None and isinstance(value, torch.Tensor)

    def size(self, value: Any) -> int:
        return int(value.numel() * value.element_size())

    def encode(self, value: Any) -> bytes:
        from safetensors.torch import save

        order = _memory_order(value)
        ordered = value.detach().cpu().resolve_conj().permute(order).contiguous()
        return save({_NAME: ordered}, metadata={"order": json.dumps(order)})

    def decode(self, data: bytes) -> Any:
        from safetensors.torch import load

        length = int.from_bytes(data[:8], "little")
        order = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["order"])
        back = sorted(range(len(order)), key=order.__getitem__)
        return load(data)[_NAME].permute(back)

    def summary(self, value: Any) -> ValueSummary:
        return ValueSummary(
            type="tensor",
            size=self.size(value),
            shape=list(value.shape),
            dtype=str(value.dtype).removeprefix("torch."),
            stats=_stats(value),
        )

    def file(self, value: Any) -> tuple[bytes, str] | None:
        return self.encode(value), ".safetensors"


class ArrayKind:
    """A `numpy.ndarray` of numbers. Some blocks hand them on, and the next ones do not take tensors for them."""

    tag = "array"

    def owns(self, value: Any) -> bool:
        numpy = sys.modules.get("numpy")
        return numpy is not None and isinstance(value, numpy.ndarray) and value.dtype.kind in "biuf"

    def size(self, value: Any) -> int:
        return int(value.nbytes)

    def encode(self, value: Any) -> bytes:
        import numpy
        from safetensors.numpy import save

        return save({_NAME: numpy.ascontiguousarray(value).reshape(value.shape)})

    def decode(self, data: bytes) -> Any:
        from safetensors.numpy import load

        return load(data)[_NAME]

    def summary(self, value: Any) -> ValueSummary:
        return ValueSummary(type="tensor", size=self.size(value), shape=list(value.shape), dtype=str(value.dtype))

    def file(self, value: Any) -> tuple[bytes, str] | None:
        return self.encode(value), ".safetensors"


def _memory_order(value: Any) -> list[int]:
    """The dimensions from the one with the largest stride to the smallest."""
    strides = value.stride()
    return sorted(range(value.dim()), key=lambda dim: -strides[dim])


def _stats(value: Any) -> dict[str, float] | None:
    """None where there are no numbers to speak of: empty, complex, or not finite."""
    if value.numel() == 0 or value.is_complex():
        return None
    numbers = value.detach().double()
    found = {"min": numbers.min().item(), "max": numbers.max().item(), "mean": numbers.mean().item()}
    return found if all(abs(number) < float("inf") for number in found.values()) else None
