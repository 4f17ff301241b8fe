"""A real worker process for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.worker import Bench, config


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with Bench(config(tmp_path)) as bench:
        yield bench
