"""What tiny repos are made of: tokenizers of a few words or of single bytes, small encoders, and the repo's index."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKL, AutoencoderKLFlux2, AutoencoderKLQwenImage, AutoencoderKLWan, ModularPipeline
from diffusers.pipelines.pipeline_loading_utils import _fetch_class_library_tuple
from tokenizers import AddedToken
from transformers import (
    CLIPTextConfig,
    CLIPTokenizer,
    Mistral3Config,
    PaddleOCRVLProcessor,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3VLConfig,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
    UMT5Config,
    UMT5EncoderModel,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.models.qwen2_vl import Qwen2VLImageProcessorPil

WORDS = ("a", "red", "blue", "circle", "square", "on", "background", "large")
SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
    "<|video_pad|>", "<|vision_pad|>", "<think>", "</think>",
)  # fmt: skip
"""Tokens of the Qwen tokenizer; their ids follow the 256 bytes."""

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for item in message.content %}"
    "{% if item.type == 'text' %}{{ item.text }}{% else %}<|vision_start|><|image_pad|><|vision_end|>{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save(folder: Path, pipeline: str, components: Mapping[str, Any], **config: Any) -> Path:
    """Write a repo for the pipeline class of this name, as its own `save_pretrained` would; None is no component.

    A modular class gets a `modular_model_index.json`, any other a `model_index.json`. Weights are the same each time.
    """
    modular = issubclass(getattr(diffusers, pipeline), ModularPipeline)
    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": diffusers.__version__, **config}
    for name, component in components.items():
        if component is None:
            index[name] = [None, None]
            continue
        if isinstance(component, torch.nn.Module):
            fill(component)
        component.save_pretrained(folder / name)
        library, kind = _fetch_class_library_tuple(component)
        source = {"pretrained_model_name_or_path": f"tiny/{folder.name}", "subfolder": name}
        entry = source | {"type_hint": [library, kind], "variant": None, "revision": None}
        index[name] = [library, kind, entry] if modular else [library, kind]
    if modular:
        index["_blocks_class_name"] = getattr(diffusers, pipeline).default_blocks_name
    name = "modular_model_index.json" if modular else "model_index.json"
    (folder / name).write_text(json.dumps(index, indent=2))
    return folder


def fill(module: torch.nn.Module) -> None:
    """Random weights; also where classes begin with zeros, which would hide what goes in, or with nothing at all."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            factor = name.endswith("weight") and weight.dim() == 1
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.1 + factor)


def clip_config(**more: Any) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=32, hidden_size=16, intermediate_size=16, projection_dim=16, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=77, bos_token_id=0, eos_token_id=1, pad_token_id=1, **more,
    )  # fmt: skip


def clip_tokenizer() -> CLIPTokenizer:
    """Knows `WORDS` and nothing else."""
    tokenizer = CLIPTokenizer(
        vocab={"<|startoftext|>": 0, "<|endoftext|>": 1, "<|unknown|>": 2},
        merges=[],
        unk_token="<|unknown|>",
        bos_token="<|startoftext|>",
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        model_max_length=77,
    )
    tokenizer.add_tokens([AddedToken(word, single_word=True, normalized=True) for word in WORDS])
    return tokenizer


def t5_encoder(vocabulary: int = 32) -> T5EncoderModel:
    """32 wide."""
    config = T5Config(
        vocab_size=vocabulary, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu"
    )
    return T5EncoderModel(config)


def umt5_encoder() -> UMT5EncoderModel:
    """32 wide, as Wan and Helios use it."""
    config = UMT5Config(
        vocab_size=32, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu"
    )
    return UMT5EncoderModel(config)


def t5_tokenizer() -> T5Tokenizer:
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -1.0) for word in WORDS)]
    return T5Tokenizer(vocab=vocab, extra_ids=0)


def byte_tokenizer() -> Qwen2Tokenizer:
    """A Qwen tokenizer whose only tokens are bytes and `SPECIAL`, with a chat template."""
    vocab = {letter: index for index, letter in enumerate(bytes_to_unicode().values())}
    tokenizer = Qwen2Tokenizer(
        vocab=vocab,
        merges=[],
        pad_token="<|endoftext|>",
        chat_template=CHAT,
        extra_special_tokens={"image_token": "<|image_pad|>"},
    )
    tokenizer.add_tokens([AddedToken(word, special=True, normalized=False) for word in SPECIAL])
    return tokenizer


def eyes(patch: int = 14, largest: int | None = None) -> PaddleOCRVLProcessor:
    """Prompts with pictures for a Qwen-VL encoder. Works as Qwen's own processor, which needs torchvision.

    Pictures of more than `largest` pixels are made smaller; by default, of more than four tokens.
    """
    area = (2 * patch) ** 2
    size = {"shortest_edge": area, "longest_edge": largest or 4 * area}
    pictures = Qwen2VLImageProcessorPil(patch_size=patch, size=size)
    tokenizer = byte_tokenizer()
    return PaddleOCRVLProcessor(image_processor=pictures, tokenizer=tokenizer, chat_template=tokenizer.chat_template)


VOCABULARY = 256 + len(SPECIAL)


def special(token: str) -> int:
    """The id of one of `SPECIAL` in `byte_tokenizer`."""
    return byte_tokenizer().convert_tokens_to_ids(token)


def qwen3_config(layers: int = 2) -> Qwen3Config:
    """16 wide."""
    return Qwen3Config(
        vocab_size=VOCABULARY + 8, hidden_size=16, intermediate_size=16, num_hidden_layers=layers,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, max_position_embeddings=1024,
    )  # fmt: skip


def qwen3_vl_config(layers: int) -> Qwen3VLConfig:
    """16 wide, with eyes."""
    return Qwen3VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": layers, "num_attention_heads": 2,
            "num_key_value_heads": 1, "head_dim": 8, "vocab_size": VOCABULARY,
            "rope_parameters": {"mrope_section": [2, 1, 1], "rope_type": "default", "rope_theta": 10000.0},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            "deepstack_visual_indexes": [0], "num_position_embeddings": 64,
        },
        image_token_id=special("<|image_pad|>"),
        video_token_id=special("<|video_pad|>"),
        vision_start_token_id=special("<|vision_start|>"),
        vision_end_token_id=special("<|vision_end|>"),
    )  # fmt: skip


def mistral_config(layers: int) -> Mistral3Config:
    """16 wide, with eyes."""
    return Mistral3Config(
        text_config={
            "model_type": "mistral", "vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 16,
            "max_position_embeddings": 1024, "num_attention_heads": 2, "num_hidden_layers": layers,
            "num_key_value_heads": 1, "sliding_window": None, "head_dim": 8,
        },
        vision_config={
            "model_type": "pixtral", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 16, "image_size": 28, "patch_size": 7,
        },
        image_token_index=special("<|image_pad|>"),
    )  # fmt: skip


def tiny_vae(latent_channels: int) -> AutoencoderKL:
    """Pictures to latents of an eighth of their size, with random weights."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        latent_channels=latent_channels,
        norm_num_groups=4,
        sample_size=128,
        shift_factor=0.0,
    )


def flux2_vae() -> AutoencoderKLFlux2:
    """Latents of 4 channels, patched to 16 on a sixteenth of the size."""
    return AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=128,
    )


def qwen_vae(channels: int = 3, levels: int = 4) -> AutoencoderKLQwenImage:
    """Latents of 4 channels, each with a mean and a deviation; `channels` of the pictures, halved between `levels`.

    Deep ones have less on each level: some pipelines make large pictures only.
    """
    return AutoencoderKLQwenImage(
        input_channels=channels, base_dim=4, z_dim=4, dim_mult=[1] * levels,
        num_res_blocks=0 if levels > 4 else 1,
        temperal_downsample=[False] * (levels - 3) + [True] * 2,
        latents_mean=[0.1, -0.1, 0.2, 0.0], latents_std=[1.1, 0.9, 1.2, 0.8],
    )  # fmt: skip


def wan_vae() -> AutoencoderKLWan:
    """Videos to latents of 16 channels, an eighth of the size, a quarter of the frames."""
    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
