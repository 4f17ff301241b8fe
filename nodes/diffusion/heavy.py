"""The one way from the light part of the pack to `runtime`, which imports torch and diffusers."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_importing = threading.RLock()


def runtime(module: str) -> Any:
    """A module of `nodes.diffusion.runtime` by its name, imported by one thread at a time.

    diffusers' modules import each other in rings. When two threads enter such a ring at different places, Python lets
    one of them see modules that are half done rather than wait for ever.
    """
    with _importing:
        return importlib.import_module(f"nodes.diffusion.runtime.{module}")


@contextmanager
def importing() -> Iterator[None]:
    """For what imports more of diffusers as it goes; see `runtime`. Never run others' code inside."""
    with _importing:
        yield
