"""Approving the code of one repo lets no code of another run, and pickles load only where a setting allows them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import huggingface_hub
import pytest
import torch
import transformers
from safetensors.torch import load_file, save

from engine.errors import NodeError
from tests.fakes.diffusion import Direct
from tests.fakes.hub import FakeHub

USES_B = """
import LIBRARY
from diffusers.modular_pipelines import ComponentSpec, InputParam, ModularPipelineBlocks, OutputParam


class UsesB(ModularPipelineBlocks):
    @property
    def expected_components(self):
        return [ComponentSpec("thing", LIBRARY.AutoModel, pretrained_model_name_or_path="org/b", subfolder="LIBRARY")]

    @property
    def intermediate_outputs(self):
        return [OutputParam("text", type_hint=str)]

    def __call__(self, components, state):
        block_state = self.get_block_state(state)
        block_state.text = type(components.thing).__name__
        self.set_block_state(state, block_state)
        return components, state
"""
OWN_CODE = {
    "diffusers": """
from pathlib import Path

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config

Path(MARKER).touch()


class Thing(ModelMixin, ConfigMixin):
    @register_to_config
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
""",
    "transformers": """
from pathlib import Path

import torch
from transformers import PretrainedConfig, PreTrainedModel

Path(MARKER).touch()


class ThingConfig(PretrainedConfig):
    model_type = "thing"


class Thing(PreTrainedModel):
    config_class = ThingConfig

    def __init__(self, config):
        super().__init__(config)
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.post_init()
""",
}
CONFIGS: dict[str, dict[str, Any]] = {
    "diffusers": {"_class_name": "Thing", "auto_map": {"AutoModel": "thing.Thing"}},
    "transformers": {
        "model_type": "thing", "auto_map": {"AutoConfig": "thing.ThingConfig", "AutoModel": "thing.Thing"},
    },
}  # fmt: skip
WEIGHTS = {"diffusers": "diffusion_pytorch_model.safetensors", "transformers": "model.safetensors"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub


def two_repos(hub: FakeHub, library: str, marker: Path) -> tuple[str, str]:
    """`org/a` has blocks that use a component of `org/b`, which brings code of its own. Returns their commits."""
    a = hub.commit("org/a", {
        "block.py": USES_B.replace("LIBRARY", library),
        "modular_config.json": json.dumps({"auto_map": {"ModularPipelineBlocks": "block.UsesB"}}),
    })  # fmt: skip
    code = OWN_CODE[library].replace("MARKER", repr(str(marker)))
    b = hub.commit("org/b", {
        f"{library}/config.json": json.dumps(CONFIGS[library]),
        f"{library}/thing.py": code,
        "thing.py": code,
        f"{library}/{WEIGHTS[library]}": save({"weight": torch.zeros(1)}, {"format": "pt"}),
    })  # fmt: skip
    return a, b


@pytest.mark.parametrize("library", ["diffusers", "transformers"])
def test_approving_a_repo_runs_no_code_of_the_repos_it_refers_to(hub: FakeHub, tmp_path: Path, library: str) -> None:
    marker = tmp_path / "ran"
    a, _ = two_repos(hub, library, marker)
    direct = Direct(tmp_path / "data", tmp_path / "models", settings={"offline": False})
    direct.side.states["components"].repos.approvals.approve("org/a", a)
    resolved = direct.resolve("diffusion.custom", {"repo": "org/a"}, {})
    assert set(resolved.repos) == {"org/a", "org/b"}
    with pytest.raises(NodeError) as error:
        direct.run("diffusion.custom", {"repo": "org/a"})
    assert error.value.problems[0].code == "component_failed" and "org/b" in error.value.problems[0].message
    assert not marker.exists()


@pytest.mark.filterwarnings("ignore:The `local_dir_use_symlinks` argument is deprecated:UserWarning")  # of diffusers
@pytest.mark.parametrize("library", ["diffusers", "transformers"])
def test_the_code_of_the_other_repo_would_run_if_it_were_trusted(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """So the test above can fail."""
    monkeypatch.setattr("diffusers.utils.dynamic_modules_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    marker = tmp_path / "ran"
    two_repos(hub, library, marker)
    made: Any = {"diffusers": diffusers, "transformers": transformers}[library]
    folder = huggingface_hub.snapshot_download("org/b")
    made.AutoModel.from_pretrained(folder, subfolder=library, trust_remote_code=True)
    assert marker.exists()


@pytest.mark.parametrize("approved", [False, True])
def test_code_runs_only_once_it_is_approved_at_that_commit(hub: FakeHub, tmp_path: Path, approved: bool) -> None:
    marker = tmp_path / "ran"
    block = f"from pathlib import Path\nPath({str(marker)!r}).touch()\n" + USES_B.replace("LIBRARY", "diffusers")
    files = {"block.py": block, "modular_config.json": '{"auto_map": {"ModularPipelineBlocks": "block.UsesB"}}'}
    first = hub.commit("org/a", files)
    two_repos(hub, "diffusers", tmp_path / "b")
    hub.repos["org/a"].refs["main"] = first
    direct = Direct(tmp_path / "data", tmp_path / "models", settings={"offline": False})
    approvals = direct.side.states["components"].repos.approvals
    approvals.approve("org/a", first if approved else "f" * 40)
    try:
        direct.resolve("diffusion.custom", {"repo": "org/a"}, {})
        code = None
    except NodeError as error:
        code = error.problems[0].code
    assert (code, marker.exists()) == ((None, True) if approved else ("needs_approval", False))


def pickled(models: Path, folder: Path) -> Path:
    """The tiny SDXL repo with the weights of its UNet as a pickle."""
    shutil.copytree(models / "tiny" / "sdxl", folder / "pickled")
    (weights,) = (folder / "pickled" / "unet").glob("*.safetensors")
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    return folder


def test_pickles_load_only_where_the_setting_allows_them(models: Path, tmp_path: Path) -> None:
    folder = pickled(models, tmp_path / "models")
    with pytest.raises(NodeError, match=r"unet/diffusion_pytorch_model\.bin of repo 'pickled' are a pickle"):
        Direct(tmp_path / "refusing", folder).ref("pickled")
    allowing = Direct(tmp_path / "allowing", folder, settings={"pickles": True})
    given = {"prompt": "a red circle", "num_inference_steps": 1, "height": 128, "width": 128, "seed": 3}
    made = allowing.block(allowing.ref("pickled"), "", **given)["images"]
    usual = Direct(tmp_path / "usual", models)
    assert made[0].tobytes() == usual.block(usual.ref("tiny/sdxl"), "", **given)["images"][0].tobytes()


def test_a_pickle_that_runs_code_is_not_loaded_even_where_pickles_are_allowed(models: Path, tmp_path: Path) -> None:
    folder, marker = pickled(models, tmp_path / "models"), tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (marker,)

    torch.save({"weight": Evil()}, folder / "pickled" / "unet" / "diffusion_pytorch_model.bin")
    direct = Direct(tmp_path / "data", folder, settings={"pickles": True})
    with pytest.raises(NodeError):
        direct.block(direct.ref("pickled"), "", prompt="a", num_inference_steps=1, height=128, width=128)
    assert not marker.exists()


def test_a_component_of_another_repo_that_is_pickled_is_refused_with_its_name(hub: FakeHub, tmp_path: Path) -> None:
    hub.commit("org/b", {"unet/config.json": '{"_class_name": "UNet2DConditionModel"}', "unet/model.bin": b"\x80"})
    direct = Direct(tmp_path / "data", tmp_path / "models", settings={"offline": False})
    with pytest.raises(NodeError) as error:
        direct.resolve("diffusion.component", {"repo": "org/b", "subfolder": "unet"}, {})
    assert error.value.problems[0].code == "pickled_weights" and "unet/model.bin" in error.value.problems[0].message
