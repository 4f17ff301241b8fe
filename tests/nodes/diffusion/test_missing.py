"""Packages that are not installed are named, with what installs them, wherever their want shows."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from diffusers.modular_pipelines.wan import encoders as wan_encoders
from diffusers.utils.import_utils import requires_backends as diffusers_requires
from transformers.utils.import_utils import requires_backends

from engine.errors import NodeError, Problem
from nodes.diffusion import missing
from nodes.diffusion.missing import install_command, missing_packages, missing_problem
from nodes.diffusion.repos import Repos
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.diffusion import Direct
from tests.fakes.pictures import picture
from tests.fakes.tiny import TINY

without_torchvision = pytest.mark.skipif(find_spec("torchvision") is not None, reason="torchvision is installed")
OPTIONAL = """
try:
    import not_there.deep as nt
except ImportError:
    pass
if False:
    from also_missing import tool


def use():
    return nt.crop(1)


def use_tool():
    return tool()


def misspelt():
    return ntt
"""


def raised(call: Any) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011: whatever it is
        call()
    return caught.value


def wrapped(error: Exception) -> BaseException:
    def call() -> None:
        try:
            raise error
        except type(error) as cause:
            raise RuntimeError("Could not load.") from cause

    return raised(call)


def backends(require: Any, *names: str) -> BaseException:
    return raised(lambda: require(object(), list(names)))


def text(kind: type[Exception], message: str) -> BaseException:
    return wrapped(kind(message))


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (raised(lambda: __import__("not_there.deep")), ["not_there"]),
        (wrapped(ModuleNotFoundError("No module named 'a_b'", name="a_b.c")), ["a_b"]),
        (backends(requires_backends, "torch", "pyctcdecode", "vision"), ["pyctcdecode"]),
        (backends(diffusers_requires, "note_seq", "torch"), ["note_seq"]),
        (text(ImportError, "Please `pip install -q 'no-such>=2'` first"), ["no_such"]),
        (text(ValueError, "You need to have nope or neither installed to convert"), ["nope", "neither"]),
        (text(ImportError, "pip install --upgrade not_there"), []),
        (text(ImportError, "pip install torch"), []),
        (text(KeyError, "pip install not_there"), []),
        (raised(lambda: __import__("json.nothing")), []),
        (raised(lambda: 1 / 0), []),
    ],
)  # fmt: skip
def test_the_packages_that_an_error_is_for_want_of(error: BaseException, names: list[str]) -> None:
    assert missing_packages(error) == names


@pytest.mark.parametrize(("name", "names"), [("use", ["not_there"]), ("use_tool", ["also_missing"]), ("misspelt", [])])
def test_a_name_that_an_optional_import_would_have_bound(tmp_path: Path, name: str, names: list[str]) -> None:
    (tmp_path / "optional.py").write_text(OPTIONAL)
    space: dict[str, Any] = {}
    exec(compile(OPTIONAL, str(tmp_path / "optional.py"), "exec"), space)
    assert missing_packages(raised(space[name])) == names


@pytest.mark.parametrize(
    ("torch", "names", "command"),
    [
        ("2.13.0", ["torchvision"], "pip install 'torchvision==0.28.*'"),
        ("2.13.0+cpu", ["cv2", "torchvision"], "pip install opencv-python 'torchvision==0.28.*' "
         "--extra-index-url https://download.pytorch.org/whl/cpu"),
        ("2.14.1+cu130", ["torchaudio"], "pip install 'torchaudio==2.14.*' "
         "--extra-index-url https://download.pytorch.org/whl/cu130"),
        ("2.13.0+cpu", ["PIL"], "pip install pillow"),
    ],
)  # fmt: skip
def test_the_command_takes_the_release_that_fits_torch(
    monkeypatch: pytest.MonkeyPatch, torch: str, names: list[str], command: str
) -> None:
    monkeypatch.setattr(missing, "version", lambda _: torch)
    assert install_command(names) == command
    assert command in missing_problem("It", names).remedy


# Where the want shows


@pytest.fixture
def direct(models: Path, tmp_path: Path) -> Direct:
    return Direct(tmp_path, models)


def block(direct: Direct, folder: Path, code: str, module: str = "") -> None:
    """An approved local block `needy`, with `module` beside it."""
    repos: Repos = direct.side.states["components"].repos
    blocks.write(folder / "blocks" / "needy", "block.Block", {"block.py": CODE.format(body=code), "beside.py": module})
    repos.approvals.approve("needy", ANY_COMMIT)


CODE = """
from diffusers import ComponentSpec
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
import transformers

from . import beside


class Block(ModularPipelineBlocks):
    intermediate_outputs = [OutputParam("x", type_hint=int)]
    {body}
"""


def refused(direct: Direct, **params: Any) -> Problem:
    with pytest.raises(NodeError) as error:
        direct.run("diffusion.custom", {"repo": "needy", **params})
    return error.value.problems[0]


@pytest.mark.parametrize(
    ("code", "module"),
    [
        ("import not_there", ""),
        ("x = beside.use()", OPTIONAL),
        ("__call__ = lambda self, components, state: beside.use()", OPTIONAL),
        ("__call__ = lambda self, components, state: __import__('not_there')", ""),
    ],
    ids=["import", "name while importing", "name while running", "import while running"],
)
def test_of_the_code_of_a_block(direct: Direct, tmp_path: Path, code: str, module: str) -> None:
    block(direct, tmp_path, code, module)
    problem = refused(direct)
    assert (problem.code, problem.port) == ("missing_requirements", "repo") or "running" in code or problem.port is None
    assert problem.code == "missing_requirements" and problem.details
    assert "not_there, which is not installed" in problem.message and "pip install not_there" in problem.remedy


@without_torchvision
def test_of_a_component_when_it_loads(direct: Direct, tmp_path: Path) -> None:
    spec = 'ComponentSpec("thing", transformers.Qwen2VLVideoProcessor, pretrained_model_name_or_path="needy")'
    block(direct, tmp_path, f"expected_components = [{spec}]")
    (warning,) = direct.resolve("diffusion.custom", {"repo": "needy"}, {}).warnings
    assert (warning.code, warning.severity, warning.port) == ("missing_requirements", "warning", "repo")
    assert "'thing' needs the Python package torchvision" in warning.message
    problem = refused(direct)
    assert problem.code == "missing_requirements" and "Component 'thing' of repo 'needy'" in problem.message
    assert "pip install 'torchvision==" in problem.remedy


@without_torchvision
def test_of_a_processor_of_a_pipeline_before_anything_runs(tmp_path: Path) -> None:
    """The tiny repo's processor is one that works without; Qwen's own does not."""
    folder = tmp_path / "models" / "tiny" / "edit"
    TINY["qwen-edit"].build(folder)
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"processor": ["transformers", "Qwen2VLProcessor"]}))
    direct = Direct(tmp_path / "data", tmp_path / "models")
    ref = direct.ref("tiny/edit", workflow="image_conditioned")
    found = {
        path: [
            warning.code for warning in direct.resolve("diffusion.block", {"block": path}, {"pipeline": ref}).warnings
        ]
        for path in ("text_encoder", "decode", "")
    }
    assert found == {"text_encoder": ["missing_requirements"], "decode": [], "": ["missing_requirements"]}


@without_torchvision
def test_of_blocks_of_diffusers_while_they_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wan's encoder of a first and a last frame crops with torchvision, which its module imports if it is there."""
    monkeypatch.delattr(wan_encoders, "transforms", raising=False)  # another test's stand-in
    TINY["wan-flf2v"].build(tmp_path / "models" / "tiny" / "wan")
    direct = Direct(tmp_path / "data", tmp_path / "models")
    ref = direct.ref("tiny/wan", workflow="flf2v")
    given = {"image": picture(), "last_image": picture(), "height": 16, "width": 16}
    with pytest.raises(NodeError) as error:
        direct.block(ref, "image_encoder", **given)
    problem = error.value.problems[0]
    assert problem.code == "missing_requirements", problem
    assert "NameError" in problem.details
    assert "needs the Python package torchvision" in problem.message and "torchvision==" in problem.remedy
