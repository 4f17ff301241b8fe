"""Draws held-out captions with the demo model, and counts how many pictures show what was asked for."""

import time
from dataclasses import asdict, dataclass

import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image

from nodes.demo.judge import judge
from nodes.demo.scenes import Captioned

BATCH = 10


@dataclass(frozen=True, kw_only=True)
class Score:
    """Shares of pictures that are right, 0..1; size and place only of those captions which name them."""

    captions: int
    steps: int
    guidance_scale: float
    seed: int
    background: float
    colour: float
    shape: float
    size: float
    place: float
    everything: float
    """Background, colour and shape are right in the same picture."""
    wrong: tuple[str, ...]
    """What went wrong: the caption, and what the judge saw."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def generate(
    pipeline: StableDiffusionXLPipeline, captions: list[str], *, steps: int, guidance_scale: float, seed: int
) -> list[Image.Image]:
    """One picture a caption; the n-th is drawn from the noise of seed + n, whatever the batch."""
    pictures: list[Image.Image] = []
    for start in range(0, len(captions), BATCH):
        part = captions[start : start + BATCH]
        generators = [torch.Generator().manual_seed(seed + start + index) for index in range(len(part))]
        pictures += pipeline(
            part, num_inference_steps=steps, guidance_scale=guidance_scale, generator=generators
        ).images
    return pictures


def evaluate(
    pipeline: StableDiffusionXLPipeline, captioned: list[Captioned], *, steps: int, guidance_scale: float, seed: int
) -> Score:
    captions = [each.caption for each in captioned]
    pictures = generate(pipeline, captions, steps=steps, guidance_scale=guidance_scale, seed=seed)
    verdicts = [judge(picture) for picture in pictures]
    pairs = [(each, each.scene, verdict) for each, verdict in zip(captioned, verdicts, strict=True)]
    backgrounds = [verdict.background == scene.background for _, scene, verdict in pairs]
    colours = [verdict.colour == scene.colour for _, scene, verdict in pairs]
    shapes = [verdict.shape == scene.shape for _, scene, verdict in pairs]
    together = [all(three) for three in zip(backgrounds, colours, shapes, strict=True)]
    return Score(
        captions=len(captions),
        steps=steps,
        guidance_scale=guidance_scale,
        seed=seed,
        background=_share(backgrounds),
        colour=_share(colours),
        shape=_share(shapes),
        size=_share([verdict.size == scene.size for each, scene, verdict in pairs if each.names_size]),
        place=_share([verdict.place == scene.place for each, scene, verdict in pairs if each.names_place]),
        everything=_share(together),
        wrong=tuple(
            f"{each.caption}: {verdict.colour} {verdict.shape} on {verdict.background}"
            for (each, _, verdict), right in zip(pairs, together, strict=True)
            if not right
        ),
    )


def seconds_a_picture(pipeline: StableDiffusionXLPipeline, *, steps: int, guidance_scale: float, count: int) -> float:
    """The mean time of `count` pictures drawn one by one on two threads, after one that doesn't count."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    caption = ["a red circle on a blue background"]
    generate(pipeline, caption, steps=steps, guidance_scale=guidance_scale, seed=0)
    start = time.perf_counter()
    for seed in range(count):
        generate(pipeline, caption, steps=steps, guidance_scale=guidance_scale, seed=seed)
    torch.set_num_threads(threads)
    return (time.perf_counter() - start) / count


def _share(results: list[bool]) -> float:
    return round(sum(results) / len(results), 4) if results else 0.0
