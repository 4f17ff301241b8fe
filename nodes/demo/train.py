"""Makes the demo model: `python -m nodes.demo.train all`, from the project's root folder.

The parts can be run one by one, in this order: `vae`, `unet`, `export`, `evaluate`, `sheet`.
Checkpoints go to `.train/`; a training that was interrupted goes on from the last one.
"""

import argparse
import json
import logging
from pathlib import Path
from typing import Final

import torch

from nodes.demo.evaluation import evaluate, seconds_a_picture
from nodes.demo.pipeline import TrainedParts, load_pipeline, save_pipeline
from nodes.demo.samples import save_sheet
from nodes.demo.scenes import held_out_captions
from nodes.demo.train_unet import train_unet, trained_denoiser
from nodes.demo.train_vae import train_vae, trained_vae
from nodes.demo.training import MODEL_FOLDER, Budget, done_work

HERE: Final = Path(__file__).parent
SEED: Final = 1
EVALUATION_SEED: Final = 1000
VAE_STEPS: Final = 7000
UNET_STEPS: Final = 13700
CAPTIONS: Final = 200
FEWER_CAPTIONS: Final = 40
DEFAULT_STEPS: Final = 20
DEFAULT_GUIDANCE: Final = 2.0
OTHER_SETTINGS: Final = ((20, 3.0), (20, 5.0), (20, 7.5), (50, 7.5))
"""Steps and guidance scale of shorter evaluations; the last are the defaults of modular SDXL pipelines."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes Blockloom's demo model.")
    parser.add_argument("part", choices=["all", "vae", "unet", "export", "evaluate", "sheet"])
    parser.add_argument("--vae-steps", type=int, default=VAE_STEPS)
    parser.add_argument("--unet-steps", type=int, default=UNET_STEPS)
    parser.add_argument("--vae-minutes", type=float, help="train for so long instead of so many steps")
    parser.add_argument("--unet-minutes", type=float, help="train for so long instead of so many steps")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(2)
    if arguments.part in ("all", "vae"):
        train_vae(Budget(steps=arguments.vae_steps, minutes=arguments.vae_minutes), SEED)
    if arguments.part in ("all", "unet"):
        train_unet(trained_vae(SEED), Budget(steps=arguments.unet_steps, minutes=arguments.unet_minutes), SEED)
    if arguments.part in ("all", "export"):
        export()
    if arguments.part in ("all", "evaluate"):
        write_evaluation()
    if arguments.part in ("all", "sheet"):
        save_sheet(
            load_pipeline(MODEL_FOLDER), HERE / "samples.png", steps=DEFAULT_STEPS, guidance_scale=DEFAULT_GUIDANCE
        )


def export() -> None:
    """Writes the pipeline's folder from the last checkpoints, and `training.json` beside it: the work behind them."""
    model = trained_denoiser()
    parts = TrainedParts(
        vae=trained_vae(SEED), unet=model.unet, text_encoder=model.text_encoder, text_encoder_2=model.text_encoder_2
    )
    save_pipeline(parts, MODEL_FOLDER)
    _write_json("training.json", {"seed": SEED, "vae": done_work("vae"), "unet": done_work("unet")})


def write_evaluation() -> None:
    """Judges the exported folder on held-out captions, and writes `evaluation.json` beside it."""
    pipeline = load_pipeline(MODEL_FOLDER)
    captioned = held_out_captions(CAPTIONS, EVALUATION_SEED)
    seconds = seconds_a_picture(pipeline, steps=DEFAULT_STEPS, guidance_scale=DEFAULT_GUIDANCE, count=5)
    settings = [(CAPTIONS, DEFAULT_STEPS, DEFAULT_GUIDANCE), *((FEWER_CAPTIONS, *other) for other in OTHER_SETTINGS)]
    scores = [
        evaluate(pipeline, captioned[:count], steps=steps, guidance_scale=guidance, seed=EVALUATION_SEED)
        for count, steps, guidance in settings
    ]
    at_defaults, *others = (score.as_json() for score in scores)
    _write_json(
        "evaluation.json",
        {"seconds_a_picture": round(seconds, 2), "at_defaults": at_defaults, "at_other_settings": others},
    )


def _write_json(name: str, content: dict[str, object]) -> None:
    (HERE / name).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
