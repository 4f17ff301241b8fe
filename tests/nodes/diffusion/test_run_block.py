"""What running a block does besides computing: progress, cancel, previews, refusals; it leaves its inputs alone."""

import io
from typing import Any

import pytest
import torch
from PIL import Image

from engine.errors import Cancelled, NodeError
from nodes.diffusion.runtime.built import built
from nodes.diffusion.runtime.tensors import TensorKind
from tests.fakes.diffusion import Direct
from tests.fakes.pictures import picture

PROMPT = "a large red circle"
SIZE = {"height": 128, "width": 128}


@pytest.fixture
def ref(direct: Direct) -> dict[str, Any]:
    return direct.ref("tiny/sdxl", workflow="text2image", guidance_scale=3.0)


@pytest.fixture
def denoise(direct: Direct, ref: dict[str, Any]) -> dict[str, Any]:
    """What a denoise node of four steps is given."""
    embeddings = direct.block(ref, "text_encoder", prompt=PROMPT)["embeddings"]
    return {"pipeline": ref, "block": "denoise", "embeddings": embeddings, "num_inference_steps": 4, "seed": 7, **SIZE}


def test_each_step_is_reported(direct: Direct, denoise: dict[str, Any]) -> None:
    _, context = direct.run("diffusion.block", denoise)
    assert context.steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_cancel_stops_within_one_step(direct: Direct, denoise: dict[str, Any]) -> None:
    with pytest.raises(Cancelled):
        direct.run("diffusion.block", denoise, cancel_at=2)
    _, context = direct.run("diffusion.block", denoise)
    assert len(context.steps) == 4


def test_previews_are_jpegs_and_change_nothing(direct: Direct, denoise: dict[str, Any]) -> None:
    plain, _ = direct.run("diffusion.block", denoise)
    shown, context = direct.run("diffusion.block", denoise, previews=True)
    assert [Image.open(io.BytesIO(data)).size for data in context.shown] == [(128, 128)] * 4
    assert torch.equal(plain["latents"], shown["latents"])
    assert torch.equal(plain["generator"], shown["generator"])


def test_flow_matching_is_previewed(direct: Direct) -> None:
    given = {"pipeline": direct.ref("tiny/flux"), "block": "", "prompt": PROMPT, "num_inference_steps": 2, **SIZE}
    outputs, context = direct.run("diffusion.block", given, previews=True)
    assert context.steps == [(1, 2), (2, 2)]
    assert [Image.open(io.BytesIO(data)).size for data in context.shown] == [(128, 128)] * 2
    assert [image.size for image in outputs["images"]] == [(128, 128)]


def test_inputs_are_left_as_they_were(direct: Direct, denoise: dict[str, Any]) -> None:
    latents = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    kept = {name: value.clone() for name, value in denoise["embeddings"].items()} | {"latents": latents.clone()}
    first = direct.run("diffusion.block", denoise | {"latents": latents})[0]
    second = direct.run("diffusion.block", denoise | {"latents": latents})[0]
    assert torch.equal(first["latents"], second["latents"])
    assert all(torch.equal(value, kept[name]) for name, value in (denoise["embeddings"] | {"latents": latents}).items())


@pytest.mark.parametrize("repo", ["tiny/sdxl", "tiny/flux"])
def test_a_strength_that_leaves_no_step_is_refused(direct: Direct, repo: str) -> None:
    given = {"image": picture(), "prompt": PROMPT, "num_inference_steps": 1, "strength": 0.0}
    with pytest.raises(NodeError, match="The strength leaves no step to do") as refused:
        direct.block(direct.ref(repo, workflow="image2image"), "", **given)
    assert refused.value.problems[0].code == "no_steps"


def test_values_read_back_from_disk_give_the_same_bits(direct: Direct) -> None:
    ref, kind = direct.ref("tiny/sdxl", workflow="image2image"), TensorKind()
    encoded = direct.block(ref, "vae_encoder", image=picture(), seed=7)
    embeddings = direct.block(ref, "text_encoder", prompt=PROMPT)["embeddings"]
    given = {"num_inference_steps": 4, "generator": encoded["generator"]}
    fresh = direct.block(ref, "denoise", embeddings=embeddings, image_latents=encoded["image_latents"], **given)
    embeddings = {name: kind.decode(kind.encode(value)) for name, value in embeddings.items()}
    latents = kind.decode(kind.encode(encoded["image_latents"]))
    again = direct.block(ref, "denoise", embeddings=embeddings, image_latents=latents, **given)
    assert torch.equal(fresh["latents"], again["latents"])


def test_seed_decides_the_noise(direct: Direct, denoise: dict[str, Any]) -> None:
    seven, eight = (direct.run("diffusion.block", denoise | {"seed": seed})[0]["latents"] for seed in (7, 8))
    assert not torch.equal(seven, eight)


def test_guidance_scale_of_the_pipeline_counts(direct: Direct, denoise: dict[str, Any]) -> None:
    other = denoise["pipeline"] | {"guidance_scale": 9.0}
    low, high = (direct.run("diffusion.block", denoise | {"pipeline": p})[0] for p in (denoise["pipeline"], other))
    assert not torch.equal(low["latents"], high["latents"])


def test_a_part_connected_by_itself_takes_the_bundles_place(direct: Direct, denoise: dict[str, Any]) -> None:
    other = direct.block(denoise["pipeline"], "text_encoder", prompt="a blue square")["embeddings"]
    replaced = direct.run("diffusion.block", denoise | {"prompt_embeds": other["prompt_embeds"]})[0]
    assert not torch.equal(replaced["latents"], direct.run("diffusion.block", denoise)[0]["latents"])


def test_a_leaf_block_runs_by_itself(direct: Direct, ref: dict[str, Any]) -> None:
    outputs = direct.block(ref, "denoise.before_denoise.set_timesteps", num_inference_steps=3)
    assert outputs["timesteps"].shape == (3,)


def test_unknown_words_are_logged(direct: Direct, ref: dict[str, Any]) -> None:
    given = {"pipeline": ref, "block": "text_encoder", "prompt": "a red foo, a Blue zebra"}
    assert direct.run("diffusion.block", given)[1].lines == [("warning", "The tokenizer doesn't know: 'foo', 'zebra'.")]


def test_between_runs_a_block_holds_no_models(direct: Direct, denoise: dict[str, Any]) -> None:
    direct.run("diffusion.block", denoise)
    pipe = built(direct.side.states["components"].repos, _parsed(denoise["pipeline"]), "denoise").pipe
    assert pipe.unet is None


REFUSED = {
    "unknown input": ({"colour": "red"}, "The block has no input 'colour'."),
    "no embeddings": ({"embeddings": None}, "The input prompt_embeds is missing."),
    "no bundle": ({"embeddings": 3}, "The embeddings are no bundle."),
    "a size of one number": (
        {"original_size": 512},
        "original_size takes two numbers, [height, width]; it got 512.",
    ),
    "a size of text": (
        {"target_size": ["a", None]},
        "target_size takes two numbers, [height, width]; it got a list.",
    ),
    "no steps": ({"sigmas": []}, "sigmas takes a list of numbers; it got a list."),
    "a step for steps": ({"timesteps": 3.5}, "timesteps takes a list of numbers; it got 3.5."),
    "options without names": (
        {"cross_attention_kwargs": True},
        'cross_attention_kwargs takes names with values, {"…": …}; it got true.',
    ),
    "no state": ({"generator": torch.zeros(3)}, "The generator input holds no generator state."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_input_is_refused(direct: Direct, denoise: dict[str, Any], case: str) -> None:
    wrong, message = REFUSED[case]
    with pytest.raises(NodeError) as caught:
        direct.run("diffusion.block", denoise | wrong)
    assert caught.value.problems[0].message == message


def _parsed(ref: dict[str, Any]) -> Any:
    from nodes.diffusion.ref import parse_ref

    return parse_ref(ref)
