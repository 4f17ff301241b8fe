"""Tiny model repos with random weights, built in Python: real diffusers folders of half a megabyte, no hub needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.pictures import picture
from tests.fakes.tiny.flux import tiny_flux, tiny_flux2_klein, tiny_flux2_klein_base, tiny_flux_kontext
from tests.fakes.tiny.image import tiny_anima, tiny_ernie, tiny_ideogram4, tiny_krea2, tiny_krea2_turbo, tiny_z_image
from tests.fakes.tiny.parts import tiny_vae
from tests.fakes.tiny.qwen import tiny_qwen, tiny_qwen_edit, tiny_qwen_edit_plus, tiny_qwen_layered
from tests.fakes.tiny.stable_diffusion import tiny_sd3, tiny_sdxl, tiny_sdxl_controlnet, tiny_sdxl_union
from tests.fakes.tiny.video import tiny_helios, tiny_helios_distilled, tiny_helios_pyramid, tiny_hunyuan, tiny_ltx
from tests.fakes.tiny.wan import tiny_wan, tiny_wan22, tiny_wan22_i2v, tiny_wan_i2v, tiny_wan_vace

__all__ = ["TINY", "Tiny", "tiny_flux", "tiny_sdxl", "tiny_vae"]


@dataclass(frozen=True)
class Tiny:
    """How a tiny repo is built, and what its workflows are given beside the usual.

    `workflows` is a pattern: those which the repo has the components for. `given` may say None for what they are not to
    be given.
    """

    build: Callable[[Path], Path]
    workflows: str = ".*"
    given: Mapping[str, Any] = field(default_factory=dict)


_SMALL = {"height": 64, "width": 64}
_HELIOS = _SMALL | {"num_frames": 9, "num_latent_frames_per_chunk": 2}

TINY: dict[str, Tiny] = {
    "sdxl": Tiny(tiny_sdxl, "text2image|image2image|inpainting"),
    "sdxl-controlnet": Tiny(tiny_sdxl_controlnet, "controlnet_(text2image|image2image|inpainting)"),
    "sdxl-union": Tiny(tiny_sdxl_union, "controlnet_union_.*", {"control_mode": [0]}),
    "sd3": Tiny(tiny_sd3),
    "flux": Tiny(tiny_flux),
    "flux-kontext": Tiny(tiny_flux_kontext, given={"_auto_resize": False, "max_area": 128 * 128}),
    "flux2-klein": Tiny(tiny_flux2_klein),
    "flux2-klein-base": Tiny(tiny_flux2_klein_base),
    "z-image": Tiny(tiny_z_image),
    "qwen": Tiny(tiny_qwen),
    "qwen-edit": Tiny(tiny_qwen_edit, "image_conditioned"),
    "qwen-edit-inpainting": Tiny(tiny_qwen_edit, ".*_inpainting", {"height": None, "width": None}),
    "qwen-edit-plus": Tiny(tiny_qwen_edit_plus),
    "qwen-layered": Tiny(tiny_qwen_layered, given={"image": picture().convert("RGBA")}),
    "krea2": Tiny(tiny_krea2),
    "krea2-turbo": Tiny(tiny_krea2_turbo),
    "anima": Tiny(tiny_anima),
    "ideogram4": Tiny(tiny_ideogram4, given={"guidance_schedule": [7.0, 3.0]}),
    "ernie": Tiny(tiny_ernie),
    "wan": Tiny(tiny_wan, given=_SMALL),
    "wan-i2v": Tiny(tiny_wan_i2v, "image2video", _SMALL),
    "wan22": Tiny(tiny_wan22, given=_SMALL),
    "wan22-i2v": Tiny(tiny_wan22_i2v, given=_SMALL),
    "wan-vace": Tiny(tiny_wan_vace, given=_SMALL),
    "ltx": Tiny(tiny_ltx, given=_SMALL),
    "helios": Tiny(tiny_helios, given=_HELIOS),
    "helios-pyramid": Tiny(tiny_helios_pyramid, given=_HELIOS | {"pyramid_num_inference_steps_list": [1, 1]}),
    "helios-distilled": Tiny(tiny_helios_distilled, given=_HELIOS | {"pyramid_num_inference_steps_list": [1, 1]}),
    "hunyuan": Tiny(tiny_hunyuan, "text2video", _SMALL),
}
"""By the name of the repo below `tiny/`."""
