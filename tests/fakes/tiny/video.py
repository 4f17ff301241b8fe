"""Further makers of videos: LTX, Helios, HunyuanVideo 1.5."""

from pathlib import Path

from diffusers import (
    AutoencoderKLHunyuanVideo15,
    AutoencoderKLLTXVideo,
    FlowMatchEulerDiscreteScheduler,
    HeliosDMDScheduler,
    HeliosScheduler,
    HeliosTransformer3DModel,
    HunyuanVideo15Transformer3DModel,
    LTXVideoTransformer3DModel,
)
from transformers import ByT5Tokenizer, Qwen2_5_VLTextConfig, Qwen2_5_VLTextModel

from tests.fakes.tiny.parts import (
    VOCABULARY,
    byte_tokenizer,
    save,
    t5_encoder,
    t5_tokenizer,
    umt5_encoder,
    wan_vae,
)


def tiny_ltx(folder: Path) -> Path:
    """LTX: packed latents of videos, three dimensions."""
    vae = AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, False, False), decoder_spatio_temporal_scaling=(True, True, False, False),
        decoder_inject_noise=(False,) * 5, upsample_residual=(False,) * 4, upsample_factor=(1, 1, 1, 1),
        timestep_conditioning=False, patch_size=1, patch_size_t=1, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip
    transformer = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        num_layers=1, caption_channels=32,
    )  # fmt: skip
    components = {
        "vae": vae,
        "text_encoder": t5_encoder(),
        "tokenizer": t5_tokenizer(),
        "transformer": transformer,
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }
    return save(folder, "LTXPipeline", components)


def tiny_helios(folder: Path) -> Path:
    """Helios: a loop over chunks of frames around the loop over steps."""
    scheduler = HeliosScheduler(stage_range=[0, 1], stages=1, use_dynamic_shifting=True)
    return save(folder, "HeliosModularPipeline", _helios() | {"scheduler": scheduler})


def tiny_helios_pyramid(folder: Path) -> Path:
    """Helios with a loop over sizes between the two."""
    scheduler = HeliosScheduler(stage_range=[0, 0.5, 1], stages=2, use_dynamic_shifting=True)
    return save(folder, "HeliosPyramidModularPipeline", _helios() | {"scheduler": scheduler})


def tiny_helios_distilled(folder: Path) -> Path:
    """The same, distilled."""
    scheduler = HeliosDMDScheduler(stage_range=[0, 0.5, 1], stages=2, use_dynamic_shifting=True)
    return save(folder, "HeliosPyramidDistilledModularPipeline", _helios() | {"scheduler": scheduler})


def tiny_hunyuan(folder: Path) -> Path:
    """HunyuanVideo 1.5, text to video: Qwen beside ByT5."""
    text = Qwen2_5_VLTextConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=4, num_attention_heads=2, num_key_value_heads=2,
        vocab_size=VOCABULARY, rope_scaling={"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
    )  # fmt: skip
    components = {
        "vae": AutoencoderKLHunyuanVideo15(
            latent_channels=4, block_out_channels=(8, 8), layers_per_block=1, spatial_compression_ratio=4,
            temporal_compression_ratio=2, downsample_match_channel=False, upsample_match_channel=False,
        ),
        "text_encoder": Qwen2_5_VLTextModel(text),
        "tokenizer": byte_tokenizer(),
        "text_encoder_2": t5_encoder(vocabulary=384),
        "tokenizer_2": ByT5Tokenizer(),
        "transformer": HunyuanVideo15Transformer3DModel(
            in_channels=9, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=1,
            num_refiner_layers=1, mlp_ratio=2.0, patch_size=1, patch_size_t=1, text_embed_dim=16, text_embed_2_dim=32,
            image_embed_dim=12, rope_axes_dim=(2, 2, 4), target_size=16, task_type="t2v",
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
    }  # fmt: skip
    return save(folder, "HunyuanVideo15ModularPipeline", components)


def _helios() -> dict[str, object]:
    return {
        "vae": wan_vae(),
        "text_encoder": umt5_encoder(),
        "tokenizer": t5_tokenizer(),
        "transformer": HeliosTransformer3DModel(
            num_attention_heads=2, attention_head_dim=12, text_dim=32, freq_dim=16, ffn_dim=16, num_layers=1,
            rope_dim=(4, 4, 4), has_multi_term_memory_patch=True, guidance_cross_attn=True,
            zero_history_timestep=True, is_amplify_history=False,
        ),
    }  # fmt: skip
