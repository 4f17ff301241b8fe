"""Trains the demo model's autoencoder on drawn pictures."""

import logging
import random

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor
from torch.nn import functional

from nodes.demo.architecture import build_vae
from nodes.demo.draw import PICTURE_SIZE, draw_scene, paste_shape
from nodes.demo.scenes import combinations, held_out_combinations, random_scene
from nodes.demo.training import Budget, checkpoint_path, load_checkpoint, save_checkpoint, set_learning_rate
from nodes.demo.vocabulary import RGB, SHAPES

logger = logging.getLogger(__name__)

CHECKPOINT = "vae"
BATCH = 8
PEAK_RATE = 1.5e-3
KL_WEIGHT = 2e-6
EDGE_WEIGHT = 2.0
CROP = 64
CROPPED_PART = 0.6
"""For this part of the run the VAE sees quarters of pictures only, which gives four times the steps in the time."""
PICTURES_FOR_SCALE = 512


def train_vae(budget: Budget, seed: int) -> None:
    """Trains, or goes on with, the autoencoder, and leaves it in its checkpoint."""
    torch.manual_seed(seed)
    vae = build_vae().train()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-3)
    if state := load_checkpoint(CHECKPOINT):
        vae.load_state_dict(state["vae"])
        optimizer.load_state_dict(state["optimizer"])
        budget.done_steps, budget.done_seconds = state["steps"], state["seconds"]
    while budget.progress < 1:
        set_learning_rate(optimizer, budget.learning_rate(PEAK_RATE))
        torch.manual_seed(seed + budget.done_steps)
        rng = random.Random(f"{seed}/{budget.done_steps}")
        pictures = picture_batch(rng, BATCH)
        if budget.progress < CROPPED_PART:
            pictures = _crop(rng, pictures)
        optimizer.zero_grad()
        loss = _loss(vae, pictures)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        budget.advance()
        if budget.done_steps % 500 == 0 or budget.progress == 1:
            logger.info("vae step %d, %.0f s, loss %.4f, PSNR %.2f dB",
                        budget.done_steps, budget.done_seconds, loss.item(), reconstruction_psnr(vae))  # fmt: skip
            save_checkpoint(CHECKPOINT, {"vae": vae.state_dict(), "optimizer": optimizer.state_dict(),
                                         "steps": budget.done_steps, "seconds": budget.done_seconds})  # fmt: skip


def trained_vae(seed: int) -> AutoencoderKL:
    """The autoencoder of the last checkpoint, with the `scaling_factor` that gives the latents unit variance."""
    state = load_checkpoint(CHECKPOINT)
    if state is None:
        raise FileNotFoundError(f"There is no {checkpoint_path(CHECKPOINT)}; train the vae first.")
    vae = build_vae().eval()
    vae.load_state_dict(state["vae"])
    vae.register_to_config(scaling_factor=_scaling_factor(vae, seed))
    return vae


def picture_batch(rng: random.Random, count: int) -> Tensor:
    """Pictures as the VAE wants them: (count, 3, 128, 128), -1..1."""
    held_out = held_out_combinations()
    allowed = [combination for combination in combinations() if combination not in held_out]
    return to_tensor([_random_picture(rng, allowed) for _ in range(count)])


def to_tensor(pictures: list[Image.Image]) -> Tensor:
    """RGB pictures of one size as (count, 3, height, width), -1..1."""
    array = np.stack([np.asarray(picture) for picture in pictures])
    return torch.from_numpy(array).permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous()


def reconstruction_psnr(vae: AutoencoderKL) -> float:
    """Peak signal to noise ratio in dB over 32 fixed scenes."""
    rng = random.Random(0)
    pictures = to_tensor([draw_scene(random_scene(rng, combinations()), rng) for _ in range(32)])
    with torch.no_grad():
        decoded = vae.decode(vae.encode(pictures).latent_dist.mean).sample.clamp(-1, 1)
    return float(10 * torch.log10(4 / functional.mse_loss(decoded, pictures)))


def _crop(rng: random.Random, pictures: Tensor) -> Tensor:
    """A square from near the middle of the pictures, where the shapes are."""
    top, left = (rng.randint(8, PICTURE_SIZE - CROP - 8) for _ in range(2))
    return pictures[:, :, top : top + CROP, left : left + CROP].contiguous()


def _random_picture(rng: random.Random, allowed: list[tuple[str, str, str]]) -> Image.Image:
    """Mostly a scene; else shapes in any colours on a gradient, so that foreign pictures can be encoded as well."""
    if rng.random() < 0.8:
        return draw_scene(random_scene(rng, allowed), rng)
    picture = _gradient(_random_colour(rng), _random_colour(rng)) if rng.random() < 0.5 else Image.new(
        "RGB", (PICTURE_SIZE, PICTURE_SIZE), _random_colour(rng))  # fmt: skip
    for _ in range(rng.randint(1, 4)):
        corner = (rng.randint(-10, 90), rng.randint(-10, 90))
        paste_shape(picture, shape=rng.choice(SHAPES), colour=_random_colour(rng), corner=corner,
                    diameter=rng.randint(24, 90))  # fmt: skip
    return picture


def _gradient(top: RGB, bottom: RGB) -> Image.Image:
    mask = Image.linear_gradient("L").resize((PICTURE_SIZE, PICTURE_SIZE))
    return Image.composite(Image.new("RGB", mask.size, bottom), Image.new("RGB", mask.size, top), mask)


def _random_colour(rng: random.Random) -> RGB:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def _loss(vae: AutoencoderKL, pictures: Tensor) -> Tensor:
    """L1 and squared error, heavier where the picture has edges, and a little of the KL divergence."""
    with torch.autocast("cpu", torch.bfloat16):
        latents = vae.encode(pictures).latent_dist
        decoded = vae.decode(latents.sample()).sample
    error: Tensor = decoded.float() - pictures
    darkest = -functional.max_pool2d(-pictures, 3, stride=1, padding=1)
    edges = (functional.max_pool2d(pictures, 3, stride=1, padding=1) - darkest).mean(dim=1, keepdim=True)
    per_pixel = (error.abs() + error.square()) * (1 + EDGE_WEIGHT * edges)
    divergence: Tensor = latents.kl().float()
    return per_pixel.mean() + KL_WEIGHT * divergence.mean()


@torch.no_grad()
def _scaling_factor(vae: AutoencoderKL, seed: int) -> float:
    pictures = picture_batch(random.Random(seed), PICTURES_FOR_SCALE)
    latents = torch.cat([vae.encode(part).latent_dist.sample() for part in pictures.split(64)])
    return round(1 / float(latents.std()), 5)
