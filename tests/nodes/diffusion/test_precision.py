"""Component precision: one component in another number format than the rest of its pipeline."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from diffusers import ModularPipeline

from engine.errors import NodeError
from tests.fakes.diffusion import Direct
from tests.fakes.parity import inputs
from tests.fakes.tiny.stable_diffusion import tiny_sd3

pytestmark = pytest.mark.filterwarnings("ignore:.*should be kept in float32")


def mixed(direct: Direct, repo: str, workflow: str, **params: Any) -> dict[str, Any]:
    """The ref of a pipeline in half precision with its VAE in float32."""
    ref = direct.ref(repo, workflow=workflow, dtype="bfloat16")
    return dict(direct.run("diffusion.precision", {"pipeline": ref, **params})[0]["pipeline"])


def given(direct: Direct, ref: dict[str, Any]) -> dict[str, Any]:
    ports = direct.resolve("diffusion.block", {}, {"pipeline": ref}).interface.inputs
    return {port.name: inputs()[port.name] for port in ports if port.name in inputs()}


def by_diffusers(folder: Path, workflow: str, called: dict[str, Any]) -> list[Any]:
    pipeline = ModularPipeline.from_pretrained(str(folder), workflow=workflow)
    names = [name for name in pipeline.pretrained_component_names if (folder / name).is_dir()]
    pipeline.load_components(names=names, dtype={"vae": torch.float32, "default": torch.bfloat16})
    decode = pipeline.vae.decode
    pipeline.vae.decode = lambda latents, **options: decode(latents.float(), **options)  # which it lacks
    taken = {param.name for param in pipeline.blocks.inputs}
    called = {name: value for name, value in called.items() if name in taken}
    return list(pipeline(**called, generator=torch.Generator().manual_seed(7), output="images"))


@pytest.mark.parametrize(("workflow", "rounding"), [("text2image", 0), ("image2image", 1), ("inpainting", 1)])
def test_a_vae_in_float32_gives_what_diffusers_gives(
    direct: Direct, models: Path, workflow: str, rounding: int
) -> None:
    """SDXL scales latents of pictures before it casts them, where the VAE here gives them cast: that rounds."""
    ref = mixed(direct, "tiny/sdxl", workflow)
    called = given(direct, ref)
    images = direct.block(ref, "", seed=7, **called)["images"]
    expected = by_diffusers(models / "tiny/sdxl", workflow, called)
    differences = numpy.abs(numpy.subtract(images, expected, dtype=numpy.int16))
    assert differences.mean() <= rounding


def test_latents_of_a_vae_in_float32_suit_the_rest(tmp_path: Path) -> None:
    """Where diffusers itself hands them on as they are, which its transformers refuse."""
    tiny_sd3(tmp_path / "sd3")
    direct = Direct(tmp_path / "data", tmp_path)
    ref = mixed(direct, "sd3", "image2image")
    assert direct.block(ref, "vae_encoder", image=inputs()["image"], seed=7)["image_latents"].dtype == torch.bfloat16
    assert direct.block(ref, "", seed=7, **given(direct, ref))["images"]


def test_only_the_component_changes_and_is_another_model(tmp_path: Path, models: Path) -> None:
    direct = Direct(tmp_path, models)
    ref = mixed(direct, "tiny/sdxl", "text2image")
    plain = {name: value for name, value in ref.items() if name != "dtypes"}
    for each in (ref, plain):
        direct.block(each, "", seed=7, **given(direct, each))
    assert direct.side.models is not None
    loaded = sorted((model.name, model.dtype) for model in direct.side.models.models())
    half = [(name, "bfloat16") for name in ("text_encoder", "text_encoder_2", "unet", "vae")]
    assert (ref["dtypes"], loaded) == ({"vae": "float32"}, [*half, ("vae", "float32")])


def test_the_node_offers_components_with_weights(direct: Direct) -> None:
    ref = direct.ref("tiny/sdxl", workflow="text2image")
    name = direct.resolve("diffusion.precision", {}, {"pipeline": ref}).interface.input("name")
    assert name is not None and name.widget is not None
    assert set(name.widget.options) >= {"vae", "unet", "text_encoder"}
    assert not any("tokenizer" in str(option) or option == "scheduler" for option in name.widget.options)


@pytest.mark.parametrize(
    ("params", "message"), [({"name": "scheduler"}, "no component 'scheduler'"), ({"dtype": "int4"}, "no precision")]
)
def test_what_cannot_be_is_told(direct: Direct, params: dict[str, Any], message: str) -> None:
    with pytest.raises(NodeError, match=message):
        mixed(direct, "tiny/sdxl", "text2image", **params)
