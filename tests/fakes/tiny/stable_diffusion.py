"""Stable Diffusion XL and 3."""

from pathlib import Path
from typing import Any

from diffusers import (
    ControlNetModel,
    ControlNetUnionModel,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    SD3Transformer2DModel,
    UNet2DConditionModel,
)
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from tests.fakes.tiny.parts import clip_config, clip_tokenizer, save, t5_encoder, t5_tokenizer, tiny_vae

_LEVELS: dict[str, Any] = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "attention_head_dim": (2, 2),
    "cross_attention_dim": 32,
    "use_linear_projection": True,
    "norm_num_groups": 4,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 16 + 6 * 8,
}


def tiny_sdxl(folder: Path) -> Path:
    """An SDXL repo with 128 px pictures and latents of 4x16x16 in `folder`."""
    return save(folder, "StableDiffusionXLPipeline", _sdxl(), force_zeros_for_empty_prompt=True)


def tiny_sdxl_deep(folder: Path) -> Path:
    """SDXL with a UNet of as many blocks as the real one, each of a single layer of attention."""
    levels = _LEVELS | {
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "block_out_channels": (8, 8, 16),
        "attention_head_dim": (2, 2, 2),
        "layers_per_block": 2,
    }
    unet = UNet2DConditionModel(sample_size=16, **levels)
    return save(folder, "StableDiffusionXLPipeline", _sdxl() | {"unet": unet}, force_zeros_for_empty_prompt=True)


def tiny_sdxl_controlnet(folder: Path) -> Path:
    """SDXL with a ControlNet, as a modular repo."""
    components = _sdxl()
    controlnet = ControlNetModel(conditioning_embedding_out_channels=(4, 4, 4, 4), **_LEVELS)
    return save(folder, "StableDiffusionXLModularPipeline", components | {"controlnet": controlnet})


def tiny_sdxl_union(folder: Path) -> Path:
    """SDXL with a ControlNet that knows several kinds of control pictures, as a modular repo."""
    components = _sdxl()
    controlnet = ControlNetUnionModel(
        conditioning_embedding_out_channels=(4, 4, 4, 4),
        num_trans_channel=8,
        num_proj_channel=8,
        num_trans_head=2,
        **_LEVELS,
    )
    return save(folder, "StableDiffusionXLModularPipeline", components | {"controlnet": controlnet})


def tiny_sd3(folder: Path) -> Path:
    """An SD3 repo: two CLIP encoders and T5, flow matching, latents of 4x16x16 that are not packed."""
    transformer = SD3Transformer2DModel(
        sample_size=16,
        patch_size=2,
        in_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        caption_projection_dim=16,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        out_channels=4,
    )
    components = {
        "vae": tiny_vae(4),
        "text_encoder": CLIPTextModelWithProjection(clip_config()),
        "text_encoder_2": CLIPTextModelWithProjection(clip_config()),
        "text_encoder_3": t5_encoder(),
        "tokenizer": clip_tokenizer(),
        "tokenizer_2": clip_tokenizer(),
        "tokenizer_3": t5_tokenizer(),
        "transformer": transformer,
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
    }
    return save(folder, "StableDiffusion3Pipeline", components)


def _sdxl() -> dict[str, Any]:
    text_encoder, text_encoder_2 = CLIPTextModel(clip_config()), CLIPTextModelWithProjection(clip_config())
    unet = UNet2DConditionModel(sample_size=16, up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **_LEVELS)
    return {
        "vae": tiny_vae(4),
        "text_encoder": text_encoder,
        "text_encoder_2": text_encoder_2,
        "tokenizer": clip_tokenizer(),
        "tokenizer_2": clip_tokenizer(),
        "unet": unet,
        "scheduler": EulerDiscreteScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012),
    }
