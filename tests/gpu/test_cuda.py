"""The demo templates on a CUDA device: pictures come out, memory is accounted for (`make test-gpu`)."""

from pathlib import Path

import pytest

from engine.graph.document import Graph, load_graph
from engine.service import Engine, EngineConfig

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
TEMPLATES = sorted((Path(__file__).parents[2] / "nodes" / "templates").glob("*.json"))


def _engine(tmp_path: Path) -> Engine:
    return Engine(EngineConfig(data_dir=tmp_path, input_dir=tmp_path / "input", output_dir=tmp_path / "output"))


def _graph(path: Path) -> Graph:
    return load_graph(path.read_bytes())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
async def test_a_template_runs_on_the_device(tmp_path: Path, path: Path) -> None:
    async with _engine(tmp_path) as engine:
        run = await engine.wait((await engine.submit(_graph(path))).id)
        assert run.state == "succeeded", run.problem
        assert engine.worker.device == torch.cuda.get_device_name()
        assert {model.device.split(":")[0] for model in engine.worker.models} == {"cuda"}


async def test_freed_models_give_their_memory_back(tmp_path: Path) -> None:
    async with _engine(tmp_path) as engine:
        await engine.wait((await engine.submit(_graph(TEMPLATES[0]))).id)
        await engine.free("models")
        assert engine.worker.models == []
