"""The demo model's networks: SDXL's architecture, made as small as one shape on one background allows."""

from typing import Final

from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from nodes.demo.draw import PICTURE_SIZE
from nodes.demo.tokenizer import MAX_LENGTH

TEXT_WIDTH: Final = 64
TIME_ID_WIDTH: Final = 8
TIME_IDS: Final = (PICTURE_SIZE, PICTURE_SIZE, 0, 0, PICTURE_SIZE, PICTURE_SIZE)
"""Original size, crop corner and target size, as SDXL wants them (arXiv 2307.01952, section 2.2)."""


def build_vae() -> AutoencoderKL:
    """Pictures of 3x128x128 to latents of 4x16x16 and back."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 96),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=PICTURE_SIZE,
        force_upcast=False,
    )


def build_unet() -> UNet2DConditionModel:
    """Predicts v for latents of 4x16x16 from both text encoders' hidden states and the second's pooled projection."""
    return UNet2DConditionModel(
        sample_size=PICTURE_SIZE // 8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(48, 96, 128),
        layers_per_block=1,
        attention_head_dim=(3, 6, 8),  # the numbers of heads, by diffusers' old naming
        cross_attention_dim=2 * TEXT_WIDTH,
        use_linear_projection=True,
        norm_num_groups=16,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_ID_WIDTH,
        projection_class_embeddings_input_dim=TEXT_WIDTH + len(TIME_IDS) * TIME_ID_WIDTH,
    )


def build_text_encoders(tokenizer: CLIPTokenizer) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """Two encoders alike; SDXL reads their last but one layer, so the third layer serves the pooled output only."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=3 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=MAX_LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config), CLIPTextModelWithProjection(config)


def build_scheduler() -> EulerDiscreteScheduler:
    """Euler over v predictions, from noise without any signal in it (arXiv 2305.08891), for true plain colours."""
    return EulerDiscreteScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )
