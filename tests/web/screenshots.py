"""`python -m tests.web.screenshots OUT`: the pictures of the README, made with the demo model."""

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.bench.serving import serving
from tests.web.browser import chromium
from tests.web.canvas import RUN_PATIENCE, Canvas


@dataclass(frozen=True)
class View:
    """One picture: its file name, and how the window is."""

    name: str
    scheme: Literal["light", "dark"]
    width: int = 1440
    height: int = 900


VIEWS = (View("canvas-light", "light"), View("canvas-dark", "dark"), View("canvas-1024", "light", 1024, 768))
START = View("start", "light")
TEMPLATE = "Text to image"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as url, chromium() as browser:
        _take(browser, url, START, folder, seed=None)
        for seed, view in enumerate(VIEWS, start=7):
            _take(browser, url, view, folder, seed=seed)


def _take(browser: Browser, url: str, view: View, folder: Path, *, seed: int | None) -> None:
    """Open the page as `view` says, run the template with `seed` if given, and keep a picture at 2×."""
    context = browser.new_context(
        base_url=url, viewport={"width": view.width, "height": view.height}, color_scheme=view.scheme,
        device_scale_factor=2, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(RUN_PATIENCE)
    canvas = Canvas(context.new_page())
    canvas.open()
    canvas.page.wait_for_load_state("networkidle")
    if seed is not None:
        canvas.open_template(TEMPLATE)
        canvas.fill("denoise", "seed", str(seed))  # or the second picture would come from the cache, without previews
        assert canvas.run()["state"] == "succeeded"
        canvas.node("denoise").click()
        if (details := canvas.page.get_by_role("complementary", name="Inspector")).is_visible():
            expect(details.get_by_text("Embeddings").first).to_be_visible(timeout=RUN_PATIENCE)
        expect(canvas.node("show").get_by_role("img").first).to_be_visible(timeout=RUN_PATIENCE)
        expect(canvas.page.get_by_test_id("skeleton")).to_have_count(0, timeout=RUN_PATIENCE)
        canvas.page.wait_for_function("[...document.images].every((image) => image.complete)")
    path = folder / f"{view.name}.webp"
    Image.open(BytesIO(canvas.page.screenshot())).save(path, quality=82, method=6)
    context.close()
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
