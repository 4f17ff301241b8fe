"""Repos that are broken, huge or meant to do harm: each is a clear problem, and what is beside goes on."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BlockloomError, NodeError, Problem
from nodes.diffusion.repos import Repos
from nodes.diffusion.review import MAX_FILES, review
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.diffusion import Direct

HEAD = "from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam\n"
HEAD += "from diffusers.modular_pipelines import LoopSequentialPipelineBlocks, SequentialPipelineBlocks\n"
FINE = HEAD + "class Block(ModularPipelineBlocks):\n    intermediate_outputs = [OutputParam('x', type_hint=int)]\n"
DEEP = "[" * 5000 + "]" * 5000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blocks")


@pytest.fixture(scope="module")
def direct(models: Path, place: Path, tmp_path_factory: pytest.TempPathFactory) -> Direct:
    return Direct(tmp_path_factory.mktemp("data"), models, settings={"blocks": str(place)})


@pytest.fixture(scope="module")
def repos(direct: Direct) -> Repos:
    found: Repos = direct.side.states["components"].repos
    return found


def problem_of(direct: Direct, repo: str, **params: Any) -> Problem:
    """What a custom block of the repo says, be it when it is described or when it runs."""
    with pytest.raises(NodeError) as error:
        direct.run("diffusion.custom", {"repo": repo, **params})
    return error.value.problems[0]


def approved(repos: Repos, place: Path, name: str, files: dict[str, str]) -> str:
    blocks.write(place / name, "block.Block", files)
    repos.approvals.approve(name, ANY_COMMIT)
    return name


# Configs

CONFIGS: dict[str, str] = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "not text": "\udcff",
    "deep": DEEP,
    "a list of classes": '{"auto_map": ["block.Block"]}',
    "no class": '{"auto_map": {"ModularPipelineBlocks": 5}}',
    "a path": '{"auto_map": {"ModularPipelineBlocks": "../block.Block"}}',
    "two dots": '{"auto_map": {"ModularPipelineBlocks": "a.block.Block"}}',
    "another file": '{"auto_map": {"ModularPipelineBlocks": "gone.Block"}}',
    "another repo": '{"auto_map": {"ModularPipelineBlocks": "org/other--block.Block"}}',
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_malformed_modular_config_is_told(direct: Direct, repos: Repos, place: Path, config: str) -> None:
    approved(repos, place, "config", {"block.py": FINE})
    (place / "config" / "modular_config.json").write_bytes(config.encode("utf-8", "surrogateescape"))
    problem = problem_of(direct, "config")
    assert (problem.code, problem.port) == ("bad_block", "repo") and problem.remedy
    assert "modular_config.json" in problem.message
    assert review(repos, "config").files


NODE_CONFIGS: dict[str, str] = {
    "no JSON": "{",
    "a list": "[]",
    "not text": "\udcff",
    "deep": DEEP,
    "NaN": '{"node_params": {"custom": {"params": {"x": {"min": NaN}}}}}',
    "params that are none": '{"node_params": {"custom": {"params": []}}}',
    "an entry that is none": '{"node_params": {"custom": {"params": {"x": 1}}}}',
    "names that are none": '{"node_params": {"custom": {"params": {}, "input_names": [{}]}}}',
    "odd values": json.dumps({"node_params": {"custom": {"params": {
        "a": {"label": ["x"], "type": {}, "display": [], "options": {"x": []}, "min": "low", "max": [], "step": -1,
              "default": {"a": 1}, "fieldOptions": "none", "onChange": [[["a"]], {"action": "show", "data": 5}],
              "hidden": "perhaps"},
        "out_a": {"label": None, "display": "output"},
    }}}}),
    "odd names": json.dumps({"node_params": {"custom": {"params": {"a": {}}, "input_names": ["a", "a", "zz"],
                                                       "output_names": ["doc", "x", "x"], "block_name": 5}}}),
    "very long": json.dumps({"node_params": {"custom": {"params": {"a": {"label": "x" * 100_000}}}}}),
}  # fmt: skip


@pytest.mark.parametrize("config", NODE_CONFIGS.values(), ids=NODE_CONFIGS)
def test_a_malformed_mellon_config_never_keeps_the_block_from_running(
    direct: Direct, repos: Repos, place: Path, config: str
) -> None:
    inputs = "    inputs = [InputParam('a', type_hint=int, default=1)]\n"
    body = "    def __call__(self, c, s):\n        b = self.get_block_state(s)\n        b.x = b.a\n"
    body += "        self.set_block_state(s, b)\n        return c, s\n"
    approved(repos, place, "node-config", {"block.py": FINE + inputs + body})
    path = place / "node-config" / "mellon_pipeline_config.json"
    path.write_bytes(config.encode("utf-8", "surrogateescape"))
    resolved = direct.resolve("diffusion.custom", {"repo": "node-config"}, {})
    assert resolved.interface.input("a") and all("\n" not in warning.message for warning in resolved.warnings)
    assert direct.run("diffusion.custom", {"repo": "node-config", "a": 5})[0]["x"] == 5


# Code

CODES: dict[str, tuple[str, str, str]] = {
    "syntax error": ("class Block(:\n", "bad_block", "line 1"),
    "null bytes": ("x = '\0'\n", "bad_block", "block.py"),
    "not text": ("x = '\udcff'\n", "bad_block", "block.py"),
    "deep": (f"x = {'(' * 300}1{')' * 300}\n", "bad_block", "block.py"),
    "exit": ("raise SystemExit(3)\n", "block_failed", "SystemExit"),
    "os exit in a thread": ("import sys\nsys.exit()\n", "block_failed", "SystemExit"),
    "recursion": ("def f():\n    f()\n\n\nf()\n", "block_failed", "RecursionError"),
    "imports itself": ("import block\nfrom block import Block\n", "block_failed", "ImportError"),
    "circle of modules": ("from .beside import Other\n", "block_failed", "ImportError"),
    "no class": (HEAD, "bad_block", "there is no such class"),
    "no block": ("class Block:\n    pass\n", "bad_block", "no ModularPipelineBlocks"),
    "an instance": (FINE + "Block = Block()\n", "bad_block", "no ModularPipelineBlocks"),
    "wants arguments": (FINE + "    def __init__(self, x):\n        pass\n", "block_failed", "TypeError"),
    "contains itself": (
        HEAD + "class Block(SequentialPipelineBlocks):\n    pass\n\n\n"
        "Block.block_classes, Block.block_names = [Block], ['again']\n", "block_failed", "RecursionError",
    ),
    "circle of blocks": (
        HEAD + "class A(SequentialPipelineBlocks):\n    block_names = ['b']\n\n\n"
        "class B(SequentialPipelineBlocks):\n    block_names = ['a']\n    block_classes = [A]\n\n\n"
        "A.block_classes = [B]\nBlock = A\n", "block_failed", "RecursionError",
    ),
    "holds itself": (
        HEAD + "class Block(SequentialPipelineBlocks):\n    block_classes = []\n    block_names = []\n\n"
        "    def __init__(self):\n        super().__init__()\n        self.sub_blocks['me'] = self\n",
        "block_failed", "RecursionError",
    ),
    "inputs raise": (FINE + "    inputs = property(lambda self: 1 / 0)\n", "block_failed", "ZeroDivisionError"),
    "inputs are none": (FINE + "    inputs = None\n", "block_failed", "TypeError"),
    "outputs are none": (FINE + "    outputs = intermediate_outputs = [1]\n", "block_failed", "AttributeError"),
    "components are none": (FINE + "    expected_components = ['vae']\n", "block_failed", "AttributeError"),
    "a description that is none": (FINE + "    description = 5\n", "block_failed", ""),
    "odd names": (FINE + "    inputs = [InputParam('a b')]\n", "bad_block", "'a b'"),
    "a name that is none": (FINE + "    inputs = [InputParam(5)]\n", "bad_block", "5"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected", "says"), CODES.values(), ids=CODES)
def test_code_that_is_wrong_is_a_problem_of_the_node(
    direct: Direct, repos: Repos, place: Path, code: str, expected: str, says: str
) -> None:
    approved(repos, place, "code", {"block.py": "", "beside.py": "from .block import Block\nOther = Block\n"})
    (place / "code" / "block.py").write_bytes(code.encode("utf-8", "surrogateescape"))
    problem = problem_of(direct, "code")
    assert (problem.code, problem.port) == (expected, "repo"), problem
    assert says in problem.message and problem.remedy and len(problem.message) < 1000


RESULTS: dict[str, str] = {
    "nothing": "return None",
    "too much": "return c, s, s",
    "no state": "return c, 5",
    "not what it says": "b.x = object(); self.set_block_state(s, b); return c, s",
    "unset": "return c, s",
    "itself": "b.x = [1]; b.x.append(b.x); self.set_block_state(s, b); return c, s",
    "a generator": "b.x = (i for i in range(3)); self.set_block_state(s, b); return c, s",
    "exit": "raise SystemExit",
}


@pytest.mark.parametrize("body", RESULTS.values(), ids=RESULTS)
def test_garbage_that_a_block_returns_ends_its_node_and_nothing_else(
    direct: Direct, repos: Repos, place: Path, body: str
) -> None:
    call = f"\n    def __call__(self, c, s):\n        b = self.get_block_state(s)\n        {body}\n"
    approved(repos, place, "returns", {"block.py": FINE + call})
    try:
        made, _ = direct.run("diffusion.custom", {"repo": "returns"})
    except BlockloomError as error:
        assert error.problems[0].remedy and error.problems[0].code
    else:
        assert set(made) == {"x"}
    fine = approved(
        repos,
        place,
        "fine",
        {"block.py": FINE + call.replace(body, "b.x = 3; self.set_block_state(s, b); return c, s")},
    )
    assert direct.run("diffusion.custom", {"repo": fine})[0] == {"x": 3}


# Folders


def test_a_repo_of_ten_thousand_files_is_read_within_limits(direct: Direct, repos: Repos, place: Path) -> None:
    approved(repos, place, "many", {"block.py": FINE})
    for number in range(10_000):
        (place / "many" / f"{number % 100:02}").mkdir(exist_ok=True)
        (place / "many" / f"{number % 100:02}" / f"{number}.txt").touch()
    found = review(repos, "many")
    assert len(found.files) == MAX_FILES and found.files[0].path == "block.py" and found.files[0].text == FINE
    assert direct.resolve("diffusion.custom", {"repo": "many"}, {}).interface.output("x")


def test_long_and_odd_file_names_are_read(direct: Direct, repos: Repos, place: Path) -> None:
    names = ["n" * 250 + ".py", "ä ö.py", "line\nend.py", "-rf.py", "'quoted\".json", "\udcff.txt"]
    approved(repos, place, "names", {"block.py": FINE})
    for name in names:
        (place / "names" / name).write_text("1")
    found = review(repos, "names")
    assert len(found.files) == len(names) + 2 and found.model_dump_json()
    assert direct.resolve("diffusion.custom", {"repo": "names"}, {}).interface.output("x")


def test_links_out_of_the_folder_are_not_followed_for_code_or_texts(direct: Direct, repos: Repos, place: Path) -> None:
    (place.parent / "outside").mkdir(exist_ok=True)
    (place.parent / "outside" / "secret.py").write_text("SECRET = 'do not tell'\n")
    approved(repos, place, "links", {"block.py": FINE + "    from .secret import SECRET\n"})
    (place / "links" / "secret.py").symlink_to(place.parent / "outside" / "secret.py")
    (place / "links" / "folder").symlink_to(place.parent / "outside")
    (place / "links" / "circle").symlink_to(place / "links")
    (place / "links" / "gone").symlink_to(place / "nothing")
    (place / "links" / "itself").symlink_to("itself")
    shown = {file.path: file.text for file in review(repos, "links").files}
    assert "do not tell" not in str(shown) and shown["block.py"]
    problem = problem_of(direct, "links")
    assert problem.port == "repo" and "secret" in problem.message
    for code in ("from folder.secret import SECRET", "import folder.secret", "from .folder import secret"):
        (place / "links" / "block.py").write_text(FINE + f"    {code}\n")
        assert "folder" in problem_of(direct, "links").message
    (place / "links" / "block.py").write_text(FINE + "    from .circle import inner\n")
    (place / "links" / "inner.py").touch()
    assert direct.resolve("diffusion.custom", {"repo": "links"}, {}).interface.output("x")


def test_a_folder_that_can_t_be_read_is_told(repos: Repos, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(repos, place, "closed", {"block.py": FINE})

    def refuse(folder: Path) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(NodeError, match="Permission denied") as raised:
        repos.locate("closed")
    (problem,) = raised.value.problems
    assert (problem.code, problem.port) == ("unreadable_repo", "repo") and problem.remedy


def test_names_that_no_file_system_takes_are_no_local_repos(repos: Repos, direct: Direct) -> None:
    for repo in ("a\0b", "x" * 3000, "org/" + "x" * 300):
        assert not repos.is_local(repo)
        problem = problem_of(direct, repo)
        assert (problem.code, problem.port) == ("missing_repo", "repo") and problem.remedy


def test_a_block_that_is_a_link_out_is_no_local_block(repos: Repos, place: Path, direct: Direct) -> None:
    (place.parent / "elsewhere").mkdir(exist_ok=True)
    os.symlink(place.parent / "elsewhere", place / "linked")
    for repo in ("linked", "../elsewhere", "a/../../elsewhere", str(place.parent / "elsewhere")):
        assert problem_of(direct, repo).code == "missing_repo"
