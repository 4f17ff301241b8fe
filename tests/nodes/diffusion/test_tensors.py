"""Tensors as values."""

import pytest
import torch

from engine.values.refs import ValueSummary
from nodes.diffusion.runtime.tensors import TensorKind

TENSORS = {
    "bfloat16": torch.randn(2, 3).to(torch.bfloat16),
    "no dimensions": torch.tensor(3.5),
    "no elements": torch.empty(0, 4),
    "channels last": torch.randn(1, 4, 6, 5).to(memory_format=torch.channels_last),
    "transposed view": torch.randn(3, 4).T,
    "every other column": torch.randn(3, 8)[:, ::2],
    "bytes": torch.arange(8, dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
}


@pytest.mark.parametrize("name", TENSORS)
def test_tensor_comes_back_the_same(name: str) -> None:
    tensor, kind = TENSORS[name], TensorKind()
    back = kind.decode(kind.encode(tensor))
    assert kind.owns(tensor)
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


def test_memory_format_survives() -> None:
    back = TensorKind().decode(TensorKind().encode(TENSORS["channels last"]))
    assert back.is_contiguous(memory_format=torch.channels_last)


def test_summary_says_shape_and_statistics() -> None:
    summary = TensorKind().summary(torch.tensor([[1.0, 2.0, 3.0]]))
    stats = {"min": 1.0, "max": 3.0, "mean": 2.0}
    assert summary == ValueSummary(type="tensor", size=12, shape=[1, 3], dtype="float32", stats=stats)


@pytest.mark.parametrize("tensor", [torch.empty(0), torch.tensor([float("nan")])])
def test_no_statistics_without_numbers(tensor: torch.Tensor) -> None:
    assert TensorKind().summary(tensor).stats is None
