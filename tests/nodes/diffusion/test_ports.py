"""Block descriptions become ports, those of all of diffusers' blocks without a failure."""

from typing import Any

import diffusers
import pytest

from engine.catalogue.spec import MAX_EXACT_INT, Port
from engine.errors import NodeError, Problem
from nodes.diffusion.ports import input_ports, look, output_ports, title
from nodes.diffusion.runtime.describe import describe_block
from nodes.diffusion.runtime.families import default_blocks
from tests.fakes.diffusion import Direct


@pytest.fixture(scope="session")
def sdxl() -> Any:
    return diffusers.StableDiffusionXLAutoBlocks()


def shown(ports: tuple[Port, ...]) -> list[str]:
    """The ports that are not folded away, as `name type`, a star for required ones."""
    return [f"{port.name} {port.type}{' *' if port.required else ''}" for port in ports if not port.advanced]


STAGES = {
    ("text2image", "text_encoder"): (["prompt string", "negative_prompt string"], ["embeddings embeddings"]),
    ("text2image", "denoise"): (
        ["embeddings list[embeddings] *", "num_inference_steps int", "height int", "width int", "seed int"],
        ["latents latents"],
    ),
    ("text2image", "decode"): (["latents latents *"], ["images list[image]"]),
    ("image2image", "vae_encoder"): (
        ["image image *", "height int", "width int", "seed int"],
        ["image_latents latents"],
    ),
    ("image2image", "denoise"): (
        [
            "embeddings list[embeddings] *",
            "num_inference_steps int",
            "strength float",
            "image_latents latents *",
            "seed int",
        ],
        ["latents latents"],
    ),
    ("inpainting", "vae_encoder"): (
        ["height int", "width int", "image image *", "mask_image mask *", "seed int"],
        ["image_latents latents", "mask tensor", "masked_image_latents latents"],
    ),
    ("text2image", ""): (
        ["prompt string", "negative_prompt string", "num_inference_steps int", "height int", "width int", "seed int"],
        ["images list[image]"],
    ),
}


@pytest.mark.parametrize(("workflow", "path"), STAGES)
def test_main_ports_of_sdxl(sdxl: Any, workflow: str, path: str) -> None:
    description = describe_block(sdxl, workflow, path)
    assert (shown(input_ports(description)), shown(output_ports(description))) == STAGES[workflow, path]


def test_outputs_that_shadow_inputs_are_folded_away(sdxl: Any) -> None:
    ports = {port.name: port for port in output_ports(describe_block(sdxl, "image2image", "denoise"))}
    assert ports["num_inference_steps"].advanced
    assert "embeddings" not in ports


def test_bundle_is_not_required_beside_a_connected_part(sdxl: Any) -> None:
    description = describe_block(sdxl, "text2image", "denoise")
    ports = {port.name: port for port in input_ports(description, {"prompt_embeds"})}
    assert (ports["embeddings"].required, ports["prompt_embeds"].type) == (False, "tensor")


def test_seed_fits_into_json(sdxl: Any) -> None:
    seed = next(port for port in input_ports(describe_block(sdxl, "text2image", "denoise")) if port.name == "seed")
    assert seed.widget is not None
    assert (seed.default, seed.widget.kind, seed.widget.max) == (0, "seed", MAX_EXACT_INT)


def item(name: str = "something", hint: str = "", **facts: Any) -> dict[str, Any]:
    """A described input."""
    blank = {"default": None, "tuple": False, "required": False, "description": "", "group": "", "upstream": False}
    return {"name": name, "type": hint, **blank, **facts}


def port_of(name: str = "something", hint: str = "", sizes: dict[str, int] | None = None, **facts: Any) -> Port:
    described = {
        "block": "stage",
        "inputs": [item(name, hint, **facts)],
        "outputs": [],
        "loops": [],
        "sizes": sizes or {},
    }
    return next(port for port in input_ports(described) if port.name == name)


HINTS = {
    "torch.Tensor | None": "tensor",
    "torch.Tensor | numpy.ndarray": "tensor",
    "list[torch.Tensor]": "list[tensor]",
    "PIL.Image.Image | list[PIL.Image.Image]": "image",
    "list[PIL.Image.Image]": "list[image]",
    "list[list[PIL.Image.Image]] | list[torch.Tensor]": "list[image]",
    "dict[str, Any]": "json",
    "tuple[int, int] | None": "json",
    "list[list[tuple[int, int, int]]]": "json",
    "float | list[float]": "json",
    "torch.dtype": "string",
    "int": "int",
    "bool | None": "bool",
    "Optional[float]": "float",
    "Optional[PIL.Image.Image]": "image",
    "diffusers.models.cache.KVCache": "any",
    "<function broken>": "any",
    "list[": "any",
    "": "any",
}


@pytest.mark.parametrize("hint", HINTS)
def test_unknown_names_take_the_type_of_their_hint(hint: str) -> None:
    assert look({"name": "something", "type": hint}).type == HINTS[hint]


# name: (type, widget, main)
NAMES = {
    "prompt": ("string", "multiline", True),
    "negative_prompt_2": ("string", "multiline", False),
    "lyrics": ("string", "multiline", True),
    "num_inference_steps": ("int", "slider", True),
    "guidance_scale": ("float", "slider", True),
    "strength": ("float", "slider", True),
    "width": ("int", "number", True),
    "num_frames": ("int", "number", True),
    "fps": ("float", "number", True),
    "fps_vision": ("float", "number", False),
    "audio_duration": ("float", "number", True),
    "batch_size": ("int", "number", False),
    "dtype": ("string", "combobox", False),
    "attention_kwargs": ("json", "json", False),
    "sigmas": ("json", "json", False),
    "mask_image": ("mask", None, True),
    "last_image": ("image", None, True),
    "driving_video": ("list[image]", None, True),
    "image_latents": ("latents", None, False),
    "num_audio_latents": ("any", "json", False),
    "negative_prompt_embeds_2": ("tensor", None, False),
    "processed_image": ("tensor", None, False),
    "anything_else": ("any", "json", False),
}


@pytest.mark.parametrize("name", NAMES)
def test_usual_names(name: str) -> None:
    port = port_of(name)
    assert (port.type, port.widget and port.widget.kind, not port.advanced) == NAMES[name]


# what people give as JSON or as pictures, blocks hand each other as tensors, or as what they say
MADE = {
    ("timesteps", "torch.Tensor"): "tensor",
    ("timesteps", ""): "json",
    ("image", "torch.Tensor"): "tensor",
    ("image", "PIL.Image.Image"): "image",
    ("segments", "dict"): "any",
    ("segments", "dict[str, int]"): "json",
    ("image_latents", "list[torch.Tensor]"): "latents",
    ("images", "PIL.Image.Image | list[PIL.Image.Image]"): "list[image]",
}


@pytest.mark.parametrize(("name", "hint"), MADE)
def test_what_a_block_before_makes_has_its_hint_s_type(name: str, hint: str) -> None:
    port = port_of(name, hint, upstream=True)
    assert (port.type, port.advanced) == (MADE[name, hint], False)


DEFAULTS = {0.5: "float", 3: "int", True: "bool", "text": "string"}


@pytest.mark.parametrize("default", DEFAULTS)
def test_a_default_says_more_than_a_hint(default: Any) -> None:
    assert port_of("something", "torch.Tensor", default=default).type == DEFAULTS[default]


TITLES = {
    "num_inference_steps": "Steps",
    "num_frames": "Frames",
    "num_images_per_prompt": "Images per prompt",
    "num_latent_frames": "Number of latent frames",
    "prompt_2": "Prompt 2",
    "ip_adapter_embeds": "IP adapter embeds",
    "use_kv_cache": "Use KV cache",
    "_auto_resize": "Auto resize",
}


@pytest.mark.parametrize("name", TITLES)
def test_titles(name: str) -> None:
    assert title(name) == TITLES[name]


def test_sizes_of_the_pipeline_give_steps_and_show_as_its_defaults() -> None:
    sizes = {"step": 16, "height": 480, "frame_step": 4, "num_frames": 81}
    height, frames = port_of("height", sizes=sizes).widget, port_of("num_frames", sizes=sizes).widget
    assert height is not None and frames is not None
    assert (height.min, height.step, height.placeholder) == (16, 16, "480")
    assert (frames.min, frames.step, frames.placeholder) == (1, 4, "81")


BOOKKEEPING = {
    "dtype": ({"required": True}, False, True),  # the pipeline's, where nothing is said
    "batch_size": ({"default": 1}, False, True),
    "batch_size*": ({"required": True}, True, False),
}


@pytest.mark.parametrize("case", BOOKKEEPING)
def test_bookkeeping_is_folded_away_where_it_may_be_left_out(case: str) -> None:
    facts, required, advanced = BOOKKEEPING[case]
    port = port_of(case.rstrip("*"), upstream=True, **facts)
    assert (port.required, port.advanced) == (required, advanced)


def test_a_default_off_the_steps_stays_reachable() -> None:
    widget = port_of("num_frames", sizes={"frame_step": 4}, default=132).widget
    assert widget is not None and widget.step == 1


def test_bounds_hold_the_block_s_own_default() -> None:
    widget = port_of("strength", default=1.4).widget
    assert widget is not None and widget.max == 1.4


def test_a_block_that_says_nothing_gets_the_usual_documentation() -> None:
    assert port_of("height").description == "In pixels."
    assert port_of("height", description="Tall.").description == "Tall."


def test_each_group_is_a_bundle_of_its_own_with_its_parts_folded_away(sdxl: Any) -> None:
    path = "denoise.denoise"
    description = describe_block(sdxl, "controlnet_union_text2image", path)
    ports = {port.name: port for port in input_ports(description)}
    assert {name for name, port in ports.items() if port.many} == {"embeddings", "controlnet_kwargs"}
    making = describe_block(sdxl, "controlnet_union_text2image", "denoise.controlnet_input")
    made = {port.name: port for port in output_ports(making)}
    assert (made["controlnet_kwargs"].type, made["controlnet_kwargs"].advanced) == ("embeddings", False)
    assert (made["control_type"].type, made["control_type"].advanced) == ("tensor", True)


def test_outputs_that_may_be_nothing_are_optional(sdxl: Any) -> None:
    ports = {port.name: port for port in output_ports(describe_block(sdxl, "text2image", "text_encoder"))}
    assert (ports["embeddings"].optional, ports["negative_prompt_embeds"].optional) == (False, True)
    assert not next(port for port in output_ports(describe_block(sdxl, "text2image", "")) if not port.advanced).optional


def test_sound_is_beside_the_video() -> None:
    description = describe_block(default_blocks(diffusers.LTX2ModularPipeline), "text2video", "")
    assert shown(output_ports(description)) == ["videos list[image]", "audio list[audio]"]
    assert all(port.optional for port in output_ports(description) if port.name == "audio")


def test_the_canvas_is_told_what_an_unknown_block_is(direct: Direct) -> None:
    ref = direct.ref("tiny/sdxl")
    with pytest.raises(NodeError) as caught:
        direct.resolve("diffusion.block", {"block": "sample"}, {"pipeline": ref})
    assert caught.value.problems[0] == Problem(
        code="unknown_block",
        message="The pipeline has no block 'sample' in this workflow.",
        remedy="Its stages are text_encoder, denoise, decode.",
        port="block",
    )
