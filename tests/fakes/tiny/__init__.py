"""Tiny model repos with random weights, built in Python: real diffusers folders of half a megabyte, no hub needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import CosmosActionCondition
from diffusers.modular_pipelines.minimax_h3 import MiniMaxH3AudioReference, MiniMaxH3ImageReference
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from diffusers.pipelines.ltx2.pipeline_ltx2_ic_lora import LTX2ReferenceCondition

from tests.fakes.pictures import picture
from tests.fakes.tiny.flux import (
    tiny_flux,
    tiny_flux2,
    tiny_flux2_klein,
    tiny_flux2_klein_base,
    tiny_flux3,
    tiny_flux3_distilled,
    tiny_flux_kontext,
)
from tests.fakes.tiny.image import tiny_anima, tiny_ernie, tiny_ideogram4, tiny_krea2, tiny_krea2_turbo, tiny_z_image
from tests.fakes.tiny.ip_adapter import PLAIN, PLUS, tiny_ip_adapters
from tests.fakes.tiny.parts import tiny_vae
from tests.fakes.tiny.qwen import (
    tiny_qwen,
    tiny_qwen21,
    tiny_qwen21_turbo,
    tiny_qwen_edit,
    tiny_qwen_edit_plus,
    tiny_qwen_layered,
)
from tests.fakes.tiny.sound import tiny_echo, tiny_ltx25, tiny_minimax_h3, tiny_music3
from tests.fakes.tiny.stable_diffusion import tiny_sd3, tiny_sdxl, tiny_sdxl_controlnet, tiny_sdxl_union
from tests.fakes.tiny.video import (
    tiny_cosmos3,
    tiny_cosmos3_distilled,
    tiny_helios,
    tiny_helios_distilled,
    tiny_helios_pyramid,
    tiny_hunyuan,
    tiny_hunyuan_i2v,
    tiny_ltx,
    tiny_ltx2,
)
from tests.fakes.tiny.wan import (
    tiny_wan,
    tiny_wan22,
    tiny_wan22_i2v,
    tiny_wan_animate_2,
    tiny_wan_animate_2_distilled,
    tiny_wan_flf2v,
    tiny_wan_i2v,
    tiny_wan_vace,
)

__all__ = ["TINY", "Tiny", "tiny_flux", "tiny_ip_adapters", "tiny_sdxl", "tiny_vae"]


@dataclass(frozen=True)
class Tiny:
    """How a tiny repo is built, and what its workflows are given beside the usual.

    `workflows` are those for which the repo has the components; "" for a family that declares none. `given` says None
    of what they are not to be given. `adapters` are the IP-Adapters in the UNet, files of `tiny_ip_adapters`.
    `previews`: latents can be shown while they are made.
    """

    build: Callable[[Path], Path]
    workflows: tuple[str, ...] = ("",)
    given: Mapping[str, Any] = field(default_factory=dict)
    adapters: tuple[str, ...] = ()
    previews: bool = True


_T2I, _I2I, _INPAINTING = "text2image", "image2image", "inpainting"
_T2V, _I2V, _V2V = "text2video", "image2video", "video2video"
_IMAGE = (_T2I, _I2I)
_EDIT = (_T2I, "image_conditioned")
_VIDEO = (_T2V, _I2V, _V2V)

_WRITTEN = {"max_new_tokens": 4}
_FRAMES = [picture()] * 9
_SMALL = {"height": 64, "width": 64}
_MOVED = _SMALL | {"driving_video": [picture()] * 5, "segment_frame_length": 5, "prompt_ref": "a large red circle"}
_HELIOS = _SMALL | {"num_frames": 9, "num_latent_frames_per_chunk": 2}
_PYRAMID = _HELIOS | {"pyramid_num_inference_steps_list": [1, 1]}


def _adapted(control: str = "") -> tuple[str, ...]:
    return tuple(f"ip_adapter_{control}{name}" for name in (*_IMAGE, _INPAINTING))


_CONDITIONED = _SMALL | {
    "num_frames": 9,
    "conditions": [LTX2VideoCondition(picture()), LTX2VideoCondition(_FRAMES, index=1, strength=0.5, crf=20)],
    "reference_conditions": [LTX2ReferenceCondition(_FRAMES, strength=0.75)],
}


_FIVE_SECONDS = {"height": 32, "width": 32, "num_frames": 124}
_REFERENCES = [
    MiniMaxH3ImageReference(picture()),
    MiniMaxH3AudioReference(torch.linspace(-1, 1, 3200).reshape(1, -1), sample_rate=32000),
]


def _acting(mode: str, **more: Any) -> dict[str, Any]:
    """What a robot sees and does, in place of a size and a length."""
    action = CosmosActionCondition(mode, chunk_size=4, domain_name="fractal", resolution_tier=256, **more)
    return {"action": action, "height": None, "width": None, "num_frames": None, "image": None, "video": None}


TINY: dict[str, Tiny] = {
    "sdxl": Tiny(tiny_sdxl, (*_IMAGE, _INPAINTING)),
    "sdxl-crop": Tiny(tiny_sdxl, (_INPAINTING,), {"padding_mask_crop": 8}),
    "sdxl-controlnet": Tiny(tiny_sdxl_controlnet, tuple(f"controlnet_{name}" for name in (*_IMAGE, _INPAINTING))),
    "sdxl-union": Tiny(
        tiny_sdxl_union,
        tuple(f"controlnet_union_{name}" for name in (*_IMAGE, _INPAINTING)),
        {"control_mode": [0]},
    ),
    "sdxl-ip-adapter": Tiny(tiny_sdxl, _adapted(), adapters=(PLAIN,)),
    "sdxl-ip-adapter-controlnet": Tiny(tiny_sdxl_controlnet, _adapted("controlnet_"), adapters=(PLAIN,)),
    "sdxl-ip-adapter-union": Tiny(
        tiny_sdxl_union, _adapted("controlnet_union_"), {"control_mode": [0]}, adapters=(PLAIN,)
    ),
    "sdxl-ip-adapters": Tiny(
        tiny_sdxl, _adapted()[:1], {"ip_adapter_image": [picture(), picture().rotate(90)]}, adapters=(PLUS, PLAIN)
    ),
    "sd3": Tiny(tiny_sd3, _IMAGE),
    "flux": Tiny(tiny_flux, _IMAGE),
    "flux-kontext": Tiny(tiny_flux_kontext, _EDIT, {"_auto_resize": False, "max_area": 128 * 128}),
    "flux2-klein": Tiny(tiny_flux2_klein, _EDIT),
    "flux2-klein-base": Tiny(tiny_flux2_klein_base, _EDIT),
    "flux2": Tiny(tiny_flux2, _EDIT),
    "flux3": Tiny(tiny_flux3, _EDIT, _WRITTEN),
    "flux3-distilled": Tiny(tiny_flux3_distilled, _EDIT, _WRITTEN),
    "z-image": Tiny(tiny_z_image, _IMAGE),
    "qwen": Tiny(tiny_qwen, tuple(f"{kind}{name}" for kind in ("", "controlnet_") for name in (*_IMAGE, _INPAINTING))),
    "qwen-crop": Tiny(tiny_qwen, (_INPAINTING,), {"padding_mask_crop": 8}),
    "qwen-edit": Tiny(tiny_qwen_edit, ("image_conditioned",)),
    "qwen-edit-inpainting": Tiny(tiny_qwen_edit, ("image_conditioned_inpainting",), {"height": None, "width": None}),
    "qwen-edit-plus": Tiny(tiny_qwen_edit_plus),
    "qwen-layered": Tiny(tiny_qwen_layered, given={"image": picture().convert("RGBA")}),
    "qwen21": Tiny(tiny_qwen21, _EDIT, {"output_resolution": 128}),
    "qwen21-turbo": Tiny(tiny_qwen21_turbo, _EDIT, {"output_resolution": 128}),
    "krea2": Tiny(tiny_krea2, (_T2I,)),
    "krea2-turbo": Tiny(tiny_krea2_turbo, (_T2I,)),
    "anima": Tiny(tiny_anima, (_T2I, "img2img")),
    "ideogram4": Tiny(tiny_ideogram4, (_T2I,), {"guidance_schedule": [7.0, 3.0]}),
    "ernie": Tiny(tiny_ernie, (_T2I,)),
    "wan": Tiny(tiny_wan, given=_SMALL),
    "wan-i2v": Tiny(tiny_wan_i2v, (_I2V,), _SMALL),
    "wan-flf2v": Tiny(tiny_wan_flf2v, ("flf2v",), _SMALL),
    "wan22": Tiny(tiny_wan22, given=_SMALL),
    "wan22-i2v": Tiny(tiny_wan22_i2v, given=_SMALL),
    "wan-vace": Tiny(tiny_wan_vace, given=_SMALL),
    "wan-animate-2": Tiny(tiny_wan_animate_2, given=_MOVED),
    "wan-animate-2-distilled": Tiny(tiny_wan_animate_2_distilled, given=_MOVED),
    "ltx": Tiny(tiny_ltx, (_T2V, _I2V), _SMALL),
    "helios": Tiny(tiny_helios, _VIDEO, _HELIOS),
    "helios-pyramid": Tiny(tiny_helios_pyramid, _VIDEO, _PYRAMID),
    "helios-distilled": Tiny(tiny_helios_distilled, _VIDEO, _PYRAMID),
    "hunyuan": Tiny(tiny_hunyuan, (_T2V,), _SMALL),
    "hunyuan-i2v": Tiny(tiny_hunyuan_i2v, (_I2V,), _SMALL),
    "cosmos3": Tiny(tiny_cosmos3, (_T2I, *_VIDEO), _SMALL),
    "cosmos3-sound": Tiny(tiny_cosmos3, tuple(f"{name}_with_sound" for name in _VIDEO), _SMALL),
    "cosmos3-policy": Tiny(tiny_cosmos3, ("action_policy",), _acting("policy", image=picture())),
    "cosmos3-forward": Tiny(
        tiny_cosmos3,
        ("action_forward_dynamics",),
        _acting("forward_dynamics", image=picture(), raw_actions=torch.linspace(-1, 1, 40).reshape(4, 10)),
    ),
    "cosmos3-inverse": Tiny(tiny_cosmos3, ("action_inverse_dynamics",), _acting("inverse_dynamics", video=_FRAMES[:5])),
    "cosmos3-distilled": Tiny(tiny_cosmos3_distilled, (_T2I, *_VIDEO), _SMALL),
    "ltx2": Tiny(tiny_ltx2, (_T2V, _I2V), _SMALL | {"min_seconds": 0.1, "max_seconds": 0.2}),
    "ltx2-conditions": Tiny(tiny_ltx2, ("condition", "in_context"), _CONDITIONED),
    "ltx25": Tiny(tiny_ltx25, (_T2V, _I2V), _SMALL | {"num_frames": 9}),
    "ltx25-conditions": Tiny(tiny_ltx25, ("condition", "in_context"), _CONDITIONED),
    "echo": Tiny(tiny_echo, given=_SMALL | {"num_frames": 9}),
    # its loop knows nothing of the size of what it makes: latents of videos and sounds in rows, those it is given first
    "minimax-h3": Tiny(tiny_minimax_h3, ("t2va", "fl2va"), _FIVE_SECONDS, previews=False),
    "minimax-h3-references": Tiny(
        tiny_minimax_h3, ("ref2va",), _FIVE_SECONDS | {"references": _REFERENCES}, previews=False
    ),
    "music3": Tiny(tiny_music3, given={"lyrics": "[verse]\na red circle", "audio_duration": 0.2}),
}
"""By the name of the repo below `tiny/`."""
