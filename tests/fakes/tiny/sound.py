"""Makers of music, and of videos with sound beside LTX 2 and Cosmos 3: LTX 2.5, Echo, MiniMax's Music 3 and H3."""

from pathlib import Path

from diffusers import (
    AutoencoderKLLTX2Video,
    AutoencoderKLMiniMaxH3,
    AutoencoderKLMiniMaxH3Audio,
    FlowMatchEulerDiscreteScheduler,
    LTX2VideoDiffusionDecoderModel,
    MiniMaxH3Scheduler,
    MiniMaxH3Transformer3DModel,
    MiniMaxMusic3ConditionEncoder,
    MiniMaxMusic3RVQDepthDecoder,
    MiniMaxMusic3Transformer1DModel,
    MiniMaxMusic3Vocoder,
)
from transformers import Qwen3Config, Qwen3ForCausalLM, Qwen3VLForConditionalGeneration

from tests.fakes.tiny.parts import byte_tokenizer, eyes, qwen3_vl_config, save
from tests.fakes.tiny.video import ltx2_parts

MUSIC_VOCABULARY = 168_064
"""Its codes of sounds have ids beyond those of Qwen's words, whatever the tokenizer is."""


def tiny_ltx25(folder: Path) -> Path:
    """LTX 2.5: as LTX 2, and a decoder that denoises; latents of a 32nd of the size and an eighth of the frames."""
    vae = AutoencoderKLLTX2Video(
        latent_channels=4, block_out_channels=(8,) * 3, down_block_types=("LTX2VideoDownBlock3D",) * 3,
        decoder_block_out_channels=(8,) * 3, layers_per_block=(1,) * 4, decoder_layers_per_block=(1,) * 4,
        spatio_temporal_scaling=(True,) * 3, decoder_spatio_temporal_scaling=(True,) * 3,
        decoder_inject_noise=(False,) * 4, downsample_type=("spatiotemporal",) * 3,
        upsample_type=("spatiotemporal",) * 3, upsample_residual=(False,) * 3, upsample_factor=(1,) * 3, patch_size=4,
    )  # fmt: skip
    decoder = LTX2VideoDiffusionDecoderModel(
        latent_channels=4, decoder_head_dim=8, decoder_stage_channels=(8,) * 5, decoder_stage_depths=(1,) * 5,
        decoder_stage_kernels=((1, 1, 1),) * 4, decoder_upsample_channel_reductions=(1,) * 4,
        decoder_stage5_kernel=(1, 3, 3), decoder_t_emb_dim=8,
    )  # fmt: skip
    return save(folder, "LTX25ModularPipeline", ltx2_parts() | {"vae": vae, "diffusion_decoder": decoder})


def tiny_echo(folder: Path) -> Path:
    """Echo: the parts of LTX 2 without guidance, with memories of pictures and sounds."""
    parts = ltx2_parts()
    return save(folder, "EchoModularPipeline", {name: parts[name] for name in parts if name not in _NOT_IN_ECHO})


def tiny_music3(folder: Path) -> Path:
    """MiniMax-Music 3: a language model writes codes of sounds, a transformer makes waves of them."""
    language_model = Qwen3Config(
        vocab_size=MUSIC_VOCABULARY, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
        num_key_value_heads=1, head_dim=8, max_position_embeddings=1024, tie_word_embeddings=True,
    )  # fmt: skip
    components = {
        "tokenizer": byte_tokenizer(),
        "language_model": Qwen3ForCausalLM(language_model),
        "rvq_depth_decoder": MiniMaxMusic3RVQDepthDecoder(
            hidden_size=8, num_layers=1, num_attention_heads=1, intermediate_size=8, audio_vocab_size=16,
            num_codebooks=3,
        ),
        "condition_encoder": MiniMaxMusic3ConditionEncoder(
            condition_hidden_dim=8, num_condition_layers=3, out_dim=8, input_sampling_rate=24000,
            input_hop_length=960, output_sampling_rate=8000, output_hop_length=32,
        ),
        "transformer": MiniMaxMusic3Transformer1DModel(
            in_channels=4, condition_dim=8, num_layers=1, num_attention_heads=1, attention_head_dim=8, ff_inner_dim=8,
            rotary_dim=4, fourier_embedding_dim=8,
        ),
        "vocoder": MiniMaxMusic3Vocoder(
            latent_channels=4, decoder_input_dim=8, decoder_hidden_dim=16, upsampling_ratios=(8, 4), sampling_rate=8000
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }  # fmt: skip
    return save(folder, "MiniMaxMusic3ModularPipeline", components)


def tiny_minimax_h3(folder: Path) -> Path:
    """MiniMax-H3: videos of five seconds and more with sound, conditioned on pictures, videos and sounds."""

    def transformer() -> MiniMaxH3Transformer3DModel:
        return MiniMaxH3Transformer3DModel(
            num_attention_heads=1, attention_head_dim=48, hidden_size=16, num_layers=1, num_refiner_layers=1,
            ffn_dim=16, in_channels=4, audio_in_channels=4, text_dim=16, freq_dim=8, time_embed_hidden_dim=16,
            time_embed_dim=16, rope_freq_dim=4,
        )  # fmt: skip

    components = {
        "text_encoder": Qwen3VLForConditionalGeneration(qwen3_vl_config(51)),
        "tokenizer": byte_tokenizer(),
        "processor": eyes(16),
        "vae": AutoencoderKLMiniMaxH3(
            latent_channels=4, block_out_channels=(4,) * 6, layers_per_block=1, norm_num_groups=4,
            decoder_num_layers=1, decoder_num_attention_heads=1, decoder_attention_head_dim=16,
            decoder_num_register_tokens=1, decoder_ffn_mult=1, latents_mean=(0.0,) * 4, latents_std=(1.0,) * 4,
        ),
        "audio_vae": AutoencoderKLMiniMaxH3Audio(
            encoder_dim=2, latent_dim=8, latent_channels=4, num_attention_heads=1, decoder_dim=128,
            resblock_kernel_sizes=(3,), resblock_dilation_sizes=((1,),), latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
        ),
        "scheduler": MiniMaxH3Scheduler(),
        "audio_scheduler": MiniMaxH3Scheduler(),
        "transformer": transformer(),
        "transformer_ref": transformer(),
    }  # fmt: skip
    small = {"canvas_short_edge": 32, "canvas_max_pixels": 32 * 64, "reference_image_short_edge": 64}
    return save(folder, "MiniMaxH3ModularPipeline", components, **small)


_NOT_IN_ECHO = {"duration_head", "scheduler"}
