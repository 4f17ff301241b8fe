"""Flux and its relatives."""

from pathlib import Path
from typing import Any

from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    Flux2Transformer2DModel,
    Flux3Transformer2DModel,
    FluxTransformer2DModel,
)
from transformers import (
    CLIPTextModel,
    Mistral3ForConditionalGeneration,
    Qwen3_5Config,
    Qwen3_5ForConditionalGeneration,
    Qwen3ForCausalLM,
    Qwen3VLForConditionalGeneration,
)

from tests.fakes.tiny.parts import (
    VOCABULARY,
    byte_tokenizer,
    clip_config,
    clip_tokenizer,
    eyes,
    flux2_vae,
    mistral_config,
    qwen3_config,
    qwen3_vl_config,
    save,
    special,
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


def tiny_flux3(folder: Path) -> Path:
    """FLUX.3: a language model writes the prompt anew, eight layers of another one are the embeddings."""
    return save(folder, "Flux3ModularPipeline", _flux3(flow_map=False))


def tiny_flux3_distilled(folder: Path) -> Path:
    """The same, distilled."""
    return save(folder, "Flux3DistilledModularPipeline", _flux3(flow_map=True))


def _flux3(*, flow_map: bool) -> dict[str, object]:
    writer = Qwen3_5Config(
        text_config={
            "vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "layer_types": ["full_attention"],
            "rope_parameters": {"mrope_section": [2, 1, 1], "rope_type": "default", "rope_theta": 10000.0,
                                "partial_rotary_factor": 1.0},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            "num_position_embeddings": 64,
        },
        image_token_id=special("<|image_pad|>"),
        video_token_id=special("<|video_pad|>"),
        vision_start_token_id=special("<|vision_start|>"),
        vision_end_token_id=special("<|vision_end|>"),
    )  # fmt: skip
    return {
        "prompt_upsampler": Qwen3_5ForConditionalGeneration(writer),
        "prompt_upsampler_processor": eyes(16),
        "text_encoder": Qwen3VLForConditionalGeneration(qwen3_vl_config(33)),
        "tokenizer": eyes(16),
        "vae": flux2_vae(),
        "transformer": Flux3Transformer2DModel(
            in_channels=16, cond_in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=8 * 16, timestep_channels=16, axes_dims_rope=(4, 4, 4, 4),
            flow_map=flow_map,
        ),
    }  # fmt: skip
