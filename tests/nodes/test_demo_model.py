"""The demo model of the repository: small enough, complete, and able to draw."""

import json

import pytest
import torch
from diffusers import ModularPipeline, StableDiffusionXLPipeline
from PIL import Image

from nodes.demo.evaluation import generate
from nodes.demo.judge import judge
from nodes.demo.pipeline import load_pipeline
from nodes.demo.tokenizer import build_tokenizer
from nodes.demo.training import MODEL_FOLDER

# diffusers' Euler scheduler turns a tensor into an array in a way that numpy 2 is giving up.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MEGABYTE = 1_000_000
STEPS = 20
GUIDANCE = 2.0


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionXLPipeline:
    return load_pipeline(MODEL_FOLDER)


def draw(pipeline: StableDiffusionXLPipeline, caption: str) -> Image.Image:
    return generate(pipeline, [caption], steps=STEPS, guidance_scale=GUIDANCE, seed=0)[0]


def test_folder_is_at_most_16_megabytes() -> None:
    sizes = [path.stat().st_size for path in MODEL_FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) <= 16 * MEGABYTE


def test_index_names_no_absent_components() -> None:
    index = json.loads((MODEL_FOLDER / "model_index.json").read_text())
    assert index["_class_name"] == "StableDiffusionXLPipeline"
    assert [None, None] not in index.values()


def test_folder_holds_the_tokenizer_of_the_code(pipeline: StableDiffusionXLPipeline) -> None:
    assert pipeline.tokenizer.get_vocab() == pipeline.tokenizer_2.get_vocab() == build_tokenizer().get_vocab()


@pytest.mark.parametrize(
    ("caption", "seen"),
    [
        ("a large red circle on a blue background", ("circle", "red", "blue")),
        ("a yellow star on a black background", ("star", "yellow", "black")),
        ("white background with a big green heart", ("heart", "green", "white")),
        ("A beautiful, strange RED square on a white background!", ("square", "red", "white")),
    ],
)
def test_pictures_show_what_the_caption_says(
    pipeline: StableDiffusionXLPipeline, caption: str, seen: tuple[str, str, str]
) -> None:
    verdict = judge(draw(pipeline, caption))
    assert (verdict.shape, verdict.colour, verdict.background) == seen


@pytest.mark.parametrize("caption", ["", "qwertz", "?!", "word " * 200])
def test_no_caption_fails(pipeline: StableDiffusionXLPipeline, caption: str) -> None:
    assert draw(pipeline, caption).size == (128, 128)


def test_modular_pipeline_draws_the_same_kind_of_picture() -> None:
    modular = ModularPipeline.from_pretrained(str(MODEL_FOLDER))
    modular.load_components(dtype=torch.float32)
    modular.set_progress_bar_config(disable=True)
    caption = "a large red circle on a blue background"
    picture = modular(
        prompt=caption, num_inference_steps=STEPS, generator=torch.Generator().manual_seed(0), output="images"
    )[0]
    verdict = judge(picture)
    assert (verdict.shape, verdict.colour, verdict.background) == ("circle", "red", "blue")
