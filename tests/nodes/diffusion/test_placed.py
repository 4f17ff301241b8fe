"""Blocks without models compute where the pipeline's models do."""

import pytest
import torch

from nodes.diffusion.ref import parse_ref
from nodes.diffusion.runtime.built import built
from nodes.diffusion.runtime.placed import place
from tests.fakes.diffusion import Direct


def _pipe(direct: Direct, path: str):  # type: ignore[no-untyped-def]
    ref = parse_ref(direct.ref("tiny/sdxl", workflow="text2image"))
    return built(direct.side.states["components"].repos, ref, path).pipe


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_a_block_without_models_is_where_it_is_placed(direct: Direct, device: str) -> None:
    pipe = _pipe(direct, "denoise.before_denoise.set_timesteps")
    place(pipe, device, "bfloat16")
    assert (pipe._execution_device, pipe.dtype) == (torch.device(device), torch.bfloat16)


def test_a_block_with_models_is_where_they_are(direct: Direct) -> None:
    pipe = _pipe(direct, "decode")
    pipe.vae = torch.nn.Linear(1, 1)
    pipe.vae.device, pipe.vae.dtype = torch.device("cpu"), torch.float32
    place(pipe, "meta", "bfloat16")
    assert (pipe._execution_device, pipe.dtype) == (torch.device("cpu"), torch.float32)
    pipe.vae = None


def test_a_placed_pipeline_keeps_its_class_name(direct: Direct) -> None:
    pipe = _pipe(direct, "decode")
    before = type(pipe).__name__
    place(pipe, "cpu", "float32")
    assert type(pipe).__name__ == before
