"""Puts the demo model's components together, in memory and as a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from nodes.demo.architecture import build_scheduler
from nodes.demo.tokenizer import build_tokenizer


@dataclass(frozen=True, kw_only=True)
class TrainedParts:
    """The components with weights; the others follow from the code."""

    vae: AutoencoderKL
    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    text_encoder_2: CLIPTextModelWithProjection


def build_pipeline(parts: TrainedParts) -> StableDiffusionXLPipeline:
    """The whole pipeline; an empty negative prompt stands for zeroed embeddings, as in training."""
    pipeline = StableDiffusionXLPipeline(
        vae=parts.vae,
        unet=parts.unet,
        text_encoder=parts.text_encoder,
        text_encoder_2=parts.text_encoder_2,
        tokenizer=build_tokenizer(),
        tokenizer_2=build_tokenizer(),
        scheduler=build_scheduler(),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def save_pipeline(parts: TrainedParts, folder: Path) -> None:
    """Writes the folder in half precision; the parts given are of half precision afterwards, too."""
    for network in (parts.vae, parts.unet, parts.text_encoder, parts.text_encoder_2):
        network.half()
    build_pipeline(parts).save_pretrained(folder)
    _drop_absent_components(folder / "model_index.json")


def load_pipeline(folder: Path) -> StableDiffusionXLPipeline:
    """The pipeline of a folder, in full precision."""
    pipeline = StableDiffusionXLPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _drop_absent_components(index: Path) -> None:
    """Takes `[null, null]` entries out of the index: modular pipelines try to load them, and complain at length."""
    entries = json.loads(index.read_text())
    kept = {name: entry for name, entry in entries.items() if entry != [None, None]}
    index.write_text(json.dumps(kept, indent=2) + "\n")
