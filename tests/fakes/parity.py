"""Runs one workflow of a pipeline in four ways: by diffusers itself, as one node, as its stages, as its leaves.

Nothing here knows a family: a node's inputs are wired by their names to what nodes before it made, as a person would.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy
import torch
from diffusers import ModularPipeline
from PIL import Image
from transformers import CLIPVisionModelWithProjection

from engine.errors import Cancelled
from engine.worker.invoke import collect
from nodes.audio.coding import samples_of
from nodes.audio.sound import Sound
from tests.fakes.diffusion import Direct, DirectContext
from tests.fakes.pictures import mask, picture

SEED = 7
STEPS = 2
SCALE = 0.6
IP_ADAPTERS = "tiny/ip-adapter"
"""The repo of IP-Adapters below the models folder, see `tests.fakes.tiny.ip_adapter`."""


def inputs() -> dict[str, Any]:
    """What a workflow gets of these, by the names that blocks use; the same objects for all four ways."""
    image = picture()
    return {
        "prompt": "a large red circle on a blue background",
        "negative_prompt": "",
        "image": image,
        "mask_image": mask(),
        "ip_adapter_image": [image.rotate(90)],
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
    """One workflow of one repo below the models folder. `given` adds to `inputs`; None takes an input away.

    `adapters` are files of the repo `IP_ADAPTERS`.
    """

    def __init__(
        self, direct: Direct, models: Path, repo: str, workflow: str, given: Mapping[str, Any],
        *, adapters: Iterable[str] = (), device: str = "cpu", dtype: str = "float32",
    ) -> None:  # fmt: skip
        self._direct, self._folder, self._workflow = direct, models / repo, workflow
        self._device, self._dtype = device, getattr(torch, dtype)
        self.name = models.joinpath(repo).name
        ref = direct.ref(repo, device=device, dtype=dtype, **({"workflow": workflow} if workflow else {}))
        self._adapters = tuple(adapters)
        for file in self._adapters:
            adapter = {"pipeline": ref, "repo": IP_ADAPTERS, "weights": file, "scale": SCALE}
            ref = direct.run("diffusion.ip_adapter", adapter)[0]["pipeline"]
        self.ref = {name: value for name, value in ref.items() if workflow or name != "workflow"}
        ports = {port.name for port in self._interface("").inputs}
        both = inputs() | dict(given)
        self.given = {name: value for name, value in both.items() if name in ports and value is not None}
        outputs = self._interface("").outputs
        self.names = [port.name for port in outputs if not port.advanced]
        self.pictures = any(port.type == "list[image]" for port in outputs)
        self._sounds = {port.name for port in outputs if port.type == "list[audio]"}

    @cached_property
    def expected(self) -> dict[str, Any]:
        """What diffusers makes, called as a person does in a script."""
        pipeline = ModularPipeline.from_pretrained(str(self._folder), workflow=self._workflow or None)
        names = [name for name in pipeline.pretrained_component_names if (self._folder / name).is_dir()]
        pipeline.load_components(names=names, dtype=self._dtype)
        if self._adapters:
            self._adapt(pipeline)
        pipeline.to(self._device)
        generator = torch.Generator().manual_seed(SEED)
        called = self.given | {"generator": generator} | ({"output_type": "pil"} if self.pictures else {})
        taken = {param.name for param in pipeline.blocks.inputs}
        called = {name: value for name, value in called.items() if name in taken}
        made = pipeline(**called, output=self.names)
        return {name: comparable(each_wave(value) if name in self._sounds else value) for name, value in made.items()}

    def _adapt(self, pipeline: Any) -> None:
        """As the documentation of diffusers has it."""
        folders, names = zip(*(file.split("/") for file in self._adapters), strict=True)
        repo = self._folder.parents[1] / IP_ADAPTERS
        encoder = repo / folders[0] / "image_encoder"
        pipeline.update_components(image_encoder=CLIPVisionModelWithProjection.from_pretrained(encoder))
        pipeline.image_encoder.to(self._dtype)
        pipeline.load_ip_adapter(str(repo), subfolder=list(folders), weight_name=list(names), local_files_only=True)
        pipeline.set_ip_adapter_scale([SCALE] * len(names))

    @property
    def one_node(self) -> dict[str, Any]:
        """What the whole pipeline as a node makes, while previews are wanted."""
        return {name: comparable(self._whole[0][name]) for name in self.names}

    @property
    def seen(self) -> DirectContext:
        """What the whole pipeline as a node told while it ran."""
        return self._whole[1]

    def cancelled(self) -> DirectContext:
        """What the whole pipeline as a node told until it was cancelled at its first step."""
        try:
            self._run("", self._wired, cancel_at=1)
        except Cancelled:
            return self._direct.seen
        raise AssertionError("It was not cancelled.")

    def as_stages(self) -> dict[str, Any]:
        """A node for each stage."""
        paths = self._paths()
        return self._in_turn(dict.fromkeys(path.partition(".")[0] for path in paths))

    def as_leaves(self) -> dict[str, Any]:
        """A node for each block that has no blocks inside, loops as a whole."""
        paths = self._paths()
        return self._in_turn(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))

    @cached_property
    def _whole(self) -> tuple[dict[str, Any], DirectContext]:
        return self._run("", self._wired, previews=True), self._direct.seen

    @cached_property
    def _wired(self) -> dict[str, Any]:
        """What nodes are given: objects of diffusers come from a node that makes them."""
        return {name: self._from_node(value) for name, value in self.given.items()} | {"seed": SEED}

    def _from_node(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._from_node(item) for item in value]
        if not dataclasses.is_dataclass(value):
            return value
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        given = {"pipeline": self.ref, "kind": type(value).__name__, **fields}
        return self._direct.run("diffusion.object", given)[0]["object"]

    def _in_turn(self, paths: Iterable[str]) -> dict[str, Any]:
        """Each node's inputs come from the last node before that made a value of that name, or from all such nodes."""
        made: dict[str, list[Any]] = {name: [value] for name, value in self._wired.items()}
        for path in paths:
            ports = [port for port in self._interface(path, made).inputs if port.name in made]
            given = {port.name: collect(made[port.name]) if port.many else made[port.name][-1] for port in ports}
            for name, value in self._run(path, given).items():
                made.setdefault(name, []).append(value)
        return {name: comparable(made[name][-1]) for name in self.names}

    def _run(self, path: str, given: dict[str, Any], **context: Any) -> dict[str, Any]:
        outputs, _ = self._direct.run("diffusion.block", {"pipeline": self.ref, "block": path, **given}, **context)
        return outputs

    def _interface(self, path: str, connected: Iterable[str] = ()) -> Any:
        params = {"block": path}
        return self._direct.resolve("diffusion.block", params, {"pipeline": self.ref}, connected).interface

    def _paths(self) -> list[str]:
        block = next(port for port in self._interface("").inputs if port.name == "block")
        assert block.widget is not None
        return [str(path) for path in block.widget.options if path]


def each_wave(value: Any) -> list[Any]:
    """A batch of sounds as a list of (channels, samples)."""
    return list(value.reshape(-1, *value.shape[-2:])) if value is not None else None


def comparable(value: Any) -> Any:
    """Pictures as their size and bytes, tensors, arrays and sounds as shape and bytes, in flat lists."""
    if isinstance(value, Image.Image):
        return (value.size, value.mode, value.tobytes())
    if isinstance(value, Sound):
        value = samples_of(value)
    if isinstance(value, torch.Tensor):
        value = value.detach().float().cpu().numpy()
    if isinstance(value, numpy.ndarray):
        return (value.shape, value.tobytes())
    if isinstance(value, list | tuple):
        flat = [comparable(item) for item in value]
        nested = all(isinstance(item, list) for item in flat)
        return [inner for item in flat for inner in item] if nested else flat
    return value
