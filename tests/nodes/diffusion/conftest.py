"""Tiny repos, made once per session."""

import os
from pathlib import Path

import pytest
import torch

from tests.fakes.diffusion import Direct
from tests.fakes.tiny import tiny_flux, tiny_sdxl

ALLOWED_WARNINGS = (
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
    "ignore:__array_wrap__ must accept context and return_scalar arguments:DeprecationWarning",
)
"""Of diffusers' own: its schedulers hand torch tensors to numpy."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for warning in ALLOWED_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Models this small gain nothing from more threads; and only with as many threads are results the same to the bit.

    So it holds for this process and for the workers that tests start.
    """
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of local models with `tiny/sdxl` and `tiny/flux`."""
    folder = tmp_path_factory.mktemp("models")
    tiny_sdxl(folder / "tiny" / "sdxl")
    tiny_flux(folder / "tiny" / "flux")
    return folder


@pytest.fixture(scope="session")
def direct(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Direct:
    return Direct(tmp_path_factory.mktemp("data"), models)
