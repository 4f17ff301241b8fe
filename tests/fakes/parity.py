"""Runs one workflow of a pipeline in four ways: by diffusers itself, as one node, as its stages, as its leaves.

Nothing here knows a family: a node's inputs are wired by their names to what nodes before it made, as a person would.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy
import torch
from diffusers import ModularPipeline
from PIL import Image

from tests.fakes.diffusion import Direct, DirectContext
from tests.fakes.pictures import mask, picture

SEED = 7
STEPS = 2


def inputs() -> dict[str, Any]:
    """What a workflow gets of these, by the names that blocks use; the same objects for all four ways."""
    image = picture()
    return {
        "prompt": "a large red circle on a blue background",
        "negative_prompt": "",
        "image": image,
        "mask_image": mask(),
        "last_image": image,
        "control_image": image,
        "video": [image] * 5,
        "strength": 0.75,
        "height": 128,
        "width": 128,
        "num_frames": 5,
        "num_inference_steps": STEPS,
    }


class Parity:
    """One workflow of one repo below the models folder. `given` adds to `inputs`; None takes an input away."""

    def __init__(self, direct: Direct, models: Path, repo: str, workflow: str, given: Mapping[str, Any]) -> None:
        self._direct, self._folder, self.workflow = direct, models / repo, workflow
        self.ref = direct.ref(repo, **({"workflow": workflow} if workflow else {}))
        ports = {port.name for port in self._interface("").inputs}
        both = inputs() | dict(given)
        self.given = {name: value for name, value in both.items() if name in ports and value is not None}
        self.names = [port.name for port in self._interface("").outputs if not port.advanced]

    def by_diffusers(self) -> dict[str, Any]:
        """What a person writes who calls diffusers in a script."""
        pipeline = ModularPipeline.from_pretrained(str(self._folder), workflow=self.workflow or None)
        names = [name for name in pipeline.pretrained_component_names if (self._folder / name).is_dir()]
        pipeline.load_components(names=names, dtype=torch.float32)
        generator = torch.Generator().manual_seed(SEED)
        called = self.given | {"generator": generator, "output_type": "pil"}
        taken = {param.name for param in pipeline.blocks.inputs}
        called = {name: value for name, value in called.items() if name in taken}
        return {name: comparable(value) for name, value in pipeline(**called, output=self.names).items()}

    def as_one_node(self, **context: Any) -> tuple[dict[str, Any], DirectContext]:
        """The whole pipeline as a node; see `Direct.run` for `context`."""
        outputs, seen = self._direct.run("diffusion.block", self._node("", self.given | {"seed": SEED}), **context)
        return {name: comparable(outputs[name]) for name in self.names}, seen

    def as_stages(self) -> dict[str, Any]:
        """A node for each stage."""
        paths = self._paths()
        return self._in_turn(dict.fromkeys(path.partition(".")[0] for path in paths))

    def as_leaves(self) -> dict[str, Any]:
        """A node for each block that has no blocks inside, loops as a whole."""
        paths = self._paths()
        return self._in_turn(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))

    def _in_turn(self, paths: Iterable[str]) -> dict[str, Any]:
        """Each node's inputs come from the last node before that made a value of that name, or from all such nodes."""
        made: dict[str, list[Any]] = {name: [value] for name, value in (self.given | {"seed": SEED}).items()}
        for path in paths:
            ports = [port for port in self._interface(path, made).inputs if port.name in made]
            given = {port.name: made[port.name] if port.many else made[port.name][-1] for port in ports}
            outputs, _ = self._direct.run("diffusion.block", self._node(path, given))
            for name, value in outputs.items():
                made.setdefault(name, []).append(value)
        return {name: comparable(made[name][-1]) for name in self.names}

    def _node(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        return {"pipeline": self.ref, "block": path, **given}

    def _interface(self, path: str, connected: Iterable[str] = ()) -> Any:
        params = {"block": path}
        return self._direct.resolve("diffusion.block", params, {"pipeline": self.ref}, connected).interface

    def _paths(self) -> list[str]:
        block = next(port for port in self._interface("").inputs if port.name == "block")
        assert block.widget is not None
        return [str(path) for path in block.widget.options if path]


def comparable(value: Any) -> Any:
    """Pictures as their size and bytes, tensors and arrays as shape and bytes, in flat lists."""
    if isinstance(value, Image.Image):
        return (value.size, value.mode, value.tobytes())
    if isinstance(value, torch.Tensor):
        value = value.detach().float().numpy()
    if isinstance(value, numpy.ndarray):
        return (value.shape, value.tobytes())
    if isinstance(value, list | tuple):
        flat = [comparable(item) for item in value]
        nested = all(isinstance(item, list) for item in flat)
        return [inner for item in flat for inner in item] if nested else flat
    return value
