"""Block repos as their authors write them, small and real: code, config, and weights where a block brings some."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EXPANDER = '''
"""Makes more of a prompt."""

from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam

from .styles import STYLES


class PromptExpander(ModularPipelineBlocks):
    @property
    def description(self):
        return "Adds words of a style to a prompt."

    @property
    def inputs(self):
        return [
            InputParam("old_prompt", type_hint=str, required=True, description="What to start from."),
            InputParam("style", type_hint=str, default="plain", description="Which words to add."),
            InputParam("repeat", type_hint=int, default=1, description="How often to add them."),
        ]

    @property
    def intermediate_outputs(self):
        return [OutputParam("prompt", type_hint=str, description="The longer prompt.")]

    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        words = [block_state.old_prompt, *[STYLES[block_state.style]] * block_state.repeat]
        block_state.prompt = " ".join(word for word in words if word)
        self.set_block_state(state, block_state)
        return components, state
'''
STYLES = "STYLES = {'plain': '', 'rich': 'on a blue background'}\n"
EXPANDER_CONFIG = {
    "label": "Prompt expander",
    "node_params": {
        "custom": {
            "params": {
                "style": {"label": "Style", "type": "string", "options": ["plain", "rich"], "default": "rich"},
                "old_prompt": {"label": "Your prompt *", "type": "string", "display": "textarea"},
                "prompt": {"label": "Longer prompt", "type": "string", "display": "output"},
            },
            "input_names": ["old_prompt", "style"],
            "model_input_names": [],
            "output_names": ["prompt"],
            "block_name": "custom",
            "node_type": "custom",
        }
    },
}

INPUT = """
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam


class InputBlock(ModularPipelineBlocks):
    description = "Says how many pictures there will be."

    @property
    def inputs(self):
        return [InputParam("prompt", type_hint=list, description="The prompts."),
                InputParam("num_images_per_prompt", type_hint=int, default=1, description="Pictures of each.")]

    @property
    def intermediate_outputs(self):
        return [OutputParam("batch_size", type_hint=int, description="How many pictures.")]

    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        block_state.batch_size = len(block_state.prompt) * block_state.num_images_per_prompt
        self.set_block_state(state, block_state)
        return components, state
"""

IMAGE_ENCODER = """
import numpy
import torch
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
from PIL import Image


class ImageEncoder(ModularPipelineBlocks):
    description = "Turns a picture into as many latents as the batch has pictures, and doubles the batch."

    @property
    def inputs(self):
        return [InputParam("image", type_hint=Image.Image, required=True, description="The picture."),
                InputParam("batch_size", type_hint=int, required=True, description="How many pictures.")]

    @property
    def intermediate_outputs(self):
        return [OutputParam("image_latents", type_hint=torch.Tensor, description="One for each picture."),
                OutputParam("batch_size", type_hint=int, description="Twice as many.")]

    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        pixels = torch.from_numpy(numpy.asarray(block_state.image.resize((8, 8)), dtype="float32") / 255)
        block_state.image_latents = pixels.permute(2, 0, 1)[None].repeat(block_state.batch_size, 1, 1, 1)
        block_state.batch_size = block_state.batch_size * 2
        self.set_block_state(state, block_state)
        return components, state
"""

DEPTH = '''
import numpy
import torch
from diffusers import ComponentSpec
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
from PIL import Image

from .network import DepthNet


class DepthBlock(ModularPipelineBlocks):
    """Estimates depth, as a picture for a ControlNet."""

    @property
    def description(self):
        return "Turns a picture into a depth picture."

    @property
    def expected_components(self):
        return [ComponentSpec("depth_net", DepthNet, pretrained_model_name_or_path="{repo}", subfolder="depth_net")]

    @property
    def inputs(self):
        return [InputParam("image", type_hint=Image.Image, required=True, description="The picture.")]

    @property
    def intermediate_outputs(self):
        return [OutputParam("control_image", type_hint=Image.Image, description="Near is white.")]

    @torch.no_grad()
    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        pixels = torch.from_numpy(numpy.asarray(block_state.image.convert("RGB"), dtype="float32") / 255)
        depth = components.depth_net(pixels.permute(2, 0, 1)[None])[0, 0]
        grey = (depth.clamp(0, 1) * 255).round().byte().numpy()
        block_state.control_image = Image.fromarray(grey).convert("RGB")
        self.set_block_state(state, block_state)
        return components, state
'''

NETWORK = """
import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config


class DepthNet(ModelMixin, ConfigMixin):
    @register_to_config
    def __init__(self, channels: int = 3):
        super().__init__()
        self.convolution = torch.nn.Conv2d(channels, 1, 3, padding=1)

    def forward(self, pixels):
        return torch.sigmoid(4 * self.convolution(pixels))
"""


def expander(folder: Path, *, config: Mapping[str, Any] | None = EXPANDER_CONFIG, code: str = EXPANDER) -> Path:
    """A block that makes a longer prompt, with a helper module and a Mellon config."""
    files = {"block.py": code, "styles.py": STYLES}
    files |= {"mellon_pipeline_config.json": json.dumps(config)} if config is not None else {}
    return write(folder, "block.PromptExpander", files)


def depth(folder: Path, repo: str) -> Path:
    """A block that makes a depth picture, with code and weights of its own below `depth_net` of `repo`."""
    import torch

    write(folder, "block.DepthBlock", {"block.py": DEPTH.replace("{repo}", repo), "network.py": NETWORK})
    space: dict[str, Any] = {"__name__": "network"}
    exec(NETWORK, space)
    torch.manual_seed(5)
    space["DepthNet"]().save_pretrained(folder / "depth_net")
    return folder


def write(folder: Path, named: str, files: Mapping[str, str], **config: Any) -> Path:
    """A folder of blocks: `files` by name, and the config that names the class `named`."""
    config = {"_class_name": named.partition(".")[2], "auto_map": {"ModularPipelineBlocks": named}, **config}
    for name, text in {"modular_config.json": json.dumps(config, indent=2), **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
