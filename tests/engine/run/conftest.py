"""A whole engine with a real worker and the fake pack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.run.harness import EngineHarness


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineHarness]:
    async with EngineHarness(tmp_path) as harness:
        yield harness
