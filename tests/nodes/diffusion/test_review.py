"""What a review tells of a repo: requirements, references, pickles, changes; sizes bounded, nothing run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.catalogue.pack import WorkerFacts
from engine.errors import NodeError
from nodes.diffusion import review as reviewing
from nodes.diffusion.repos import Repos
from nodes.diffusion.requirements import Requirement, pip_command, refuse_missing, requirements_of
from nodes.diffusion.review import review
from tests.fakes.hub import FakeHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub


@pytest.fixture
def repos(tmp_path: Path) -> Repos:
    return Repos(WorkerFacts(data_dir=tmp_path / "data", input_dir=tmp_path, output_dir=tmp_path))


def local(tmp_path: Path, files: dict[str, str]) -> str:
    """A local block `mine` with these files."""
    for name, text in files.items():
        path = tmp_path / "data" / "blocks" / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return "mine"


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ({"numpy": ">=1"}, "met"), ({"numpy": ">=999"}, "conflicting"), ({"no-such-package": ""}, "missing"),
        ({"numpy": None}, "met"), ({"numpy": "999.0"}, "conflicting"), (["numpy>=1"], "met"),
        ({"group": {"numpy": ">=1"}}, "met"),
    ],
)  # fmt: skip
def test_requirements_are_compared_with_what_is_installed(tmp_path: Path, asked: object, state: str) -> None:
    (found,) = requirements_of(tmp_path, {"requirements": asked})
    assert found.state == state and (found.installed is None) == (state == "missing")


def test_a_requirements_file_counts_too(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "# what it needs\nnumpy>=1  # arrays\n-r other.txt\nno-such-package ; python_version < '3'\n"
    )
    assert [item.name for item in requirements_of(tmp_path, {})] == ["numpy"]


def test_the_pip_command_can_carry_nothing_else(tmp_path: Path) -> None:
    asked = [
        "a-missing-one>=2,<3",
        "x; rm -rf ~",
        "$(id)",
        "--index-url=http://evil",
        "y @ https://evil/y.whl",
        "numpy",
    ]
    found = requirements_of(tmp_path, {"requirements": asked})
    assert pip_command(found) == "pip install 'a-missing-one<3,>=2'"
    assert [item.state for item in found] == [*["missing"] * 5, "met"]


def test_missing_packages_are_refused_by_name_and_others_are_not() -> None:
    missing = Requirement(name="soundfile", specifier=">=1", installed=None, state="missing")
    conflicting = Requirement(name="numpy", specifier=">=999", installed="2.4", state="conflicting")
    refuse_missing("org/block", [conflicting])
    with pytest.raises(NodeError) as error:
        refuse_missing("org/block", [missing, conflicting])
    problem = error.value.problems[0]
    assert (problem.code, problem.port) == ("missing_requirements", "repo")
    assert "'org/block'" in problem.message and "soundfile" in problem.message
    assert "pip install 'soundfile>=1'" in problem.remedy


def test_other_repos_and_pickles_are_told(tmp_path: Path, repos: Repos) -> None:
    spec = {"pretrained_model_name_or_path": "org/base", "subfolder": "unet"}
    name = local(tmp_path, {
        "modular_model_index.json": json.dumps({"unet": [None, None, spec]}),
        "text/config.json": json.dumps({"auto_map": {"AutoModel": "org/code--modeling.Model"}}),
        "block.py": "x = ComponentSpec('d', M, pretrained_model_name_or_path='org/depth')\n"
        "y = M.from_pretrained('org/loaded')\nz = 'org/mentioned'\n",
        "odd.py": "this is no Python",
        "unet/model.bin": "0", "optimizer.pt": "0",
    })  # fmt: skip
    found = review(repos, name)
    assert found.refers == ["org/base", "org/code", "org/depth", "org/loaded"]
    assert found.pickles == ["unet/model.bin"]


def test_long_files_are_not_shown_but_their_changes_are_told(
    hub: FakeHub, repos: Repos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "MAX_TEXT", 100)
    first = hub.commit("org/block", {"block.py": "x = 1\n" * 50, "same.py": "y = 1\n" * 50})
    review(repos, "org/block")
    repos.approvals.approve("org/block", first)
    hub.commit("org/block", {"block.py": "x = 2\n" * 50})
    found = review(repos, "org/block", repos.hub.commit("org/block", None, latest=True))
    assert [(file.path, file.text) for file in found.files] == [("block.py", None), ("same.py", None)]
    assert found.diff is not None
    assert [(change.path, change.status, change.unified) for change in found.diff] == [("block.py", "changed", "")]


def test_all_texts_together_are_bounded_and_code_comes_first(
    tmp_path: Path, repos: Repos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "MAX_TEXTS", 10)
    name = local(tmp_path, {"a.json": "[1, 2]", "b.py": "b = 12\n", "c.txt": "123"})
    assert {file.path: file.text for file in review(repos, name).files} == {
        "b.py": "b = 12\n", "a.json": None, "c.txt": "123"
    }  # fmt: skip


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "[" * 100_000])
def test_a_damaged_config_is_no_config(tmp_path: Path, repos: Repos, text: str) -> None:
    name = local(tmp_path, {"modular_config.json": text, "block.py": "(" * 5000})
    assert review(repos, name).config is None
