"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# How fast a machine is must not decide: the first example of a fresh checkout reads all of Unicode, on busy cores.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT
