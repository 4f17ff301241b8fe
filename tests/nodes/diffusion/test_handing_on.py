"""What blocks hand each other besides tensors: schedulers, what they rewrite, arrays, precision, bundles."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from diffusers import EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from diffusers.modular_pipelines.minimax_music3.denoise import MiniMaxMusic3ChunkDenoiseStep
from diffusers.modular_pipelines.stable_diffusion_xl.denoise import StableDiffusionXLDenoiseStep
from diffusers.modular_pipelines.z_image.before_denoise import ZImagePrepareLatentsStep
from diffusers.modular_pipelines.z_image.denoise import ZImageDenoiseStep
from PIL import Image, ImageChops

from engine.errors import NodeError
from nodes.diffusion.runtime.convert import block_value, node_value
from nodes.diffusion.runtime.precision import decoding_any_precision
from nodes.diffusion.runtime.schedulers import as_value, from_value, restore, state_of
from nodes.diffusion.runtime.source import loop_bound, rewritten_inputs
from nodes.diffusion.runtime.tensors import ArrayKind
from tests.fakes.diffusion import Direct
from tests.fakes.parity import comparable
from tests.fakes.tiny import TINY, tiny_vae

SCHEDULERS: dict[str, Callable[[], Any]] = {
    "euler": EulerDiscreteScheduler,
    "flow": FlowMatchEulerDiscreteScheduler,
    "multistep": lambda: UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True),
}


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Direct:
    models = tmp_path_factory.mktemp("models")
    for name in ("sd3", "sdxl", "wan"):
        TINY[name].build(models / "tiny" / name)
    return Direct(tmp_path_factory.mktemp("data"), models)


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("travel", ["state", "value"])
def test_a_scheduler_goes_on_where_another_stopped(name: str, travel: str) -> None:
    first, sample, output = SCHEDULERS[name](), torch.ones(1, 4, 2, 2), torch.full((1, 4, 2, 2), 0.5)
    first.set_timesteps(4)
    first.step(output, first.timesteps[0], sample)
    second = SCHEDULERS[name]()
    if travel == "value":
        second = from_value(node_value(as_value(first)))
    else:
        restore(second, node_value(state_of(first)))
    then = [scheduler.step(output, scheduler.timesteps[1], sample)[0] for scheduler in (first, second)]
    assert torch.equal(*then)


def test_a_new_scheduler_has_no_state() -> None:
    assert state_of(EulerDiscreteScheduler()) == {}


def test_no_state_is_refused() -> None:
    with pytest.raises(NodeError, match="scheduler state"):
        restore(EulerDiscreteScheduler(), {"timesteps": 3})


def test_what_a_block_rewrites_is_read_from_its_source() -> None:
    assert rewritten_inputs(ZImagePrepareLatentsStep()) == {"height", "width", "latents"}
    assert rewritten_inputs(ZImageDenoiseStep()) >= {"latents"}  # a step of the loop does, which does not declare it


def test_what_a_loop_runs_over_is_read_from_its_source() -> None:
    assert loop_bound(StableDiffusionXLDenoiseStep) == "timesteps"
    assert loop_bound(MiniMaxMusic3ChunkDenoiseStep) == "chunk_starts"  # of which it takes the length first


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_arrays_stay_arrays(dtype: str) -> None:
    kind, array = ArrayKind(), numpy.arange(6).reshape(2, 3).astype(dtype)
    back = kind.decode(kind.encode(node_value(array)))
    assert (back.dtype, back.tolist()) == (array.dtype, array.tolist())


def test_number_formats_travel_by_name() -> None:
    item = {"name": "dtype", "type": "torch.dtype", "default": None, "tuple": False}
    assert (node_value(torch.bfloat16), block_value(item, "bfloat16")) == ("bfloat16", torch.bfloat16)
    with pytest.raises(NodeError, match="no number format"):
        block_value(item, "float7")


def test_latents_of_another_precision_are_decoded(direct: Direct) -> None:
    ref = direct.ref("tiny/sdxl", dtype="float32")
    latents = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0)).bfloat16()
    half, full = (direct.block(ref, "decode", latents=item)["images"][0] for item in (latents, latents.float()))
    assert max(high for _, high in ImageChops.difference(half, full).getextrema()) <= 4  # scaled before they are cast


def test_a_vae_is_left_as_it_was() -> None:
    vae = tiny_vae(4)
    with decoding_any_precision(vae):
        assert vae.decode(torch.zeros(1, 4, 4, 4, dtype=torch.bfloat16)).sample.dtype == torch.float32
    assert "decode" not in vars(vae)


def test_guidance_needs_no_negative_prompt_to_be_typed(direct: Direct) -> None:
    ref = direct.ref("tiny/sd3", workflow="text2image", guidance_scale=5.0)
    given = {"prompt": "a red circle", "num_inference_steps": 1, "height": 128, "width": 128}
    without, empty = (direct.block(ref, "", **given, **more) for more in ({}, {"negative_prompt": ""}))
    assert comparable(without["images"]) == comparable(empty["images"])


def test_later_bundles_win_part_by_part(direct: Direct) -> None:
    ref = direct.ref("tiny/sdxl", workflow="text2image")
    red, blue = (direct.block(ref, "text_encoder", prompt=f"a {word} circle")["embeddings"] for word in ("red", "blue"))
    given = {"num_inference_steps": 1, "height": 128, "width": 128}
    part = {"prompt_embeds": blue["prompt_embeds"]}
    merged, both = (
        direct.block(ref, "denoise", embeddings=bundles, **given)["latents"]
        for bundles in ([red, part], {**red, **part})
    )
    assert torch.equal(merged, both)


def test_videos_come_as_pictures(direct: Direct) -> None:
    given = {"prompt": "a red circle", "num_inference_steps": 1, "height": 64, "width": 64, "num_frames": 5}
    videos = direct.block(direct.ref("tiny/wan"), "", **given)["videos"]
    assert [(type(frame), frame.size) for frame in videos] == [(Image.Image, (64, 64))] * 5


def test_models_are_shared_by_where_their_files_are(tmp_path: Path, direct: Direct) -> None:
    store = direct.side.states["components"]
    store.free(None)
    for workflow in ("text2image", "image2image"):
        direct.block(direct.ref("tiny/sdxl", workflow=workflow), "text_encoder", prompt="a red circle")
    direct.block(direct.ref("tiny/sd3"), "decode", latents=torch.zeros(1, 4, 16, 16))
    assert [(model.repo, model.name) for model in store.models()] == [
        ("tiny/sdxl", "text_encoder"),
        ("tiny/sdxl", "text_encoder_2"),
        ("tiny/sd3", "vae"),
    ]
    direct.block(direct.ref("tiny/sdxl"), "decode", latents=torch.zeros(1, 4, 16, 16))
    store.free("vae", "tiny/sd3")
    assert [model.repo for model in store.models() if model.name == "vae"] == ["tiny/sdxl"]
