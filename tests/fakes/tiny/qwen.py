"""Qwen-Image and its relatives."""

from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKLQwenImage,
    AutoencoderKLQwenImage21,
    FlowMatchEulerDiscreteScheduler,
    QwenImage21Transformer2DModel,
    QwenImageControlNetModel,
    QwenImageTransformer2DModel,
)
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen3VLForConditionalGeneration

from tests.fakes.tiny.parts import VOCABULARY, byte_tokenizer, eyes, qwen3_vl_config, qwen_vae, save, special

_LEVELS: dict[str, Any] = {
    "patch_size": 2,
    "in_channels": 16,
    "out_channels": 4,
    "num_layers": 1,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": 16,
    "axes_dims_rope": (8, 4, 4),
}


def tiny_qwen(folder: Path) -> Path:
    """Qwen-Image with a ControlNet: packed latents, prompts of bytes."""
    components = _qwen() | {"tokenizer": byte_tokenizer(), "controlnet": QwenImageControlNetModel(**_LEVELS)}
    return save(folder, "QwenImageModularPipeline", components)


def tiny_qwen_edit(folder: Path) -> Path:
    """Qwen-Image-Edit: the encoder sees the picture too."""
    components = _qwen(qwen_vae(levels=6)) | {"tokenizer": byte_tokenizer(), "processor": eyes()}
    return save(folder, "QwenImageEditPipeline", components)


def tiny_qwen_edit_plus(folder: Path) -> Path:
    """Qwen-Image-Edit for several pictures; it declares no workflows."""
    components = _qwen(qwen_vae(levels=6)) | {"tokenizer": byte_tokenizer(), "processor": eyes()}
    return save(folder, "QwenImageEditPlusPipeline", components)


def tiny_qwen_layered(folder: Path) -> Path:
    """Qwen-Image-Layered: several pictures with transparency from one; it declares no workflows."""
    made = _qwen(qwen_vae(channels=4, levels=6), use_additional_t_cond=True)
    components = made | {"tokenizer": byte_tokenizer(), "processor": eyes()}
    return save(folder, "QwenImageLayeredPipeline", components)


def tiny_qwen21(folder: Path) -> Path:
    """Qwen-Image 2.1: Qwen3-VL, latents that are not packed."""
    return save(folder, "QwenImage21ModularPipeline", _qwen21())


def tiny_qwen21_turbo(folder: Path) -> Path:
    """Qwen-Image 2.1, distilled to the steps that the repo names."""
    return save(folder, "QwenImage21TurboModularPipeline", _qwen21(), sample_sigmas=[1.0, 0.5])


def _qwen21() -> dict[str, Any]:
    vae = AutoencoderKLQwenImage21(
        base_dim=4, decoder_base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1, 1], num_res_blocks=1,
        latents_mean=[0.1, -0.1, 0.2, 0.0], latents_std=[1.1, 0.9, 1.2, 0.8],
    )  # fmt: skip
    transformer = QwenImage21Transformer2DModel(
        in_channels=4, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2, context_in_dim=16,
        axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": vae,
        "text_encoder": Qwen3VLForConditionalGeneration(qwen3_vl_config(2)),
        "processor": eyes(patch=16, largest=128 * 128),
        "transformer": transformer,
    }


def qwen_vl_config() -> Qwen2_5_VLConfig:
    """16 wide, with eyes."""
    return Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
            "num_key_value_heads": 2, "vocab_size": VOCABULARY,
            "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            "fullatt_block_indexes": [0],
        },
        image_token_id=special("<|image_pad|>"),
        video_token_id=special("<|video_pad|>"),
        vision_start_token_id=special("<|vision_start|>"),
        vision_end_token_id=special("<|vision_end|>"),
    )  # fmt: skip


def _qwen(vae: AutoencoderKLQwenImage | None = None, **transformer: Any) -> dict[str, Any]:
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": vae or qwen_vae(),
        "text_encoder": Qwen2_5_VLForConditionalGeneration(qwen_vl_config()),
        "transformer": QwenImageTransformer2DModel(**_LEVELS, **transformer),
    }
