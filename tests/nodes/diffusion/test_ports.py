"""Block descriptions become ports, those of all of diffusers' blocks without a failure."""

from collections.abc import Iterator
from typing import Any

import diffusers
import pytest
from diffusers import ModularPipeline

from engine.catalogue.spec import MAX_EXACT_INT, Port
from engine.catalogue.types import is_port_type
from engine.errors import NodeError, Problem
from nodes.diffusion.ports import input_ports, look, output_ports
from nodes.diffusion.runtime.blocks import tree, workflows
from nodes.diffusion.runtime.describe import describe_block, hint_text
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
        ["embeddings list[embeddings] *", "num_inference_steps int", "strength float", "image_latents latents *", "seed int"],
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


HINTS = {
    "torch.Tensor | None": "tensor",
    "list[torch.Tensor]": "list[tensor]",
    "PIL.Image.Image | list[PIL.Image.Image]": "image",
    "list[PIL.Image.Image]": "list[image]",
    "dict[str, Any]": "json",
    "tuple[int, int] | None": "json",
    "int": "int",
    "bool | None": "bool",
    "Optional[float]": "float",
    "<function broken at 0x7f>": "any",
    "list[": "any",
    "": "any",
}


@pytest.mark.parametrize("hint", HINTS)
def test_unknown_names_take_the_type_of_their_hint(hint: str) -> None:
    assert look({"name": "something", "type": hint}).type == HINTS[hint]


@pytest.mark.parametrize("hint", [None, 3, "text", lambda: 0, list[float], int | None, [1, 2]])
def test_any_hint_has_a_text(hint: Any) -> None:
    assert isinstance(hint_text(hint), str)


def all_blocks() -> Iterator[tuple[str, Any]]:
    for name in dir(diffusers):
        pipeline = getattr(diffusers, name) if name.endswith("ModularPipeline") else None
        if pipeline not in (None, ModularPipeline) and pipeline.default_blocks_name:
            yield name, getattr(diffusers, pipeline.default_blocks_name)


BLOCKS = dict(all_blocks())


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_ports_of_every_stage_of_every_family(name: str) -> None:
    root = BLOCKS[name]()
    for workflow in workflows(root) or [""]:
        stages = {path for path in tree(root if not workflow else root.get_workflow(workflow)) if "." not in path}
        for path in ("", *stages):
            description = describe_block(root, workflow, path)
            ports = (*input_ports(description), *output_ports(description))
            assert all(port.name and is_port_type(port.type) for port in ports)
            assert output_ports(description)


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
