"""Pictures of a denoising step: latents to RGB by a linear map that is fitted once to the VAE itself."""

import io
import math
import weakref
from typing import Any

import torch
from PIL import Image

SHORT_SIDE = 128
"""Pixels of a preview's shorter side, at least; the browser scales it up as smoothly, and for nothing."""

_FIT_SIZE = 64
_fits: "weakref.WeakKeyDictionary[Any, torch.Tensor]" = weakref.WeakKeyDictionary()


def jpeg(latents: torch.Tensor, vae: Any | None, size: tuple[int, int] | None = None) -> bytes | None:
    """The first of `latents` as a JPEG file, or None if they are no picture.

    Shapes: (batch, channels, height, width), with frames after the channels, or packed as (batch, tokens, 4 channels)
    as in Flux, where `size` (height, width in px) gives the proportions.
    """
    grid = _grid(latents.detach(), size)
    if grid is None:
        return None
    grid = grid.to(torch.float32)
    factors = _factors(vae, grid.shape[0]) if vae is not None else None
    rgb = _apply(grid, factors.to(grid.device)) if factors is not None else _spread(grid)
    pixels = (rgb.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    picture = Image.fromarray(pixels)
    scale = max(1, math.ceil(SHORT_SIDE / min(picture.size)))
    file = io.BytesIO()
    picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BILINEAR).save(file, "JPEG")
    return file.getvalue()


def _grid(latents: torch.Tensor, size: tuple[int, int] | None) -> torch.Tensor | None:
    """The first item as (channels, height, width); of a video, the middle frame."""
    if latents.ndim == 5:
        return latents[0, :, latents.shape[2] // 2]
    if latents.ndim == 4:
        return latents[0]
    if latents.ndim != 3 or latents.shape[2] % 4:
        return None
    tokens, channels = latents.shape[1], latents.shape[2] // 4
    height, width = size or (1, 1)
    rows = round(math.sqrt(tokens * height / width))
    if rows == 0 or tokens % rows:
        return None
    packed = latents[0].view(rows, tokens // rows, channels, 2, 2)
    return packed.permute(2, 0, 3, 1, 4).reshape(channels, rows * 2, -1)


def _apply(grid: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """(channels, h, w) by (channels + 1, 3) to (3, h, w); the last row is the offset."""
    return torch.einsum("chw,cr->rhw", grid, factors[:-1]) + factors[-1][:, None, None]


def _spread(grid: torch.Tensor) -> torch.Tensor:
    """Without a VAE: the first three channels, each spread around its mean."""
    channels = grid[:3] if grid.shape[0] >= 3 else grid[:1].expand(3, -1, -1)
    deviation = channels.std(dim=(1, 2), keepdim=True).clamp(min=1e-6)
    return 0.5 + (channels - channels.mean(dim=(1, 2), keepdim=True)) / (4 * deviation)


def _factors(vae: Any, channels: int) -> torch.Tensor | None:
    """The fit for this VAE, (channels + 1, 3), made once; None where the VAE is of another kind."""
    if vae not in _fits:
        _fits[vae] = _fit(vae)
    factors = _fits[vae]
    return factors if factors.shape[0] == channels + 1 else None


@torch.no_grad()
def _fit(vae: Any) -> torch.Tensor:
    """Least squares from the latents of drawn colour fields to their colours; empty if the VAE is of another kind."""
    config = vae.config
    if getattr(config, "scaling_factor", None) is None or getattr(config, "latents_mean", None) is not None:
        return torch.empty(0)  # latents scaled channel by channel
    weight = next(vae.parameters())
    fields = _colour_fields().to(weight.device, weight.dtype)
    latents = vae.encode(fields * 2 - 1, return_dict=False)[0].mode()
    if latents.ndim != 4:
        return torch.empty(0)
    latents = (latents - (getattr(config, "shift_factor", None) or 0.0)) * config.scaling_factor
    colours = torch.nn.functional.adaptive_avg_pool2d(fields.float(), latents.shape[2:])
    known = latents.float().permute(0, 2, 3, 1).flatten(0, 2).cpu()
    known = torch.cat([known, torch.ones(len(known), 1)], dim=1)
    factors: torch.Tensor = torch.linalg.lstsq(known, colours.permute(0, 2, 3, 1).flatten(0, 2).cpu()).solution
    return factors


def _colour_fields() -> torch.Tensor:
    """(8, 3, 64, 64) pictures in 0..1: random colours in a grid of 4 by 4 fields, from a generator of their own."""
    generator = torch.Generator().manual_seed(0)
    fields = torch.rand(8, 3, 4, 4, generator=generator)
    return torch.nn.functional.interpolate(fields, size=(_FIT_SIZE, _FIT_SIZE))
