"""Which sizes of pictures and videos suit a pipeline: its own defaults, and the steps between those that fit."""

from typing import Any

from diffusers import ModelMixin

from nodes.diffusion.repos import Located, Repos
from nodes.diffusion.runtime.blocks import Pipeline
from nodes.diffusion.runtime.foreign import declared_place
from nodes.diffusion.runtime.stand_in import StandIn
from nodes.diffusion.runtime.weights import read_config

SCALES = ("canvas_multiple", "vae_spatial_compression_ratio", "vae_scale_factor_spatial", "vae_scale_factor")
"""What pipelines call the pixels for one latent; where several are there, the largest counts."""
PATCHES = ("patch_size_spatial", "transformer_spatial_patch_size", "patch_size")
"""What they call the latents for one token of the transformer; one where nothing is said."""
FRAMES = ("vae_temporal_compression_ratio", "vae_scale_factor_temporal")
"""What they call the frames for one latent."""


def sizes(pipeline: Pipeline, located: Located, repos: Repos) -> dict[str, int]:
    """`step` of height and width, `frame_step`, and the defaults `height`, `width`, `num_frames`: those that are known.

    They follow from the configs of the models, which need not be loaded, in this repo or where its index points.
    """
    known = _Configured(pipeline, located, repos)
    scale = max((value for name in SCALES if (value := known.number(name))), default=None)
    patch = next((value for name in PATCHES if (value := known.number(name))), 1)
    # a canvas counts its patches in already
    step = None if scale is None else max(scale, (known.number(SCALES[-1]) or known.number(SCALES[-2]) or 1) * patch)
    found = {
        "step": step,
        "frame_step": next((value for name in FRAMES if (value := known.number(name))), None),
        "height": known.number("default_height"),
        "width": known.number("default_width"),
        "num_frames": known.number("default_num_frames"),
    }
    return {name: value for name, value in found.items() if value}


class _Configured:
    """The pipeline's properties as they are with the repo's models, of which only the configs are read."""

    def __init__(self, pipeline: Pipeline, located: Located, repos: Repos) -> None:
        cls: Any = type(pipeline)
        self._pipeline = cls.__new__(cls)
        self._pipeline._internal_dict = dict(pipeline.config)
        for name in pipeline.pretrained_component_names:
            setattr(self._pipeline, name, _stand_in(pipeline.get_component_spec(name), located, repos))

    def number(self, name: str) -> int | None:
        """None where the pipeline has no such property, or can't tell it."""
        try:
            value = getattr(self._pipeline, name, None)
        except Exception:  # a property may miss whatever it asks of a model
            return None
        value = value[-1] if isinstance(value, tuple | list) and value else value
        return int(value) if isinstance(value, int | float) and 0 < value < 1 << 20 else None


def _stand_in(spec: Any, located: Located, repos: Repos) -> StandIn | None:
    if not (isinstance(spec.type_hint, type) and issubclass(spec.type_hint, ModelMixin)):
        return None
    place = declared_place(repos, located, spec)
    config = read_config(place.folder / (spec.subfolder or (spec.name if place == located else "")))
    return StandIn(spec.type_hint, config) if config else None
