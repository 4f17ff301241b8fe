"""Code of repos is imported as packages that know each other's helpers not, from their own folders only."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.pack import WorkerFacts
from engine.errors import NodeError
from nodes.diffusion.repos import Repos
from nodes.diffusion.runtime.code import KEPT_EDITS, PACKAGE, blocks_class, own_blocks
from nodes.diffusion.trust import ANY_COMMIT

BLOCK = """
from diffusers.modular_pipelines import ModularPipelineBlocks
{imports}

class Block(ModularPipelineBlocks):
    description = {says}
"""


@pytest.fixture
def repos(tmp_path: Path) -> Repos:
    settings = {"blocks": str(tmp_path / "blocks"), "offline": True}
    return Repos(WorkerFacts(data_dir=tmp_path, input_dir=tmp_path, output_dir=tmp_path, settings=settings))


def write(tmp_path: Path, name: str, files: dict[str, str], auto_map: Any = "block.Block") -> None:
    """A folder of blocks; `files` by name."""
    config = {"_class_name": "Block", "auto_map": {"ModularPipelineBlocks": auto_map}}
    for file, text in {"modular_config.json": json.dumps(config), **files}.items():
        path = tmp_path / "blocks" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def says(repos: Repos, name: str) -> str:
    """The description of the folder's block, whose code is approved."""
    repos.approvals.approve(name, ANY_COMMIT)
    return own_blocks(repos.locate(name), repos).description


IMPORTS = {
    "import helper": "helper.WORD",
    "import helper as h": "h.WORD",
    "from helper import WORD": "WORD",
    "from .helper import WORD": "WORD",
    "from . import helper": "helper.WORD",
    "import parts.inner": "parts.inner.WORD",
    "import parts.inner as i": "i.WORD",
    "from parts import inner": "inner.WORD",
    "from parts.inner import WORD": "WORD",
    "from .parts.inner import WORD": "WORD",
    "from parts.outer import WORD": "WORD",
    "def word():\n    import helper\n    return helper.WORD": "word()",
}


@pytest.mark.parametrize("imports", IMPORTS)
def test_siblings_are_found_however_they_are_imported(repos: Repos, tmp_path: Path, imports: str) -> None:
    files = {
        "block.py": BLOCK.format(imports=imports, says=IMPORTS[imports]),
        "helper.py": "WORD = 'mine'",
        "parts/inner.py": "WORD = 'mine'",
        "parts/outer.py": "from helper import WORD\nfrom ..helper import WORD as again\nassert WORD is again",
    }
    write(tmp_path, "words", files)
    path = list(sys.path)
    assert says(repos, "words") == "mine"
    assert sys.path == path
    assert "helper" not in sys.modules and "parts" not in sys.modules


def test_helpers_of_the_same_name_do_not_mix(repos: Repos, tmp_path: Path) -> None:
    for name in ("acme/one", "acme/two"):
        files = {
            "block.py": BLOCK.format(imports="from helper import WORD", says="WORD"),
            "helper.py": f"WORD = '{name}'",
        }
        write(tmp_path, name, files)
    assert [says(repos, name) for name in ("acme/one", "acme/two")] == ["acme/one", "acme/two"]


def test_names_that_look_the_same_as_packages_do_not_mix(repos: Repos, tmp_path: Path) -> None:
    same = {"block.py": BLOCK.format(imports="import helper", says="helper.__file__"), "helper.py": ""}
    for name in ("a/b_c", "a_b/c"):
        write(tmp_path, name, same)
    assert [Path(says(repos, name)).parent for name in ("a/b_c", "a_b/c")] == [
        tmp_path / "blocks" / name for name in ("a/b_c", "a_b/c")
    ]


def test_a_saved_file_is_imported_anew_and_the_earlier_class_still_works(repos: Repos, tmp_path: Path) -> None:
    write(tmp_path, "edited", {"block.py": BLOCK.format(imports="", says="'before'")})
    repos.approvals.approve("edited", ANY_COMMIT)
    before = own_blocks(repos.locate("edited"), repos)
    for number in range(5):
        write(tmp_path, "edited", {"block.py": BLOCK.format(imports="", says=f"'after {number}'")})
        assert says(repos, "edited") == f"after {number}"
    assert before.description == "before"
    kept = {name for name in sys.modules if name.startswith(f"{PACKAGE}.edited_") and name.count(".") == 1}
    assert len(kept) == KEPT_EDITS


def test_nothing_is_written_beside_the_code(repos: Repos, tmp_path: Path) -> None:
    write(tmp_path, "clean", {"block.py": BLOCK.format(imports="import helper", says="''"), "helper.py": ""})
    says(repos, "clean")
    files = sorted(path.name for path in (tmp_path / "blocks" / "clean").rglob("*"))
    assert files == ["block.py", "helper.py", "modular_config.json"]


def test_pythons_own_modules_are_not_shadowed(repos: Repos, tmp_path: Path) -> None:
    files = {"block.py": BLOCK.format(imports="import random", says="random.__name__"), "random.py": "raise SystemExit"}
    write(tmp_path, "shadow", files)
    assert says(repos, "shadow") == "random"


@pytest.mark.parametrize("auto_map", ["Block", "a.b.Block", "block.Missing", "other.Block", 7, None, "../block.Block"])
def test_a_wrong_entry_is_named(repos: Repos, tmp_path: Path, auto_map: Any) -> None:
    write(tmp_path, "wrong", {"block.py": BLOCK.format(imports="", says="''")}, auto_map)
    with pytest.raises(NodeError, match=r"modular_config.json of repo 'wrong'") as caught:
        says(repos, "wrong")
    assert caught.value.problems[0].code == "bad_block"


BROKEN = {
    "def f(:": ("bad_block", "no Python: invalid syntax (block.py, line 3)"),
    "1 / 0": ("block_failed", "ZeroDivisionError: division by zero (block.py, line 3)"),
    "from helper import x": ("block_failed", "KeyError: 'no' (helper.py, line 1)"),
    "exit()": ("block_failed", "SystemExit"),
    "import not_there_at_all": ("missing_requirements", "needs the Python package not_there_at_all"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_wrong_with_the_code_is_said_with_its_place(repos: Repos, tmp_path: Path, code: str) -> None:
    write(tmp_path, "broken", {"block.py": BLOCK.format(imports=code, says="''"), "helper.py": "{}['no']"})
    with pytest.raises(NodeError) as caught:
        says(repos, "broken")
    problem = caught.value.problems[0]
    assert (problem.code, problem.port) == (BROKEN[code][0], "repo")
    assert BROKEN[code][1] in problem.message
    assert "Traceback" in problem.details or "SyntaxError" in problem.details


def test_code_that_was_mended_is_imported(repos: Repos, tmp_path: Path) -> None:
    write(tmp_path, "mended", {"block.py": BLOCK.format(imports="1 / 0", says="''")})
    with pytest.raises(NodeError):
        says(repos, "mended")
    write(tmp_path, "mended", {"block.py": BLOCK.format(imports="", says="'whole'")})
    assert says(repos, "mended") == "whole"


def test_no_code_runs_without_approval_or_against_the_setting(repos: Repos, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    write(tmp_path, "guarded", {"block.py": BLOCK.format(imports=f"open({str(mark)!r}, 'w').close()", says="''")})
    with pytest.raises(NodeError) as caught:
        blocks_class(repos.locate("guarded"), repos)
    assert caught.value.problems[0].code == "needs_approval"
    repos.remote_code = False
    with pytest.raises(NodeError) as caught:
        says(repos, "guarded")
    assert caught.value.problems[0].code == "remote_code_off"
    assert not mark.exists()
