"""Make the pictures of the templates gallery: run each template with the demo model, keep its picture as a small WebP.

Run it with the project's virtual environment when a template changes:
`.venv/bin/python web/scripts/template-pictures.py`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "web" / "public" / "templates"
SIDE = 256
"""Pixels."""


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for template in sorted((ROOT / "nodes" / "templates").glob("*.json")):
            out = Path(folder) / template.stem
            blockloom = Path(sys.executable).with_name("blockloom")
            subprocess.run([blockloom, "run", template, "--out", out, "--data", f"{folder}/data"], check=True)
            with Image.open(next(iter(sorted(out.glob("*.png"))))) as picture:
                small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            small.save(PICTURES / f"{template.stem}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
