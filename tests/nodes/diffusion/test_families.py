"""Each family that can be built small, in each workflow: as one node, as stages and as leaves, bit by bit as diffusers.

A family that needs more than its builder in `tests/fakes/tiny` is one that our general mechanisms do not serve.
"""

import io
from pathlib import Path

import pytest
from PIL import Image

from engine.catalogue.spec import Need
from nodes.diffusion.runtime.families import family_classes
from tests.fakes.diffusion import Direct
from tests.fakes.parity import Parity
from tests.fakes.tiny import TINY

CASES = [(name, workflow) for name, tiny in TINY.items() for workflow in tiny.workflows]

NOT_RUN = {
    "Cosmos3OmniModularPipeline": {  # sound and actions need models of their own
        "text2video_with_sound", "image2video_with_sound", "video2video_with_sound", "action_policy",
        "action_forward_dynamics", "action_inverse_dynamics",
    },
    "QwenImage21ModularPipeline": {"image_conditioned"},  # its processor needs torchvision
    "QwenImage21TurboModularPipeline": {"image_conditioned"},
    "StableDiffusionXLModularPipeline": {  # need an adapter in the UNet's attention
        f"ip_adapter_{control}{name}"
        for control in ("", "controlnet_", "controlnet_union_")
        for name in ("text2image", "image2image", "inpainting")
    },
    "WanImage2VideoModularPipeline": {"flf2v"},  # its cropping needs torchvision
}  # fmt: skip
"""Workflows that no repo here can run, and why."""

NOT_BUILT = {
    "Cosmos3DistilledModularPipeline",
    "EchoModularPipeline",
    "Flux3DistilledModularPipeline",  # writes its own prompt first, which random weights can't
    "Flux3ModularPipeline",
    "LTX25ModularPipeline",
    "MiniMaxH3ModularPipeline",
    "MiniMaxMusic3ModularPipeline",
    "WanAnimate2DistilledModularPipeline",
    "WanAnimate2ModularPipeline",  # compiles its attention at its first run, which takes a C++ compiler and long
}


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


def test_no_family_and_no_workflow_is_forgotten(worker: Direct, folder: Path) -> None:
    known: dict[str, set[str]] = {}
    run: dict[str, set[str]] = {}
    for name, tiny in TINY.items():
        if not (folder / "tiny" / name).is_dir():
            tiny.build(folder / "tiny" / name)
        described = worker.describe(Need(subject="diffusion.repo", request={"repo": f"tiny/{name}", "revision": None}))
        known.setdefault(described["pipeline"], set()).update(described["workflows"])
        run.setdefault(described["pipeline"], set()).update(tiny.workflows)
    assert {name: left for name in known if (left := known[name] - run[name])} == NOT_RUN
    assert {cls.__name__ for cls in family_classes()} - known.keys() == NOT_BUILT
