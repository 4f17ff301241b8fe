"""Trains the demo model's UNet, with both text encoders along, on the latents of drawn and captioned pictures."""

import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from nodes.demo.architecture import TIME_IDS, build_scheduler, build_text_encoders, build_unet
from nodes.demo.draw import draw_scene
from nodes.demo.scenes import Scene, combinations, held_out_combinations, random_scene, training_caption
from nodes.demo.tokenizer import MAX_LENGTH, build_tokenizer
from nodes.demo.train_vae import to_tensor
from nodes.demo.training import Budget, checkpoint_path, load_checkpoint, save_checkpoint, set_learning_rate

logger = logging.getLogger(__name__)

CHECKPOINT: Final = "unet"
PICTURES: Final = 8_192
BATCH: Final = 32
PEAK_RATE: Final = 1.2e-3
TIMESTEP_POWER: Final = 0.75
EMA_DECAY: Final = 0.999
UNCONDITIONAL_PART: Final = 0.1
OTHER_SIZE_PART: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Denoiser:
    """The networks which are trained together."""

    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    text_encoder_2: CLIPTextModelWithProjection

    def parameters(self) -> Iterator[nn.Parameter]:
        return chain(*(network.parameters() for network in self._networks()))

    def state(self) -> list[dict[str, Tensor]]:
        return [network.state_dict() for network in self._networks()]

    def load(self, state: list[dict[str, Tensor]]) -> None:
        for network, weights in zip(self._networks(), state, strict=True):
            network.load_state_dict(weights)

    def _networks(self) -> tuple[nn.Module, ...]:
        return self.unet, self.text_encoder, self.text_encoder_2


@dataclass(frozen=True, kw_only=True)
class LatentScenes:
    """Scenes with their pictures' latents, (count, 4, 16, 16): the means, scaled to unit variance.

    The VAE's own deviation is left out. It is noise that can't be predicted, and at low noise levels it was most of
    the loss.
    """

    scenes: list[Scene]
    latents: Tensor


def build_denoiser() -> Denoiser:
    text_encoder, text_encoder_2 = build_text_encoders(build_tokenizer())
    return Denoiser(unet=build_unet(), text_encoder=text_encoder, text_encoder_2=text_encoder_2)


def trained_denoiser() -> Denoiser:
    """The running average of the weights in the last checkpoint, which draws better than the weights themselves."""
    state = load_checkpoint(CHECKPOINT)
    if state is None:
        raise FileNotFoundError(f"There is no {checkpoint_path(CHECKPOINT)}; train the unet first.")
    model = build_denoiser()
    model.load(state["average"])
    return model


def train_unet(vae: AutoencoderKL, budget: Budget, seed: int) -> None:
    """Trains, or goes on with, the denoiser, and leaves it in its checkpoint."""
    torch.manual_seed(seed)
    model, average = build_denoiser(), build_denoiser()
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-2, fused=True)
    average.load(model.state())
    if state := load_checkpoint(CHECKPOINT):
        model.load(state["model"])
        average.load(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        budget.done_steps, budget.done_seconds = state["steps"], state["seconds"]
    data = encode_scenes(vae, PICTURES, seed)
    budget.start()
    losses: list[Tensor] = []
    while budget.progress < 1:
        set_learning_rate(optimizer, budget.learning_rate(PEAK_RATE))
        torch.manual_seed(seed + budget.done_steps)
        loss = _loss(model, data, random.Random(f"{seed}/{budget.done_steps}"))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        _follow(average, model, budget.done_steps)
        losses.append(loss.detach())
        budget.advance()
        if budget.done_steps % 500 == 0 or budget.progress == 1:
            logger.info("unet step %d, %.0f s, loss %.4f", budget.done_steps, budget.done_seconds,
                        torch.stack(losses).mean())  # fmt: skip
            losses.clear()
            save_checkpoint(CHECKPOINT, {"model": model.state(), "average": average.state(),
                                         "optimizer": optimizer.state_dict(), "steps": budget.done_steps,
                                         "seconds": budget.done_seconds})  # fmt: skip


@torch.no_grad()
def encode_scenes(vae: AutoencoderKL, count: int, seed: int) -> LatentScenes:
    """Draws scenes of the combinations that aren't held out, and encodes them."""
    rng = random.Random(seed)
    held_out = held_out_combinations()
    allowed = [combination for combination in combinations() if combination not in held_out]
    scenes = [random_scene(rng, allowed) for _ in range(count)]
    means = []
    for start in range(0, count, 32):
        pictures = to_tensor([draw_scene(scene, rng) for scene in scenes[start : start + 32]])
        with torch.autocast("cpu", torch.bfloat16):
            means.append(vae.encode(pictures).latent_dist.mean.float())
    return LatentScenes(scenes=scenes, latents=torch.cat(means) * vae.config["scaling_factor"])


def _loss(model: Denoiser, data: LatentScenes, rng: random.Random) -> Tensor:
    """Squared error of the predicted v (arXiv 2202.00512) at noise levels spread over the batch.

    The higher ones come more often: they decide on shape and colour.
    """
    indices = rng.sample(range(len(data.scenes)), BATCH)
    clean = data.latents[indices]
    captions = [training_caption(rng, data.scenes[index]) for index in indices]
    steps = (1000 * ((torch.arange(BATCH) + torch.rand(BATCH)) / BATCH) ** TIMESTEP_POWER).long().clamp(max=999)
    alpha = _signal_parts()[steps].view(-1, 1, 1, 1)
    noise = torch.randn_like(clean)
    noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * clean
    hidden, pooled = encode_captions(model, captions)
    kept = (torch.rand(BATCH) >= UNCONDITIONAL_PART).float()
    conditions = {"text_embeds": pooled * kept.view(-1, 1), "time_ids": _time_ids(rng)}
    predicted = model.unet(noisy, steps, hidden * kept.view(-1, 1, 1), added_cond_kwargs=conditions).sample
    return functional.mse_loss(predicted, velocity)


def encode_captions(model: Denoiser, captions: list[str]) -> tuple[Tensor, Tensor]:
    """Both encoders' last but one hidden states, side by side, and the second's pooled projection, as SDXL does."""
    tokens = _tokenizer()(captions, padding="max_length", max_length=MAX_LENGTH, truncation=True, return_tensors="pt")
    first = model.text_encoder(tokens.input_ids, output_hidden_states=True)
    second = model.text_encoder_2(tokens.input_ids, output_hidden_states=True)
    return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=-1), second.text_embeds


@cache
def _tokenizer() -> CLIPTokenizer:
    return build_tokenizer()


@cache
def _signal_parts() -> Tensor:
    """The squared weight of the picture in the noisy latents at each of the 1000 timesteps."""
    parts: Tensor = build_scheduler().alphas_cumprod
    return parts


def _time_ids(rng: random.Random) -> Tensor:
    """Mostly the one size there is; now and then another, so that the model doesn't mind what size it is told."""
    rows: list[Any] = [TIME_IDS] * BATCH
    for row in range(BATCH):
        if rng.random() < OTHER_SIZE_PART:
            height, width = rng.randint(64, 1024), rng.randint(64, 1024)
            rows[row] = (height, width, 0, 0, height, width)
    return torch.tensor(rows, dtype=torch.float32)


@torch.no_grad()
def _follow(average: Denoiser, model: Denoiser, step: int) -> None:
    """The running average of the weights; over fewer steps at the start, where they change quickly."""
    decay = min(EMA_DECAY, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
