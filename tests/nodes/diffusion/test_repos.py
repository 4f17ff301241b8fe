"""Which repos are found, and what is said of those that are not or must not be used."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from tests.fakes.diffusion import Direct


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Path:
    """A copy of the tiny SDXL repo, as `mine` in a models folder of its own."""
    return Path(shutil.copytree(models / "tiny" / "sdxl", tmp_path / "models" / "mine"))


def problem(direct: Direct, repo: str) -> Any:
    with pytest.raises(NodeError) as caught:
        direct.ref(repo)
    assert caught.value.problems[0].port == "repo"
    return caught.value.problems[0]


@pytest.mark.parametrize("repo", ["no-one/nothing", "no-one/nothing@v2"])
def test_missing_repo(direct: Direct, repo: str) -> None:
    found = problem(direct, repo)
    assert found.code == "missing_repo"
    assert found.message.startswith("Repo 'no-one/nothing'")
    assert found.message.endswith("is not on this machine, and the hub can't be reached.")


@pytest.mark.parametrize("repo", ["/etc", "../mine", "~/models", "a/b/c", "..", "not a repo!"])
def test_paths_outside_the_models_folder_are_refused(direct: Direct, repo: str) -> None:
    assert problem(direct, repo).code == "missing_repo"


def test_a_model_may_be_a_link_to_another_disk(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder, tmp_path / "disk" / "sdxl")
    (folder.parent / "linked").symlink_to(tmp_path / "disk" / "sdxl")
    (folder.parent / "org").symlink_to(tmp_path / "disk")
    direct = Direct(tmp_path / "data", folder.parent)
    for repo in ("linked", "org/sdxl"):
        assert direct.ref(repo)["commit"].startswith("local")
    assert problem(direct, "linked/..").code == "missing_repo"


def test_pickled_weights_are_refused(tmp_path: Path, folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").rename(folder / "unet" / "diffusion_pytorch_model.bin")
    found = problem(Direct(tmp_path / "data", folder.parent), "mine")
    message = "The weights unet/diffusion_pytorch_model.bin of repo 'mine' are a pickle, which can run code."
    assert (found.code, found.message) == ("pickled_weights", message)


def test_foreign_libraries_are_refused(tmp_path: Path, folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"vae": ["os", "system"]}))
    assert problem(Direct(tmp_path / "data", folder.parent), "mine").code == "needs_code"


def test_own_code_needs_approval(tmp_path: Path, folder: Path) -> None:
    (folder / "modular_config.json").write_text(json.dumps({"auto_map": {"ModularPipelineBlocks": "block.Mine"}}))
    (folder / "block.py").write_text("raise SystemExit")
    assert problem(Direct(tmp_path / "data", folder.parent), "mine").code == "needs_approval"


def test_commit_follows_the_weights(tmp_path: Path, folder: Path) -> None:
    direct = Direct(tmp_path / "data", folder.parent)
    before, again = direct.ref("mine")["commit"], direct.ref("mine")["commit"]
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    assert before == again != direct.ref("mine")["commit"]


def test_descriptions_are_kept_on_disk(tmp_path: Path, folder: Path) -> None:
    need = {"repo": "mine", "revision": None}
    first = Direct(tmp_path / "data", folder.parent).side.describers["diffusion.repo"](need)
    second = Direct(tmp_path / "data", folder.parent).side.describers["diffusion.repo"](need)
    assert first == second
    assert first["workflows"][:3] == ["text2image", "image2image", "inpainting"]
    assert len(list((tmp_path / "data" / "descriptions").iterdir())) == 1


SDXL = {"_class_name": "StableDiffusionXLModularPipeline", "_blocks_class_name": "StableDiffusionXLAutoBlocks"}
UNET = {"type_hint": ["diffusers", "UNet2DConditionModel"]}


@pytest.mark.parametrize(
    ("index", "code"),
    [
        ([], "not_a_pipeline"),
        ({}, "not_a_pipeline"),
        ({"_class_name": "Unknown"}, "not_a_pipeline"),
        ({"_class_name": ["pipeline", "Mine"]}, "needs_code"),
        (SDXL | {"unet": [None, None, {"type_hint": ["os", "system"]}]}, "needs_code"),
        (SDXL | {"unet": [None, None, "unet"]}, "not_a_pipeline"),
        (SDXL | {"unet": [None, None, {"pretrained_model_name_or_path": 7, **UNET}]}, "not_a_pipeline"),
        (SDXL | {"unet": [None, None, {"subfolder": "../../private", **UNET}]}, "not_a_pipeline"),
    ],
    ids=["list", "empty", "unknown class", "class of its own", "function", "no entry", "number", "way out"],
)  # fmt: skip
def test_an_index_may_say_anything(tmp_path: Path, index: Any, code: str) -> None:
    (tmp_path / "models" / "odd").mkdir(parents=True)
    (tmp_path / "models" / "odd" / "modular_model_index.json").write_text(json.dumps(index))
    assert problem(Direct(tmp_path / "data", tmp_path / "models"), "odd").code == code
