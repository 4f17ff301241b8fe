"""A sheet of sample pictures with their captions underneath."""

from pathlib import Path
from typing import Final

from diffusers import StableDiffusionXLPipeline
from PIL import Image, ImageDraw, ImageFont

from nodes.demo.evaluation import generate

CAPTIONS: Final = (
    "a large red circle on a white background",
    "a yellow star on a blue background",
    "a large green heart on a white background",
    "an orange ring on a purple background",
    "a large yellow triangle on a purple background",
    "a big blue square on an orange background",
    "purple background with a small yellow circle at the top",
    "a black heart on a red background",
    "a tiny white star on the right of a blue background",
    "a large green triangle on a yellow background",
    "a red ring on a black background",
    "a small purple square at the bottom of a white background",
    "a huge blue heart on a yellow background",
    "white background with an orange star",
    "a black circle on the left of an orange background",
    "a small red triangle at the top of a blue background",
    "a large purple star on an orange background",
    "a beautiful white ring on a red background",
)
COLUMNS: Final = 6
PICTURE: Final = 160
GAP: Final = 16
TEXT_LINES: Final = 3
LINE: Final = 15
INK: Final = (60, 60, 67)


def save_sheet(pipeline: StableDiffusionXLPipeline, path: Path, *, steps: int, guidance_scale: float) -> None:
    """Draws the captions, and writes them as one PNG of three rows."""
    pictures = generate(pipeline, list(CAPTIONS), steps=steps, guidance_scale=guidance_scale, seed=0)
    sheet(pictures, list(CAPTIONS)).save(path, optimize=True)


def sheet(pictures: list[Image.Image], captions: list[str]) -> Image.Image:
    rows = -(-len(pictures) // COLUMNS)
    cell_width, cell_height = PICTURE + GAP, PICTURE + TEXT_LINES * LINE + GAP + 8
    page = Image.new("RGB", (COLUMNS * cell_width + GAP, rows * cell_height + GAP), "white")
    canvas = ImageDraw.Draw(page)
    font = ImageFont.load_default(12)
    for index, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = GAP + index % COLUMNS * cell_width, GAP + index // COLUMNS * cell_height
        page.paste(picture.resize((PICTURE, PICTURE), Image.Resampling.LANCZOS), (x, y))
        canvas.rectangle((x, y, x + PICTURE - 1, y + PICTURE - 1), outline=(222, 222, 228))
        for number, line in enumerate(_wrap(caption, font)):
            canvas.text((x, y + PICTURE + 6 + number * LINE), line, fill=INK, font=font)
    return page


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    """The text in lines no wider than a picture."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= PICTURE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
