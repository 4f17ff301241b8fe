"""Wan: videos from text, from pictures and from videos."""

from pathlib import Path
from typing import Any

from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanAnimate2Transformer3DModel,
    WanTransformer3DModel,
    WanVACETransformer3DModel,
)
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

from tests.fakes.tiny.parts import save, t5_tokenizer, umt5_encoder, wan_vae

_LEVELS: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "out_channels": 16,
    "text_dim": 32,
    "freq_dim": 16,
    "ffn_dim": 16,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 32,
}


def tiny_wan(folder: Path) -> Path:
    """Wan 2.1, text to video."""
    return save(folder, "WanPipeline", _wan() | {"transformer": _transformer(16)})


def tiny_wan_i2v(folder: Path) -> Path:
    """Wan 2.1, picture to video: a CLIP encoder sees the picture."""
    return save(folder, "WanImageToVideoPipeline", _wan() | _seeing())


def tiny_wan_flf2v(folder: Path) -> Path:
    """Wan 2.1, first and last frame to video: the transformer tells the two pictures that the encoder sees apart."""
    return save(folder, "WanImageToVideoPipeline", _wan() | _seeing(pos_embed_seq_len=2 * 5))


def tiny_wan22(folder: Path) -> Path:
    """Wan 2.2, text to video: one transformer for the noisy steps, one for the rest."""
    transformers = {"transformer": _transformer(16), "transformer_2": _transformer(16)}
    return save(folder, "WanPipeline", _wan() | transformers, boundary_ratio=0.875)


def tiny_wan22_i2v(folder: Path) -> Path:
    """Wan 2.2, picture to video."""
    transformers = {"transformer": _transformer(36), "transformer_2": _transformer(36)}
    return save(folder, "WanImageToVideoPipeline", _wan() | transformers, boundary_ratio=0.9)


def tiny_wan_vace(folder: Path) -> Path:
    """Wan 2.2 VACE: videos under the control of a video, a mask and pictures."""
    vace = [
        WanVACETransformer3DModel(in_channels=16, num_layers=2, vace_layers=[0, 1], vace_in_channels=96, **_LEVELS)
        for _ in range(2)
    ]
    transformers = {"transformer": vace[0], "transformer_2": vace[1]}
    return save(folder, "Wan22VaceModularPipeline", _wan() | transformers, boundary_ratio=0.875)


def tiny_wan_animate_2(folder: Path) -> Path:
    """Wan Animate 2: a picture moves as a video does."""
    return save(folder, "WanAnimate2ModularPipeline", _animating())


def tiny_wan_animate_2_distilled(folder: Path) -> Path:
    """Wan Animate 2, distilled: few steps, without guidance."""
    return save(folder, "WanAnimate2DistilledModularPipeline", _animating())


def _animating() -> dict[str, Any]:
    transformer = WanAnimate2Transformer3DModel(
        text_len=512, dim=24, ffn_dim=16, freq_dim=16, text_dim=32, num_heads=2, num_layers=1, use_img_emb=False
    )
    return _wan() | {
        "transformer": transformer,
        "image_encoder": _eyes(size=224, patch=56),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=5.0),
    }


def _transformer(channels: int, **more: Any) -> WanTransformer3DModel:
    return WanTransformer3DModel(in_channels=channels, num_layers=1, **_LEVELS, **more)


def _wan() -> dict[str, Any]:
    return {
        "vae": wan_vae(),
        "text_encoder": umt5_encoder(),
        "tokenizer": t5_tokenizer(),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
    }


def _eyes(size: int, patch: int) -> CLIPVisionModel:
    config = CLIPVisionConfig(
        hidden_size=8, projection_dim=8, num_hidden_layers=2, num_attention_heads=2, image_size=size,
        intermediate_size=8, patch_size=patch,
    )  # fmt: skip
    return CLIPVisionModel(config)


def _seeing(**transformer: Any) -> dict[str, Any]:
    return {
        "transformer": _transformer(36, image_dim=8, **transformer),
        "image_encoder": _eyes(size=8, patch=4),
        "image_processor": CLIPImageProcessor(crop_size={"height": 8, "width": 8}, size={"shortest_edge": 8}),
    }
