"""Further makers of videos: LTX, Helios, HunyuanVideo 1.5, Cosmos 3."""

from pathlib import Path

from diffusers import (
    AutoencoderKLHunyuanVideo15,
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    AutoencoderKLLTXVideo,
    Cosmos3AVAEAudioTokenizer,
    Cosmos3OmniTransformer,
    FlowMatchEulerDiscreteScheduler,
    HeliosDMDScheduler,
    HeliosScheduler,
    HeliosTransformer3DModel,
    HunyuanVideo15Transformer3DModel,
    LTX2VideoTransformer3DModel,
    LTXVideoTransformer3DModel,
    UniPCMultistepScheduler,
)
from diffusers.pipelines.ltx2 import LTX2DurationHead, LTX2TextConnectors, LTX2Vocoder
from transformers import (
    ByT5Tokenizer,
    Gemma3TextConfig,
    Gemma3TextModel,
    Qwen2_5_VLTextConfig,
    Qwen2_5_VLTextModel,
    SiglipImageProcessor,
    SiglipVisionConfig,
    SiglipVisionModel,
)

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
    return save(folder, "HunyuanVideo15ModularPipeline", _hunyuan("t2v"))


def tiny_hunyuan_i2v(folder: Path) -> Path:
    """HunyuanVideo 1.5, picture to video: Siglip sees the picture."""
    seen = SiglipVisionConfig(
        hidden_size=12, intermediate_size=12, num_hidden_layers=1, num_attention_heads=2, image_size=16, patch_size=8
    )
    components = {
        "image_encoder": SiglipVisionModel(seen),
        "feature_extractor": SiglipImageProcessor(size={"height": 16, "width": 16}),
    }
    return save(folder, "HunyuanVideo15ModularPipeline", _hunyuan("i2v") | components)


def tiny_cosmos3(folder: Path) -> Path:
    """Cosmos 3: one transformer for text, videos, sound and actions, no text encoder."""
    return save(folder, "Cosmos3OmniModularPipeline", _cosmos3(), enable_safety_checker=False)


def tiny_cosmos3_distilled(folder: Path) -> Path:
    """The same in a fixed schedule of a few steps."""
    components = _cosmos3() | {"scheduler": FlowMatchEulerDiscreteScheduler()}
    more = {"enable_safety_checker": False, "distilled_sigmas": [1.0, 0.5]}
    return save(folder, "Cosmos3DistilledModularPipeline", components, **more)


def _cosmos3() -> dict[str, object]:
    transformer = Cosmos3OmniTransformer(
        action_dim=10, action_gen=True, sound_dim=4, sound_gen=True, sound_latent_fps=25.0, num_embodiment_domains=32,
        head_dim=6, hidden_act="relu2", hidden_size=6, intermediate_size=12, latent_channel=16, latent_patch_size=1,
        num_attention_heads=1, num_hidden_layers=1, num_key_value_heads=1, patch_latent_dim=16, qk_norm_for_text=False,
        rms_norm_eps=1e-5, rope_axes_dim=[1, 1, 1], vocab_size=VOCABULARY,
    )  # fmt: skip
    return {
        "text_tokenizer": byte_tokenizer(),
        "vae": wan_vae(),
        "transformer": transformer,
        "sound_tokenizer": Cosmos3AVAEAudioTokenizer(
            sampling_rate=8000, vocoder_input_dim=4, dec_dim=4, dec_c_mults=(1, 2, 2), dec_strides=(4, 8, 10),
            encoder_enabled=False,
        ),
        "scheduler": UniPCMultistepScheduler(),
    }  # fmt: skip


def tiny_ltx2(folder: Path) -> Path:
    """LTX 2: videos with sound, two guiders; a head that says how long they are to be."""
    return save(folder, "LTX2ModularPipeline", ltx2_parts())


def ltx2_parts() -> dict[str, object]:
    """Its components by name."""
    text = Gemma3TextConfig(
        vocab_size=32, hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, max_position_embeddings=1024,
    )  # fmt: skip
    return {
        "text_encoder": Gemma3TextModel(text),
        "tokenizer": t5_tokenizer(),
        "connectors": LTX2TextConnectors(
            caption_channels=16, text_proj_in_factor=3, video_connector_num_attention_heads=2,
            video_connector_attention_head_dim=8, video_connector_num_layers=1,
            video_connector_num_learnable_registers=None, audio_connector_num_attention_heads=2,
            audio_connector_attention_head_dim=8, audio_connector_num_layers=1,
            audio_connector_num_learnable_registers=None, connector_rope_base_seq_len=32, rope_theta=10000.0,
            rope_double_precision=False, causal_temporal_positioning=False, rope_type="split",
        ),
        "vae": AutoencoderKLLTX2Video(
            latent_channels=4, block_out_channels=(8,), down_block_types=("LTX2VideoDownBlock3D",),
            decoder_block_out_channels=(8,), layers_per_block=(1, 1), decoder_layers_per_block=(1, 1),
            spatio_temporal_scaling=(True,), decoder_spatio_temporal_scaling=(True,),
            decoder_inject_noise=(False, False), downsample_type=("spatial",), upsample_type=("spatial",),
            upsample_residual=(False,), upsample_factor=(1,), timestep_conditioning=False, patch_size=1,
            patch_size_t=1, encoder_causal=True, decoder_causal=False,
        ),
        "audio_vae": AutoencoderKLLTX2Audio(
            base_channels=4, ch_mult=(1,), num_res_blocks=1, resolution=32, latent_channels=2, mel_bins=8
        ),
        "transformer": LTX2VideoTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
            audio_in_channels=4, audio_out_channels=4, audio_num_attention_heads=2, audio_attention_head_dim=4,
            audio_cross_attention_dim=8, num_layers=2, caption_channels=16, rope_double_precision=False,
            rope_type="split",
        ),
        "duration_head": LTX2DurationHead(
            video_cross_attention_dim=16, audio_cross_attention_dim=16, pooler_hidden_dim=8, num_pooler_heads=2,
            mlp_hidden_dim=8,
        ),
        "vocoder": LTX2Vocoder(
            in_channels=16, hidden_channels=8, out_channels=2, upsample_kernel_sizes=[4, 4], upsample_factors=[2, 2],
            resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]], leaky_relu_negative_slope=0.1,
            output_sampling_rate=16000,
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }  # fmt: skip


def _hunyuan(task: str) -> dict[str, object]:
    text = Qwen2_5_VLTextConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=4, num_attention_heads=2, num_key_value_heads=2,
        vocab_size=VOCABULARY, rope_scaling={"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
    )  # fmt: skip
    return {
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
            image_embed_dim=12, rope_axes_dim=(2, 2, 4), target_size=16, task_type=task,
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
    }  # fmt: skip


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
