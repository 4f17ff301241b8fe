"""Models of one precision in the hands of blocks of another."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def decoding_any_precision(vae: Any) -> Iterator[None]:
    """Inside, the VAE decodes latents of any precision. Blocks hand it latents as they get them.

    Latents of its own precision are left as they are, so nothing changes where nothing was wrong.
    """
    with _method(vae, "decode", lambda decode: _casting_in(vae, decode)):
        yield


@contextmanager
def encoding_to(vae: Any, dtype: torch.dtype) -> Iterator[None]:
    """Inside, a VAE of another precision than its pipeline's takes any pictures and gives latents in `dtype`.

    Blocks hand latents on as they get them, to models that take those of their own precision only. What is random
    stays in the precision of the VAE.
    """

    def casting(encode: Callable[..., Any]) -> Callable[..., Any]:
        inner = _casting_in(vae, encode)

        def both(*args: Any, **kwargs: Any) -> Any:
            return _cast_latents(inner(*args, **kwargs), dtype)

        return functools.wraps(encode)(both)

    with _method(vae, "encode", casting):
        yield


@contextmanager
def _method(vae: Any, name: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Inside, a method of this one object is another."""
    vae.__dict__[name] = change(getattr(vae, name))
    try:
        yield
    finally:
        del vae.__dict__[name]


def _casting_in(vae: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, with what comes in cast to the VAE's own precision."""

    @functools.wraps(method)
    def cast(value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            value = value.to(_entry_dtype(vae, method.__name__))
        return method(value, *args, **kwargs)

    return cast


def _cast_latents(encoded: Any, dtype: torch.dtype) -> Any:
    """What a VAE's `encode` returned, its latents in `dtype`: a tensor, a distribution, or either within an output."""
    if isinstance(encoded, torch.Tensor):
        return encoded.to(dtype)
    if isinstance(encoded, tuple):
        return tuple(_cast_latents(item, dtype) for item in encoded)
    if isinstance(encoded, dict):  # the outputs of diffusers are
        for name, value in encoded.items():
            encoded[name] = _cast_latents(value, dtype)
    for draw in ("sample", "mode"):
        if callable(method := getattr(encoded, draw, None)):
            setattr(encoded, draw, functools.partial(_drawn, method, dtype))
    return encoded


def _drawn(method: Callable[..., torch.Tensor], dtype: torch.dtype, *args: Any, **kwargs: Any) -> torch.Tensor:
    return method(*args, **kwargs).to(dtype)


_ENTRIES = {"decode": ("post_quant_conv.", "decoder."), "encode": ("encoder.",)}


def _entry_dtype(vae: torch.nn.Module, method: str) -> torch.dtype:
    """Of the first weights that a value meets: parts of a VAE may be in another precision than the rest."""
    named = list(vae.named_parameters())
    for part in _ENTRIES[method]:
        found = next((weight for name, weight in named if name.startswith(part)), None)
        if found is not None:
            return found.dtype
    return named[0][1].dtype
