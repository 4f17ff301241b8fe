"""Previews: pictures from latents of any layout, coloured by the VAE where there is one."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import torch
from PIL import Image, ImageStat

from nodes.diffusion.runtime.preview import Frame, jpeg
from tests.fakes.tiny.parts import flux2_vae, qwen_vae, tiny_vae, wan_vae

LAYOUTS = {
    "image": ((1, 4, 16, 16), Frame(), (128, 128)),
    "wide image": ((2, 4, 16, 24), Frame(), (192, 128)),
    "one channel": ((1, 1, 16, 16), Frame(), (128, 128)),
    "video": ((1, 16, 5, 16, 16), Frame(), (128, 128)),
    "batch of videos": ((1, 1, 16, 5, 16, 16), Frame(), (128, 128)),
    "packed": ((1, 64, 16), Frame(), (128, 128)),
    "packed, wide": ((1, 32, 64), Frame(32, 64), (256, 128)),
    "packed video": ((1, 3 * 32, 16), Frame(32, 64, 17), (256, 128)),
    "packed layers": ((1, 5 * 16, 16), Frame(), (128, 128)),
    "larger than a preview": ((1, 4, 300, 300), Frame(), (300, 300)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_latents_of_any_layout_become_a_picture(layout: str) -> None:
    shape, frame, expected = LAYOUTS[layout]
    data = jpeg(torch.randn(shape), None, frame)
    assert data is not None
    assert Image.open(io.BytesIO(data)).size == expected


@pytest.mark.parametrize("shape", [(4,), (1, 7), (1, 7, 16), (1, 64, 15)])
def test_what_is_no_picture_gives_none(shape: tuple[int, ...]) -> None:
    assert jpeg(torch.randn(shape), None) is None


def test_tokens_of_a_known_vae_are_not_taken_apart() -> None:
    vae = tiny_vae(8)
    data = jpeg(torch.randn(1, 16, 8), vae)
    assert data is not None
    assert Image.open(io.BytesIO(data)).size == (128, 128)


@pytest.mark.parametrize("make", [qwen_vae, wan_vae, flux2_vae])
def test_latents_scaled_channel_by_channel_get_colours_too(make: Callable[[], Any]) -> None:
    vae = make().eval()
    channels = 16 if vae.config.get("latent_channels") == 4 or vae.config.get("z_dim") == 16 else 4
    latents = torch.randn(1, channels, 8, 8)
    assert jpeg(latents, vae) != jpeg(latents, None)


def test_colours_are_fitted_to_the_vae() -> None:
    vae = tiny_vae(4).eval()
    with torch.no_grad():
        grey = vae.encode(torch.zeros(1, 3, 128, 128)).latent_dist.mode() * vae.config.scaling_factor
    data = jpeg(grey, vae)
    assert data is not None
    assert all(100 < mean < 156 for mean in ImageStat.Stat(Image.open(io.BytesIO(data))).mean)


def test_a_fit_leaves_random_numbers_alone() -> None:
    before = torch.get_rng_state()
    vae = tiny_vae(4)
    torch.set_rng_state(before)
    jpeg(torch.zeros(1, 4, 16, 16), vae)
    assert torch.equal(torch.get_rng_state(), before)
