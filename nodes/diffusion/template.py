"""The files of a new block, for its author to change."""

import json
import re

_BLOCK = '''"""{title}: a block for Modular Diffusers, and a node in Blockloom."""

from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
from PIL import Image, ImageEnhance


class {name}(ModularPipelineBlocks):
    """Changes the contrast of a picture. Put your own work in place of it."""

    @property
    def description(self) -> str:
        return "Changes the contrast of a picture."

    @property
    def inputs(self) -> list[InputParam]:
        return [
            InputParam("image", type_hint=Image.Image, required=True, description="The picture."),
            InputParam("contrast", type_hint=float, default=1.2, description="1 leaves it as it is, 0 is all grey."),
        ]

    @property
    def intermediate_outputs(self) -> list[OutputParam]:
        return [OutputParam("result", type_hint=Image.Image, description="The picture with more, or less, contrast.")]

    # Models of your block: they are loaded before it runs and come as `components.NAME`.
    #
    # @property
    # def expected_components(self) -> list[ComponentSpec]:
    #     return [ComponentSpec("vae", AutoencoderKL, pretrained_model_name_or_path="org/name", subfolder="vae")]

    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        block_state.result = ImageEnhance.Contrast(block_state.image).enhance(block_state.contrast)
        self.set_block_state(state, block_state)
        return components, state
'''

_README = """---
library_name: diffusers
tags:
- modular-diffusers
---
# {title}

What it does, what it needs, and a picture of what comes out.

```python
from diffusers import ModularPipelineBlocks

block = ModularPipelineBlocks.from_pretrained("org/{folder}", trust_remote_code=True)
```

In Blockloom: add the node *Custom block* and type `org/{folder}`.
"""


def template(name: str) -> dict[str, str]:
    """File names and texts of a block folder called `name`, such as `my-block` or `org/my-block`."""
    folder = name.rpartition("/")[2]
    words = [word for word in re.split(r"[\W_]+", folder) if word]
    class_name = "".join(word[:1].upper() + word[1:] for word in words)
    class_name = class_name if class_name[:1].isalpha() else f"Block{class_name}"
    title = " ".join(words)
    title = title[:1].upper() + title[1:]
    config = {"_class_name": class_name, "auto_map": {"ModularPipelineBlocks": f"block.{class_name}"}}
    return {
        "block.py": _BLOCK.format(name=class_name, title=title),
        "modular_config.json": json.dumps(config | {"requirements": {}}, indent=2) + "\n",
        "mellon_pipeline_config.json": json.dumps(_shown(title), indent=2) + "\n",
        "README.md": _README.format(title=title, folder=folder),
    }


def _shown(title: str) -> dict[str, object]:
    params = {
        "image": {"label": "Image *", "type": "image", "display": "input"},
        "contrast": {
            "label": "Contrast", "type": "float", "display": "slider", "default": 1.2, "min": 0, "max": 3, "step": 0.05,
        },
        "result": {"label": "Result", "type": "image", "display": "output"},
    }  # fmt: skip
    node = {
        "params": params,
        "input_names": ["image", "contrast"],
        "model_input_names": [],
        "output_names": ["result"],
        "block_name": "custom",
        "node_type": "custom",
    }
    return {"label": title, "default_repo": "", "default_dtype": "", "node_params": {"custom": node}}
