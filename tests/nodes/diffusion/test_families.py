"""Each family that can be built small, in each workflow: as one node, as stages and as leaves, bit by bit as diffusers.

A family that needs more than its builder in `tests/fakes/tiny` is one that our general mechanisms do not serve.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers.modular_pipelines.wan.encoders as wan_encoders
import pytest
from diffusers.models.transformers import transformer_wan_animate_2
from PIL import Image
from torch.nn.attention.flex_attention import create_block_mask

from engine.catalogue.spec import Need
from nodes.diffusion.runtime.families import family_classes
from tests.fakes.cropping import CROPPING
from tests.fakes.diffusion import Direct
from tests.fakes.parity import IP_ADAPTERS, Parity
from tests.fakes.tiny import TINY, tiny_ip_adapters

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile:UserWarning"),
]
"""Some sound decoders of diffusers are built with the first, a video decoder and Wan Animate 2 with the other."""

CASES = [(name, workflow) for name, tiny in TINY.items() for workflow in tiny.workflows]


@pytest.fixture(scope="session", autouse=True)
def cropping() -> Iterator[None]:
    """The one function of torchvision that blocks call and that the CPU build of torch is without, as it crops."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wan_encoders, "transforms", CROPPING, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def uncompiled() -> Iterator[None]:
    """A mask that Wan Animate 2 compiles at its first run is made without, which takes no C++ compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transformer_wan_animate_2, "create_block_mask", _block_mask)
        yield


def _block_mask(*args: Any, _compile: bool, **kwargs: Any) -> Any:
    return create_block_mask(*args, **kwargs)


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
    if TINY[name].adapters and not (folder / IP_ADAPTERS).is_dir():
        tiny_ip_adapters(folder / IP_ADAPTERS)
    return Parity(worker, folder, f"tiny/{name}", workflow, TINY[name].given, adapters=TINY[name].adapters)


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
    steps = len(parity.seen.steps)
    assert (len(shown), parity.seen.lines) == (steps if parity.pictures and TINY[parity.name].previews else 0, [])


def test_cancel_stops_within_a_step(parity: Parity) -> None:
    assert len(parity.cancelled().steps) == 1


def test_no_family_and_no_workflow_is_forgotten(worker: Direct, folder: Path) -> None:
    known: dict[str, set[str]] = {}
    run: dict[str, set[str]] = {}
    for name, tiny in TINY.items():
        if not (folder / "tiny" / name).is_dir():
            tiny.build(folder / "tiny" / name)
        described = worker.describe(Need(subject="diffusion.repo", request={"repo": f"tiny/{name}", "revision": None}))
        known.setdefault(described["pipeline"], set()).update(described["workflows"])
        run.setdefault(described["pipeline"], set()).update(tiny.workflows)
    assert {name: left for name in known if (left := known[name] - run[name])} == {}
    assert {cls.__name__ for cls in family_classes()} == known.keys()
