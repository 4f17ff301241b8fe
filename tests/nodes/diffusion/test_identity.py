"""A graph's pictures are, bit by bit, those of the ModularPipeline called directly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.diffusion import Direct
from tests.fakes.diffusion_graphs import WORKFLOWS, as_one_node, as_stages, by_modular_pipeline

RunGraph = Callable[[dict[str, Any]], dict[str, dict[str, Any]]]
REPO = "tiny/sdxl"


@pytest.fixture
def run_graph(direct: Direct) -> RunGraph:
    """Runs a graph document and returns all outputs by node."""
    return direct.run_graph


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("graph", [as_stages, as_one_node])
def test_graph_equals_direct_call(
    run_graph: RunGraph, models: Path, workflow: str, graph: Callable[[str, str], dict[str, Any]]
) -> None:
    images = run_graph(graph(REPO, workflow))["decode"]["images"]
    expected = by_modular_pipeline(models / REPO, workflow)
    assert [image.tobytes() for image in images] == [image.tobytes() for image in expected]
