"""Previews: pictures from latents of any layout, coloured by the VAE where there is one."""

import io

import pytest
import torch
from PIL import Image, ImageStat

from nodes.diffusion.runtime.preview import jpeg
from tests.fakes.tiny import tiny_vae

LAYOUTS = {
    "image": ((1, 4, 16, 16), None, (128, 128)),
    "wide image": ((2, 4, 16, 24), None, (192, 128)),
    "one channel": ((1, 1, 16, 16), None, (128, 128)),
    "video": ((1, 16, 5, 16, 16), None, (128, 128)),
    "packed": ((1, 64, 16), None, (128, 128)),
    "packed, wide": ((1, 32, 64), (32, 64), (256, 128)),
    "larger than a preview": ((1, 4, 300, 300), None, (300, 300)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_latents_of_any_layout_become_a_picture(layout: str) -> None:
    shape, size, expected = LAYOUTS[layout]
    data = jpeg(torch.randn(shape), None, size)
    assert data is not None
    assert Image.open(io.BytesIO(data)).size == expected


@pytest.mark.parametrize("shape", [(4,), (1, 7), (1, 64, 15)])
def test_what_is_no_picture_gives_none(shape: tuple[int, ...]) -> None:
    assert jpeg(torch.randn(shape), None) is None


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
