"""Flux and its relatives."""

from pathlib import Path
from typing import Any

from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    Flux2Transformer2DModel,
    FluxTransformer2DModel,
)
from transformers import (
    CLIPTextModel,
    Mistral3ForConditionalGeneration,
    Qwen3ForCausalLM,
)

from tests.fakes.tiny.parts import (
    byte_tokenizer,
    clip_config,
    clip_tokenizer,
    eyes,
    flux2_vae,
    mistral_config,
    qwen3_config,
    save,
    t5_encoder,
    t5_tokenizer,
    tiny_vae,
)


def tiny_flux(folder: Path) -> Path:
    """A Flux repo: flow matching, packed latents, T5 beside CLIP."""
    return save(folder, "FluxPipeline", _flux())


def tiny_flux_kontext(folder: Path) -> Path:
    """Flux with a picture beside the latents."""
    return save(folder, "FluxKontextPipeline", _flux())


def tiny_flux2_klein(folder: Path) -> Path:
    """Flux2-Klein, distilled: Qwen3 with the 27 layers that its embeddings are taken from."""
    return save(folder, "Flux2KleinPipeline", _klein(), is_distilled=True)


def tiny_flux2_klein_base(folder: Path) -> Path:
    """Flux2-Klein, not distilled: with a guider."""
    return save(folder, "Flux2KleinPipeline", _klein(), is_distilled=False)


def _flux() -> dict[str, Any]:
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=16,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": tiny_vae(4),
        "text_encoder": CLIPTextModel(clip_config()),
        "tokenizer": clip_tokenizer(),
        "text_encoder_2": t5_encoder(),
        "tokenizer_2": t5_tokenizer(),
        "transformer": transformer,
    }


def _klein() -> dict[str, Any]:
    return {
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "vae": flux2_vae(),
        "text_encoder": Qwen3ForCausalLM(qwen3_config(layers=28)),
        "tokenizer": byte_tokenizer(),
        "transformer": flux2_transformer(guidance_embeds=False),
    }


def flux2_transformer(**more: Any) -> Flux2Transformer2DModel:
    """For embeddings that are three layers of an encoder side by side, 16 wide each."""
    return Flux2Transformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=48,
        axes_dims_rope=(4, 4, 4, 4),
        **more,
    )


def tiny_flux2(folder: Path) -> Path:
    """Flux2: a Mistral encoder of 30 layers."""
    components = _klein() | {
        "text_encoder": Mistral3ForConditionalGeneration(mistral_config(30)),
        "tokenizer": eyes(),
        "transformer": flux2_transformer(guidance_embeds=True),
    }
    return save(folder, "Flux2Pipeline", components)
