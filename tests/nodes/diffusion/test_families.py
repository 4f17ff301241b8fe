"""Each family that can be built small, in each workflow: as one node, as stages and as leaves, bit by bit as diffusers.

A family that needs more than its builder in `tests/fakes/tiny` is one that our general mechanisms do not serve.
"""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.diffusion import Direct
from tests.fakes.parity import Parity
from tests.fakes.tiny import TINY

CASES = [(name, workflow) for name, tiny in TINY.items() for workflow in tiny.workflows]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("families")


@pytest.fixture(scope="session")
def worker(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Direct:
    return Direct(tmp_path_factory.mktemp("families-data"), folder)


@pytest.fixture(scope="session", params=CASES, ids=lambda case: " ".join(case).strip())
def parity(request: pytest.FixtureRequest, worker: Direct, folder: Path) -> Parity:
    """One workflow of one family; its repo is built when it is first needed."""
    name, workflow = request.param
    if not (folder / "tiny" / name).is_dir():
        TINY[name].build(folder / "tiny" / name)
    return Parity(worker, folder, f"tiny/{name}", workflow, TINY[name].given)


def test_one_node_equals_diffusers(parity: Parity) -> None:
    assert parity.one_node == parity.expected


def test_stages_equal_diffusers(parity: Parity) -> None:
    assert parity.as_stages() == parity.expected


def test_leaves_equal_diffusers(parity: Parity) -> None:
    assert parity.as_leaves() == parity.expected


def test_progress_rises_to_its_end(parity: Parity) -> None:
    steps = parity.seen.steps
    assert [step for step, _ in steps] == sorted({step for step, _ in steps})
    assert steps[-1][0] == steps[-1][1]


def test_previews_are_pictures(parity: Parity) -> None:
    shown = [Image.open(io.BytesIO(data)) for data in parity.seen.shown]
    assert (len(shown), parity.seen.lines) == (len(parity.seen.steps), [])


def test_cancel_stops_within_a_step(parity: Parity) -> None:
    assert len(parity.cancelled().steps) == 1
