"""Families on a CUDA device, in half precision: whole, as stages and as leaves they make what diffusers makes there."""

from pathlib import Path

import pytest

from nodes.diffusion.runtime.components import ComponentStore
from tests.fakes.diffusion import Direct
from tests.fakes.parity import Parity
from tests.fakes.tiny import TINY

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
FAMILIES = ("sdxl", "sd3", "flux", "flux2-klein", "z-image", "qwen", "wan", "ltx")
CASES = [(name, workflow) for name in FAMILIES for workflow in TINY[name].workflows[:2]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("families")


@pytest.fixture(scope="module")
def worker(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Direct:
    return Direct(tmp_path_factory.mktemp("families-data"), folder)


def _parity(worker: Direct, folder: Path, name: str, workflow: str) -> Parity:
    if not (folder / "tiny" / name).is_dir():
        TINY[name].build(folder / "tiny" / name)
    return Parity(worker, folder, f"tiny/{name}", workflow, TINY[name].given, device="cuda", dtype="bfloat16")


@pytest.mark.parametrize(("name", "workflow"), CASES)
def test_a_family_makes_on_the_device_what_diffusers_makes(
    worker: Direct, folder: Path, name: str, workflow: str
) -> None:
    parity = _parity(worker, folder, name, workflow)
    assert parity.one_node == parity.expected
    assert parity.as_stages() == parity.expected
    assert parity.as_leaves() == parity.expected


def test_models_over_the_budget_are_evicted_and_freed_ones_give_their_memory_back(folder: Path, tmp_path: Path) -> None:
    worker = Direct(tmp_path, folder, models_memory=2**18)
    store: ComponentStore = worker.side.states["components"]
    before = torch.cuda.memory_allocated()
    for name in ("sdxl", "flux"):
        _parity(worker, folder, name, TINY[name].workflows[0]).one_node  # noqa: B018  runs it
    assert {model.repo for model in store.models()} == {"tiny/flux"}
    store.free(None)
    assert (store.models(), torch.cuda.memory_allocated() <= before) == ([], True)
