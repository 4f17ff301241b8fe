"""A repo of IP-Adapters for the tiny SDXL, laid out as the usual one: weights beside the encoder that they take."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from tests.fakes.tiny.parts import fill

PLAIN, PLUS = "sdxl_models/ip-adapter_sdxl.safetensors", "sdxl_models/ip-adapter-plus_sdxl.safetensors"
OTHER = "models/ip-adapter_sd15.safetensors"
"""For a model of another cross-attention."""
FACE = "faces/ip-adapter-faceid.safetensors"
"""Takes no picture, but the embeddings of a face."""

WIDTHS = (16, 16, 16, 16)
"""Of the UNet's layers of cross-attention: below, above, in the middle."""
DEEP_WIDTHS = (8, 8, 16, 16, 16, 16, 16, 8, 8, 8, 16)
"""Those of `tiny_sdxl_deep`."""
CROSS_ATTENTION, SEEN, PROJECTED = 32, 16, 8


def tiny_ip_adapters(folder: Path, widths: Sequence[int] = WIDTHS) -> Path:
    """`PLAIN` and `PLUS` for the tiny SDXL with one image encoder, and weights that don't suit it."""
    encoder = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=SEEN, projection_dim=PROJECTED, num_hidden_layers=2, num_attention_heads=2, image_size=224,
            intermediate_size=16, patch_size=56,
        )
    )  # fmt: skip
    fill(encoder)
    encoder.save_pretrained(folder / "sdxl_models" / "image_encoder")
    for file, weights in {
        PLAIN: _projection(CROSS_ATTENTION) | _layers(CROSS_ATTENTION, widths),
        PLUS: _resampler(CROSS_ATTENTION) | _layers(CROSS_ATTENTION, widths),
        OTHER: _projection(24) | _layers(24, widths),
        FACE: {"image_proj.norm.weight": torch.ones(8), "image_proj.proj.0.weight": _random(16, 8)}
        | _layers(32, widths),
    }.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, folder / file)
    return folder


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape))) * 0.3


def _layers(width: int, widths: Sequence[int]) -> dict[str, torch.Tensor]:
    return {
        f"ip_adapter.{2 * number + 1}.to_{kind}_ip.weight": _random(own, width) * (number + 1)
        for number, own in enumerate(widths)
        for kind in ("k", "v")
    }


def _projection(width: int) -> dict[str, torch.Tensor]:
    """Of the encoder's projection to four tokens."""
    return {
        "image_proj.proj.weight": _random(4 * width, PROJECTED),
        "image_proj.proj.bias": _random(4 * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }


def _resampler(width: int) -> dict[str, torch.Tensor]:
    """Of the encoder's hidden states to as many tokens as there are `latents`, as IP-Adapter Plus does."""
    inner = 16
    linear = {"proj_in": (inner, SEEN), "proj_out": (width, inner)}
    norms = {"norm_out": width}
    for number in range(4):
        attention, forward = f"layers.{number}.0", f"layers.{number}.1"
        linear |= {f"{attention}.to_q": (64, inner), f"{attention}.to_kv": (128, inner)}
        linear |= {
            f"{attention}.to_out": (inner, 64),
            f"{forward}.1": (4 * inner, inner),
            f"{forward}.3": (inner, 4 * inner),
        }
        norms |= {f"{attention}.norm1": inner, f"{attention}.norm2": inner, f"{forward}.0": inner}
    weights = {f"{name}.weight": _random(*shape) for name, shape in linear.items()}
    weights |= {f"{name}.bias": torch.zeros(linear[name][0]) for name in ("proj_in", "proj_out")}
    weights |= {f"{name}.weight": torch.ones(size) for name, size in norms.items()}
    weights |= {f"{name}.bias": torch.zeros(size) for name, size in norms.items()}
    return {f"image_proj.{name}": tensor for name, tensor in {**weights, "latents": _random(1, 4, inner)}.items()}
