"""Pictures of a denoising step: latents to RGB by a linear map that is fitted once to the VAE itself."""

import io
import math
import weakref
from typing import Any, NamedTuple

import torch
from PIL import Image

SHORT_SIDE = 128
"""Pixels of a preview's shorter side, at least; the browser scales it up as smoothly, and for nothing."""

_FIT_SIZE = 64
_MOST_FRAMES = 256
_fits: "weakref.WeakKeyDictionary[Any, dict[int, torch.Tensor | None]]" = weakref.WeakKeyDictionary()


class Frame(NamedTuple):
    """What latents are of: pictures of so many pixels, videos of so many frames; None where that is not known."""

    height: int | None = None
    width: int | None = None
    frames: int | None = None


_SQUARE = Frame()


def jpeg(latents: torch.Tensor, vae: Any | None, frame: Frame = _SQUARE) -> bytes | None:
    """The first of `latents` as a JPEG file, or None if they are no picture; of a video, the frame in the middle.

    Shapes: (batch, channels, height, width), with frames after the channels; or (batch, tokens, channels), where a
    token is a pixel of the latents or four of them, and `frame` gives the proportions. `vae` may have no weights:
    then it tells the layout only.
    """
    grid = _grid(latents.detach(), vae, frame)
    if grid is None:
        return None
    grid = grid.to(torch.float32)
    factors = _factors(vae, grid.shape[0]) if isinstance(vae, torch.nn.Module) else None
    rgb = _apply(grid, factors.to(grid.device)) if factors is not None else _spread(grid)
    pixels = (rgb.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    picture = Image.fromarray(pixels)
    scale = max(1, math.ceil(SHORT_SIDE / min(picture.size)))
    file = io.BytesIO()
    picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BILINEAR).save(file, "JPEG")
    return file.getvalue()


def _grid(latents: torch.Tensor, vae: Any | None, frame: Frame) -> torch.Tensor | None:
    """The first item as (channels, height, width)."""
    while latents.ndim > 5:
        latents = latents[0]
    if latents.ndim == 5:
        return latents[0, :, latents.shape[2] // 2]
    if latents.ndim == 4:
        return latents[0]
    if latents.ndim != 3 or (shape := _tokens(latents.shape[1], frame)) is None:
        return None
    frames, rows, columns = shape
    middle = latents[0].view(frames, rows, columns, -1)[frames // 2].permute(2, 0, 1)
    depth = _depth(vae)
    if middle.shape[0] == depth or _norm(vae) is not None:
        return middle
    if middle.shape[0] % 4 or (depth is not None and middle.shape[0] != 4 * depth):
        return None
    return torch.nn.functional.pixel_shuffle(middle, 2)


def _tokens(count: int, frame: Frame) -> tuple[int, int, int] | None:
    """So many tokens as (frames, rows, columns), by the picture's proportions; None if they fit nothing.

    Without the number of frames, the least that fits.
    """
    proportion = (frame.height or 1) / (frame.width or 1)
    known = [(frame.frames - 1) // ratio + 1 for ratio in (8, 4, 2)] if frame.frames else []
    for frames in (*known, *range(1, _MOST_FRAMES)):
        rows = round(math.sqrt(count / frames * proportion))
        columns = round(rows / proportion)
        if min(rows, columns) > 1 and frames * rows * columns == count:
            return frames, rows, columns
    return None


def _apply(grid: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """(channels, h, w) by (channels + 1, 3) to (3, h, w); the last row is the offset."""
    return torch.einsum("chw,cr->rhw", grid, factors[:-1]) + factors[-1][:, None, None]


def _spread(grid: torch.Tensor) -> torch.Tensor:
    """Without a VAE: the first three channels, each spread around its mean."""
    channels = grid[:3] if grid.shape[0] >= 3 else grid[:1].expand(3, -1, -1)
    deviation = channels.std(dim=(1, 2), keepdim=True).clamp(min=1e-6)
    return 0.5 + (channels - channels.mean(dim=(1, 2), keepdim=True)) / (4 * deviation)


def _factors(vae: Any, channels: int) -> torch.Tensor | None:
    """The fit of this VAE's latents to colours, (channels + 1, 3), made once; None where the VAE is of another kind."""
    fits = _fits.setdefault(vae, {})
    if channels not in fits:
        fits[channels] = _fit(vae, channels)
    return fits.get(channels)


@torch.no_grad()
def _fit(vae: Any, channels: int) -> torch.Tensor | None:
    """Least squares from the latents of drawn colour fields to their colours."""
    latents = _encoded_fields(vae)
    if latents is None or latents.shape[1] != channels:
        return None
    colours = torch.nn.functional.adaptive_avg_pool2d(_colour_fields(), (latents.shape[2], latents.shape[3]))
    known = latents.permute(0, 2, 3, 1).flatten(0, 2)
    known = torch.cat([known, torch.ones(len(known), 1)], dim=1)
    factors: torch.Tensor = torch.linalg.lstsq(known, colours.permute(0, 2, 3, 1).flatten(0, 2)).solution
    return factors


def _encoded_fields(vae: Any) -> torch.Tensor | None:
    """The colour fields as a denoiser has them, (8, channels, height, width); None for a VAE of another kind."""
    weight = next(vae.parameters())
    fields = (_colour_fields() * 2 - 1).to(weight.device, weight.dtype)
    for pictures in (fields, fields.unsqueeze(2)):  # some take videos only
        try:
            latents = vae.encode(pictures, return_dict=False)[0].mode()
        except Exception:  # a VAE may raise anything at a shape that it does not know
            continue
        latents = latents.squeeze(2) if latents.ndim == 5 else latents
        return _normalised(latents.float().cpu(), vae) if latents.ndim == 4 else None
    return None


def _normalised(latents: torch.Tensor, vae: Any) -> torch.Tensor:
    """Brought to mean 0 and deviation 1, as each kind of VAE says: as a whole, or channel by channel."""
    if (norm := _norm(vae)) is not None:
        patched = torch.nn.functional.pixel_unshuffle(latents, 2)
        mean, variance = norm.running_mean.float().cpu(), norm.running_var.float().cpu()
        normal: torch.Tensor = (patched - mean[:, None, None]) / (variance[:, None, None] + norm.eps).sqrt()
        return normal
    config = vae.config
    if (mean := _by_channel(vae, "latents_mean")) is not None and (std := _by_channel(vae, "latents_std")) is not None:
        return (latents - mean) * (getattr(config, "scaling_factor", None) or 1.0) / std
    return (latents - (getattr(config, "shift_factor", None) or 0.0)) * (getattr(config, "scaling_factor", None) or 1.0)


def _by_channel(vae: Any, name: str) -> torch.Tensor | None:
    """A list in the config, or a tensor of the VAE itself, shaped to meet latents."""
    found = getattr(vae.config, name, None)
    found = dict(vae.named_buffers(recurse=False)).get(name) if found is None else found
    return None if found is None else torch.as_tensor(found).float().cpu().view(-1, 1, 1)


def _norm(vae: Any) -> Any:
    """The norm of VAEs whose latents are used in patches of four pixels."""
    norm = getattr(vae, "bn", None)
    return norm if isinstance(norm, torch.nn.BatchNorm2d) else None


def _depth(vae: Any | None) -> int | None:
    """How many channels the VAE's latents have, where it says."""
    config = getattr(vae, "config", None)
    found = getattr(config, "latent_channels", None) or getattr(config, "z_dim", None)
    return int(found) if found else None


def _colour_fields() -> torch.Tensor:
    """(8, 3, 64, 64) pictures in 0..1: random colours in a grid of 4 by 4 fields, from a generator of their own."""
    generator = torch.Generator().manual_seed(0)
    fields = torch.rand(8, 3, 4, 4, generator=generator)
    return torch.nn.functional.interpolate(fields, size=(_FIT_SIZE, _FIT_SIZE))
