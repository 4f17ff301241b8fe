"""What is known of a block: what it takes and makes, what surrounds it, and what it does not say itself."""

from collections.abc import Mapping
from typing import Any

import diffusers
import pytest
import torch
from diffusers.modular_pipelines.modular_pipeline import (
    AutoPipelineBlocks,
    LoopSequentialPipelineBlocks,
    ModularPipelineBlocks,
    SequentialPipelineBlocks,
)
from diffusers.modular_pipelines.modular_pipeline_utils import InputParam, OutputParam

from engine.errors import NodeError
from nodes.diffusion.ports import input_ports, output_ports
from nodes.diffusion.runtime.blocks import require_runnable
from nodes.diffusion.runtime.describe import describe_block, describe_workflow
from nodes.diffusion.runtime.families import default_blocks
from nodes.diffusion.runtime.hints import hint_text


class Block(ModularPipelineBlocks):
    """A block made of its `takes` and `makes`."""

    takes: tuple[InputParam, ...] = ()
    makes: tuple[OutputParam, ...] = ()

    @property
    def inputs(self) -> list[InputParam]:
        return list(self.takes)

    @property
    def intermediate_outputs(self) -> list[OutputParam]:
        return list(self.makes)


class Encode(Block):
    takes = (InputParam("prompt", type_hint=str, required=True), InputParam("dtype", default=torch.float16))
    makes = (OutputParam("words", type_hint=torch.Tensor, description="The words."), OutputParam("size", type_hint=int))


class Small(Block):
    takes = (InputParam("words", required=True), InputParam("scale", default=1.0))
    makes = (OutputParam("images"),)


class Large(Block):
    takes = (InputParam("picture", required=True), InputParam("words"), InputParam("scale", default=2.0))
    makes = (OutputParam("images"),)


class Draw(AutoPipelineBlocks):
    block_classes = [Large, Small]  # noqa: RUF012
    block_names = ["large", "small"]  # noqa: RUF012
    block_trigger_inputs = ["picture", None]  # noqa: RUF012


class Odd(Block):
    takes = (
        InputParam("callback", type_hint=lambda step: step, description="Called after each step."),
        InputParam("limit", type_hint="list[", default=float("inf")),
        InputParam("notes", type_hint=list[dict[str, int]]),
    )
    makes = (OutputParam("report", type_hint=object()),)


class Loop(LoopSequentialPipelineBlocks):
    block_classes = [Small]  # noqa: RUF012
    block_names = ["step"]  # noqa: RUF012


class Whole(SequentialPipelineBlocks):
    block_classes = [Encode, Draw]  # noqa: RUF012
    block_names = ["encode", "draw"]  # noqa: RUF012
    _workflow_map: Mapping[str, Any] = {
        "plain": {"prompt": True},
        "from_picture": {"prompt": True, "picture": True},
        "one_way_or_the_other": ({"prompt": True, "picture": True}, {"prompt": True, "scale": 3.0}),
        "scaled": {"prompt": True, "scale": 0.5},
    }


def inputs(root: ModularPipelineBlocks, path: str = "", workflow: str = "") -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in describe_block(root, workflow, path)["inputs"]}


def outputs(root: ModularPipelineBlocks, path: str = "", workflow: str = "") -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in describe_block(root, workflow, path)["outputs"]}


def test_blocks_that_say_nothing_of_a_name_borrow_from_those_that_do() -> None:
    words = inputs(Whole(), "draw", "plain")["words"]
    assert (words["type"], words["description"], words["upstream"]) == ("torch.Tensor", "The words.", True)


def test_outputs_that_a_later_block_takes_are_final() -> None:
    assert {name: item["final"] for name, item in outputs(Whole(), "encode", "plain").items()} == {
        "words": True,
        "size": False,
    }


def test_a_block_always_has_a_final_output() -> None:
    class Lonely(SequentialPipelineBlocks):
        block_classes = [Encode, Odd]  # noqa: RUF012
        block_names = ["encode", "odd"]  # noqa: RUF012

    assert {name for name, item in outputs(Lonely(), "encode").items() if item["final"]} == {"words", "size"}


ASKED = {
    "plain": ("scale", False, 1.0),
    "from_picture": ("picture", True, None),
    "scaled": ("scale", False, 1.0),  # the block's own default goes first
}


@pytest.mark.parametrize("workflow", ASKED)
def test_inputs_that_choose_a_workflow_are_required_in_it(workflow: str) -> None:
    name, required, default = ASKED[workflow]
    item = inputs(Whole(), "", workflow)[name]
    assert (item["required"], item["default"]) == (required, default)


def test_where_there_are_several_ways_only_what_all_ask_for_is_required() -> None:
    assert not inputs(diffusers.MiniMaxH3Blocks(), "", "fl2va")["image"]["required"]
    assert inputs(diffusers.WanImage2VideoAutoBlocks(), "", "flf2v")["last_image"]["required"]


def test_a_workflow_may_set_a_default() -> None:
    item = inputs(default_blocks(diffusers.Cosmos3OmniModularPipeline), "", "text2image")["num_frames"]
    assert (item["default"], item["required"]) == (1, False)


def test_defaults_that_differ_between_branches_are_told_and_left_to_the_block() -> None:
    description = describe_block(Whole(), "", "draw")
    scale = next(port for port in input_ports(description) if port.name == "scale")
    assert (scale.default, scale.required) == (None, False)
    assert "Defaults: 2.0 in large, 1.0 in small." in scale.description


def test_a_default_that_json_cannot_say_shows_as_text() -> None:
    dtype = next(port for port in input_ports(describe_block(Whole(), "plain", "encode")) if port.name == "dtype")
    assert dtype.widget is not None
    assert (dtype.default, dtype.required, dtype.widget.placeholder) == (None, False, "torch.float16")


def test_odd_hints_are_any_with_their_text() -> None:
    description = describe_block(Odd(), "", "")
    ports = {port.name: port for port in input_ports(description)}
    assert {name: port.type for name, port in ports.items()} == {"callback": "any", "limit": "any", "notes": "json"}
    assert ports["callback"].description.startswith("Called after each step. (<function")
    assert [port.type for port in output_ports(description)] == ["any"]


@pytest.mark.parametrize("hint", [None, 3, "text", lambda: 0, list[float], int | None, [1, 2]])
def test_any_hint_has_a_text(hint: Any) -> None:
    assert isinstance(hint_text(hint), str)


def test_a_hint_without_a_text_has_the_name_of_its_type() -> None:
    class Mute:
        def __str__(self) -> str:
            raise ValueError

    assert hint_text(Mute()) == "Mute"


def test_branches_of_a_choice_can_run_and_steps_of_a_loop_cannot() -> None:
    class Both(SequentialPipelineBlocks):
        block_classes = [Encode, Draw, Loop]  # noqa: RUF012
        block_names = ["encode", "draw", "loop"]  # noqa: RUF012

    found = describe_workflow(Both(), "")
    assert found["tree"] == {"encode": "Encode", "draw": "Draw", "loop": "Loop"}
    assert found["inner"] == {"draw.large": "Large", "draw.small": "Small", "loop.step": "Small"}
    assert found["paths"] == ["encode", "draw", "loop", "draw.large", "draw.small"]
    assert {path: item["inside"] for path, item in found["blocks"].items() if item["inside"]} == {"loop.step": "loop"}


def test_a_step_of_a_loop_is_described_and_says_where_it_can_run() -> None:
    root = diffusers.StableDiffusionXLAutoBlocks()
    blocks = root.get_workflow("text2image")
    description = describe_block(root, "text2image", "denoise.denoise.before_denoiser")
    assert (description["inside"], description["class"]) == ("denoise.denoise", "StableDiffusionXLLoopBeforeDenoiser")
    with pytest.raises(NodeError, match=r"is a step of the loop 'denoise\.denoise' and can't run by itself"):
        require_runnable(blocks, "denoise.denoise.before_denoiser")
    require_runnable(blocks, "denoise.denoise")


def test_a_sequence_without_words_of_its_own_names_its_blocks() -> None:
    description = describe_block(diffusers.StableDiffusionXLAutoBlocks(), "text2image", "")
    assert description["description"] == "In sequence: text_encoder, denoise, decode."
