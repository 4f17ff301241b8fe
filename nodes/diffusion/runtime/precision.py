"""Models of one precision in the hands of blocks of another."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def decoding_any_precision(vae: Any) -> Iterator[None]:
    """Inside, the VAE decodes latents of any precision. Blocks hand it latents as they get them.

    Latents of its own precision are left as they are, so nothing changes where nothing was wrong.
    """
    decode = vae.decode

    @functools.wraps(decode)
    def cast(latents: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(latents, torch.Tensor) and latents.is_floating_point():
            latents = latents.to(_entry_dtype(vae))
        return decode(latents, *args, **kwargs)

    vae.__dict__["decode"] = cast
    try:
        yield
    finally:
        del vae.__dict__["decode"]


def _entry_dtype(vae: torch.nn.Module) -> torch.dtype:
    """Of the first weights that latents meet: some pipelines keep parts of a VAE in another precision than the rest."""
    named = list(vae.named_parameters())
    for part in ("post_quant_conv.", "decoder."):
        found = next((weight for name, weight in named if name.startswith(part)), None)
        if found is not None:
            return found.dtype
    return named[0][1].dtype
