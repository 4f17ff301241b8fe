"""The component store: one load per component, a budget, and clear words about bad files."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderTiny

from engine.errors import NodeError, Problem
from tests.fakes.diffusion import Direct


def fresh(tmp_path: Path, models: Path, **facts: Any) -> Direct:
    return Direct(tmp_path / "data", models, **facts)


def loaded(direct: Direct) -> set[str]:
    assert direct.side.models is not None
    return {model.name for model in direct.side.models.models()}


def test_components_load_once_and_only_where_needed(tmp_path: Path, models: Path) -> None:
    direct = fresh(tmp_path, models)
    ref = direct.ref("tiny/sdxl")
    assert direct.side.models is not None
    for prompt in ("a red circle", "a blue square"):
        direct.block(ref, "text_encoder", prompt=prompt)
    assert (loaded(direct), direct.side.models.loads()) == ({"text_encoder", "text_encoder_2"}, 2)
    direct.block(ref, "", prompt="a red circle", num_inference_steps=1, height=128, width=128)
    assert (loaded(direct), direct.side.models.loads()) == ({"text_encoder", "text_encoder_2", "unet", "vae"}, 4)


def test_least_recently_used_goes_when_memory_is_short(tmp_path: Path, models: Path) -> None:
    direct = fresh(tmp_path, models, models_memory=115_000)
    ref = direct.ref("tiny/sdxl")
    direct.block(ref, "text_encoder", prompt="a red circle")
    direct.block(ref, "decode", latents=torch.zeros(1, 4, 16, 16))
    assert loaded(direct) == {"vae", "text_encoder_2"}


def test_free_unloads_one_or_all(tmp_path: Path, models: Path) -> None:
    direct = fresh(tmp_path, models)
    direct.block(direct.ref("tiny/sdxl"), "text_encoder", prompt="a red circle")
    assert direct.side.models is not None
    direct.side.models.free("text_encoder")
    assert loaded(direct) == {"text_encoder_2"}
    direct.side.models.free(None)
    assert loaded(direct) == set()


def test_what_the_last_node_did_not_use_goes_when_memory_has_run_out(tmp_path: Path, models: Path) -> None:
    direct = fresh(tmp_path, models)
    ref = direct.ref("tiny/sdxl")
    direct.block(ref, "text_encoder", prompt="a red circle")
    direct.block(ref, "decode", latents=torch.zeros(1, 4, 16, 16))
    assert direct.side.models is not None
    assert direct.side.models.recover()
    assert loaded(direct) == {"vae"}
    assert not direct.side.models.recover(), "the rest is in use"


@pytest.mark.parametrize(("refusals", "helps"), [(0, True), (1, False)], ids=["by the driver", "by torch"])
def test_emptied_caches_help_only_where_torch_had_not_emptied_them(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, helps: bool
) -> None:
    reserved = iter([100, 10])
    cuda = SimpleNamespace(memory_reserved=lambda: next(reserved), memory_stats=lambda: {"num_ooms": refusals})
    monkeypatch.setattr("nodes.diffusion.runtime.components._cuda", lambda: cuda)
    direct = fresh(tmp_path, models)
    assert direct.side.models is not None
    assert direct.side.models.recover() is helps


def test_damaged_weights_are_named(tmp_path: Path, models: Path) -> None:
    shutil.copytree(models / "tiny" / "sdxl", tmp_path / "models" / "broken")
    weights = tmp_path / "models" / "broken" / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    direct = fresh(tmp_path, tmp_path / "models")
    with pytest.raises(NodeError) as caught:
        direct.block(direct.ref("broken"), "decode", latents=torch.zeros(1, 4, 16, 16))
    assert caught.value.problems[0] == Problem(
        code="damaged_weights",
        message="Component 'vae' of repo 'broken' can't load: vae/diffusion_pytorch_model.safetensors is damaged.",
        remedy="Download the repo again.",
    )


def test_missing_component_is_named(tmp_path: Path, models: Path) -> None:
    shutil.copytree(models / "tiny" / "sdxl", tmp_path / "models" / "partial")
    direct = fresh(tmp_path, tmp_path / "models")
    shutil.rmtree(tmp_path / "models" / "partial" / "vae")
    with pytest.raises(NodeError, match="no component 'vae'"):
        direct.block(direct.ref("partial"), "decode", latents=torch.zeros(1, 4, 16, 16))


def test_another_class_of_component_takes_the_place_of_the_pipeline_s_own(tmp_path: Path, models: Path) -> None:
    tiny = AutoencoderTiny(
        encoder_block_out_channels=(4, 4, 4, 4), decoder_block_out_channels=(4, 4, 4, 4), latent_channels=4
    )
    tiny.save_pretrained(models / "tiny" / "taesd")
    direct = fresh(tmp_path, models)
    component = direct.run("diffusion.component", {"repo": "tiny/taesd"})[0]["component"]
    given = {"pipeline": direct.ref("tiny/sdxl"), "component": component, "name": "vae"}
    ref = direct.run("diffusion.with_component", given)[0]["pipeline"]
    latents = torch.zeros(1, 4, 16, 16)
    (small,) = direct.block(ref, "decode", latents=latents)["images"]
    (usual,) = direct.block(direct.ref("tiny/sdxl"), "decode", latents=latents)["images"]
    assert small.size == usual.size == (128, 128) and small.tobytes() != usual.tobytes()
    assert direct.side.models is not None
    assert {(model.repo, model.name) for model in direct.side.models.models()} == {
        ("tiny/taesd", "vae"), ("tiny/sdxl", "vae")
    }  # fmt: skip
