"""`blockloom block` for authors: a folder that works as it is, a look at its node, and the config of how it looks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodes.diffusion.overlay import FILE
from nodes.diffusion.trust import ANY_COMMIT, Approvals
from tests.fakes import blocks


@pytest.fixture
def block(root, tmp_path):
    """Run `blockloom block …` with a data folder of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"BLOCKLOOM_DATA": str(tmp_path / "data")}
        command = [sys.executable, "-m", "server.cli", "block", *arguments]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=110)

    return run


def test_a_new_block_is_approved_and_works_as_it_is(block, tmp_path):
    made = block("new", "acme/my-block")
    folder = tmp_path / "data" / "blocks" / "acme" / "my-block"
    assert (made.returncode, made.stdout.strip()) == (0, str(folder))
    assert "type acme/my-block" in made.stderr
    assert Approvals(tmp_path / "data").all()[0].commit == ANY_COMMIT
    checked = block("check", str(folder), "--json")
    assert checked.returncode == 0, checked.stdout
    shown = json.loads(checked.stdout)
    assert shown["class"] == "MyBlock"
    assert [(port["name"], port["type"], port["advanced"]) for port in shown["inputs"]] == [
        ("image", "image", False), ("contrast", "float", False)
    ]  # fmt: skip
    assert [port["name"] for port in shown["outputs"]] == ["result"]
    assert shown["warnings"] == []


def test_a_block_elsewhere_is_not_approved(block, tmp_path):
    made = block("new", "my-block", "--dir", str(tmp_path / "else"))
    assert made.stdout.strip() == str(tmp_path / "else" / "my-block")
    assert "move it" in made.stderr
    assert Approvals(tmp_path / "data").all() == []


@pytest.mark.parametrize("name", ["", "../up", "a/b/c", "a b", "/root", "-x"])
def test_a_bad_name_is_refused(block, tmp_path, name):
    made = block("new", "--", name)
    assert made.returncode == 2
    assert "is no name for a block" in made.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_there_is_left_alone(block, tmp_path):
    folder = blocks.expander(tmp_path / "data" / "blocks" / "mine")
    made = block("new", "mine")
    assert (made.returncode, "is there already" in made.stderr) == (2, True)
    assert (folder / "block.py").read_text() == blocks.EXPANDER


def test_check_shows_the_node_in_words(block, tmp_path):
    shown = block("check", str(blocks.expander(tmp_path / "mine")))
    assert shown.returncode == 0, shown.stderr
    for part in ("PromptExpander", "Adds words of a style", "old_prompt", "multiline", '"rich"', "repeat (advanced)"):
        assert part in shown.stdout
    assert not list((tmp_path / "mine").rglob("__pycache__"))


def test_check_says_what_is_wrong_and_where(block, tmp_path):
    broken = blocks.expander(tmp_path / "broken", code=blocks.EXPANDER.replace("class Prompt", "class = Prompt"))
    checked = block("check", str(broken))
    assert checked.returncode == 2
    assert "is no Python: invalid syntax (block.py, line 9)" in checked.stderr
    odd = blocks.expander(tmp_path / "odd", config={"node_params": 7})
    checked = block("check", str(odd))
    assert (checked.returncode, f"warning: {FILE} is ignored" in checked.stderr) == (2, True)
    assert "is no folder" in block("check", str(tmp_path / "none")).stderr


def test_config_writes_all_inputs_and_keeps_what_the_author_changed(block, tmp_path):
    folder = blocks.expander(tmp_path / "mine", config=None)
    assert block("config", str(folder)).stdout.strip() == str(folder / FILE)
    config = json.loads((folder / FILE).read_text())
    node = config["node_params"]["custom"]
    assert (config["label"], node["input_names"]) == ("Prompt Expander", ["old_prompt", "style", "repeat"])
    assert node["params"]["repeat"] == {"label": "Repeat", "type": "int", "default": 1, "step": 1}
    node["params"]["repeat"]["label"] = "How often"
    (folder / FILE).write_text(json.dumps(config))
    assert block("config", str(folder)).returncode == 0
    assert json.loads((folder / FILE).read_text()) == config
    assert block("config", "--fresh", str(folder)).returncode == 0
    assert json.loads((folder / FILE).read_text())["node_params"]["custom"]["params"]["repeat"]["label"] == "Repeat"


def test_a_damaged_config_is_not_written_over(block, tmp_path):
    folder: Path = blocks.expander(tmp_path / "mine", config={"node_params": 7})
    kept = (folder / FILE).read_text()
    made = block("config", str(folder))
    assert (made.returncode, "write it anew with --fresh" in made.stderr) == (2, True)
    assert (folder / FILE).read_text() == kept


def test_nodes_of_a_graph_are_published_and_checked(block, root, tmp_path):
    graph = str(root / "nodes" / "templates" / "text_to_image.json")
    made = block("publish", graph, "--nodes", "denoise, decode", "--name", "shapes")
    folder = tmp_path / "data" / "blocks" / "shapes"
    assert (made.returncode, made.stdout.strip()) == (0, str(folder)), made.stderr
    assert "folders of this machine, which others don't have: demo." in made.stderr
    shown = json.loads(block("check", str(folder), "--json").stdout)
    steps = next(port for port in shown["inputs"] if port["name"] == "num_inference_steps")
    assert (shown["class"], shown["warnings"], steps["default"]) == ("Shapes", [], 20)


def test_nodes_that_cannot_be_published_are_named(block, root):
    graph = str(root / "nodes" / "templates" / "text_to_image.json")
    made = block("publish", graph, "--nodes", "encode,decode", "--name", "shapes", "--json")
    assert made.returncode == 2 and json.loads(made.stdout)["problems"][0]["code"] == "not_convex"
