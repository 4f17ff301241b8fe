"""A server whose hub is the fake one, shared by the tests of custom blocks: each uses repos of its own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bench.serving import serving
from tests.fakes.hub import FakeHub
from tests.web.blocks.graphs import PIPELINE


@pytest.fixture(scope="package")
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server looks for local blocks."""
    return tmp_path_factory.mktemp("blocks")


@pytest.fixture(scope="package")
def address(hub: FakeHub, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = hub.environment(tmp_path_factory.mktemp("hub"), token="hf_tests")
    with serving(environment | {"BLOCKLOOM_BLOCKS": str(folder)}) as url:
        # The first description imports diffusers, which no test is to wait for.
        graph = {"format": "blockloom/1", "nodes": [PIPELINE], "edges": []}
        httpx.post(f"{url}/api/compile?settle=true", json=graph, timeout=120).raise_for_status()
        yield url


@pytest.fixture(scope="package")
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client
