"""Which Chromium the tests of the canvas drive. `python -m tests.web.browser` prints it, or ends with 1."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = (
    "There is no Chromium for the tests of the canvas: run tests/web/browser.sh, or name one in BLOCKLOOM_CHROMIUM."
)


def installed() -> str | None:
    """A Chromium of this machine: the one that BLOCKLOOM_CHROMIUM names, else the first on the PATH."""
    if named := os.environ.get("BLOCKLOOM_CHROMIUM"):
        return shutil.which(named)
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the machine's, else the one that Playwright installed. Raises RuntimeError for none."""
    with sync_playwright() as playwright:
        path = installed() or playwright.chromium.executable_path
        if not Path(path).is_file():
            raise RuntimeError(MISSING)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    path = installed()
    if path is None and "BLOCKLOOM_CHROMIUM" not in os.environ:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    if path is None or not Path(path).is_file():
        print(MISSING, file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
