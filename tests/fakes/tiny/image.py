"""Further makers of pictures: Z-Image, Krea 2, Anima, Ideogram 4, Ernie-Image."""

from pathlib import Path

from diffusers import (
    AnimaTextConditioner,
    CosmosTransformer3DModel,
    ErnieImageTransformer2DModel,
    FlowMatchEulerDiscreteScheduler,
    Ideogram4Transformer2DModel,
    Krea2Transformer2DModel,
    ZImageTransformer2DModel,
)
from transformers import Mistral3Model, Qwen3Model, Qwen3VLModel

from tests.fakes.tiny.parts import (
    byte_tokenizer,
    flux2_vae,
    mistral_config,
    qwen3_config,
    qwen3_vl_config,
    qwen_vae,
    save,
    t5_tokenizer,
    tiny_vae,
)


def tiny_z_image(folder: Path) -> Path:
    """Z-Image: embeddings are a list, one tensor for each prompt."""
    components = {
        "vae": tiny_vae(4),
        "text_encoder": Qwen3Model(qwen3_config()),
        "tokenizer": byte_tokenizer(),
        "transformer": ZImageTransformer2DModel(
            in_channels=4, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
            axes_dims=[8, 4, 4], axes_lens=[640, 32, 32],
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
    }  # fmt: skip
    return save(folder, "ZImagePipeline", components)


def tiny_krea2(folder: Path) -> Path:
    """Krea 2: twelve layers of a Qwen3-VL encoder."""
    return save(folder, "Krea2Pipeline", _krea2())


def tiny_krea2_turbo(folder: Path) -> Path:
    """Krea 2, distilled: no guider."""
    return save(folder, "Krea2Pipeline", _krea2(), is_distilled=True)


def tiny_anima(folder: Path) -> Path:
    """Anima: a text conditioner between encoder and transformer, latents of one frame."""
    components = {
        "vae": qwen_vae(),
        "text_encoder": Qwen3Model(qwen3_config()),
        "tokenizer": byte_tokenizer(),
        "t5_tokenizer": t5_tokenizer(),
        "text_conditioner": AnimaTextConditioner(
            source_dim=16, target_dim=16, model_dim=16, num_layers=1, num_attention_heads=2, target_vocab_size=32,
            min_sequence_length=16,
        ),
        "transformer": CosmosTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=16, num_layers=1, mlp_ratio=1.0,
            text_embed_dim=16, adaln_lora_dim=8, max_size=(4, 32, 32), extra_pos_embed_type=None,
            concat_padding_mask=False,
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
    }  # fmt: skip
    return save(folder, "AnimaModularPipeline", components)


def tiny_ideogram4(folder: Path) -> Path:
    """Ideogram 4: thirteen layers of Qwen3-VL, and a transformer of its own for the unconditional part."""

    def transformer() -> Ideogram4Transformer2DModel:
        return Ideogram4Transformer2DModel(
            in_channels=16, num_layers=1, attention_head_dim=16, num_attention_heads=2, intermediate_size=16,
            adaln_dim=16, llm_features_dim=13 * 16, mrope_section=(4, 2, 2),
        )  # fmt: skip

    components = {
        "vae": flux2_vae(),
        "text_encoder": Qwen3VLModel(qwen3_vl_config(36)),
        "tokenizer": byte_tokenizer(),
        "transformer": transformer(),
        "unconditional_transformer": transformer(),
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }
    return save(folder, "Ideogram4ModularPipeline", components)


def tiny_ernie(folder: Path) -> Path:
    """Ernie-Image: a Mistral encoder, patched latents."""
    components = {
        "vae": flux2_vae(),
        "text_encoder": Mistral3Model(mistral_config(3)),
        "tokenizer": byte_tokenizer(),
        "transformer": ErnieImageTransformer2DModel(
            hidden_size=16, num_attention_heads=1, num_layers=1, ffn_hidden_size=16, in_channels=16, out_channels=16,
            text_in_dim=16, rope_axes_dim=(8, 4, 4),
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(),
    }  # fmt: skip
    return save(folder, "ErnieImageModularPipeline", components)


def _krea2() -> dict[str, object]:
    return {
        "vae": qwen_vae(),
        "text_encoder": Qwen3VLModel(qwen3_vl_config(36)),
        "tokenizer": byte_tokenizer(),
        "transformer": Krea2Transformer2DModel(
            in_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=2, num_key_value_heads=1,
            intermediate_size=16, timestep_embed_dim=8, text_hidden_dim=16, num_text_layers=12,
            text_num_attention_heads=2, text_num_key_value_heads=1, text_intermediate_size=16,
            num_layerwise_text_blocks=1, num_refiner_text_blocks=1, axes_dims_rope=(4, 2, 2),
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(
            use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, base_image_seq_len=256, max_image_seq_len=6400
        ),
    }  # fmt: skip
