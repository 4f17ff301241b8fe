"""The command line, in processes of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from server.instance import DataLock
from server.running import override_value


@pytest.fixture
def blockloom(root, tmp_path):
    """Run `blockloom …` with a data folder of its own."""

    def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"BLOCKLOOM_DATA": str(tmp_path / "data")}
        command = [sys.executable, "-m", "server.cli", *arguments]
        return subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=110, **options
        )

    return run


@pytest.fixture
def document(tmp_path) -> str:
    """A graph that takes a text and a picture, and needs no model."""
    nodes = [
        {"id": "word", "type": "value.text", "params": {"value": "hi"}},
        {"id": "size", "type": "value.int", "params": {"value": 16}},
        {"id": "plain", "type": "image.solid", "params": {"height": 16}},
        {"id": "show", "type": "image.preview"},
    ]
    edges = [
        {"source": "size", "sourceHandle": "number", "target": "plain", "targetHandle": "width"},
        {"source": "plain", "sourceHandle": "image", "target": "show", "targetHandle": "images"},
    ]
    path = tmp_path / "graph.json"
    path.write_text(json.dumps({"format": "blockloom/1", "name": "Small", "nodes": nodes, "edges": edges}))
    return str(path)


def test_help_and_version_answer(blockloom):
    assert "serve" in blockloom("--help").stdout
    assert blockloom("--version").stdout.startswith("blockloom ")


@pytest.mark.parametrize(
    ("text", "port_type", "value"),
    [
        ("42", "string", "42"), ("42", "int", 42), ("4.5", "float", 4.5), ("true", "bool", True), ("[1]", "json", [1]),
        ("a red circle", "json", "a red circle"), ("seven", "int", "seven"), ("7", None, 7), ('"q"', "string", '"q"'),
    ],
)  # fmt: skip
def test_a_text_means_what_the_param_s_type_makes_of_it(text, port_type, value):
    assert override_value(text, port_type) == value


def test_nodes_lists_types_and_shows_one(blockloom):
    assert "image.invert" in blockloom("nodes").stdout
    assert "image" in blockloom("nodes", "image.invert").stdout
    wrong = blockloom("nodes", "image.invrt")
    assert (wrong.returncode, "image.invert" in wrong.stderr) == (2, True)
    assert "leave out the node type" in blockloom("nodes", "image.invert", "--coverage").stderr


def test_nodes_lists_those_of_the_user_s_folder_and_names_a_broken_one(blockloom, tmp_path):
    nodes = tmp_path / "data" / "nodes"
    nodes.mkdir(parents=True)
    (nodes / "mine.py").write_text(
        "from typing import Annotated\nfrom blockloom import In, Out, node\n"
        '@node("mine.echo", title="Echo", category="Mine")\n'
        'def echo(text: Annotated[str, In("A text")]) -> Annotated[str, Out("text")]:\n'
        '    """Echo."""\n    return text\n'
    )
    (nodes / "broken.py").write_text("1 / 0\n")
    listed = blockloom("nodes")
    assert "mine.echo" in listed.stdout and "image.invert" in listed.stdout and listed.stderr.count("broken.py'") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": "blockloom/1", "nodes": [', "line 1"),
        ('{"format": "blockloom/9", "nodes": []}', "blockloom/9"),
        (None, "cannot be read"),
    ],
)  # fmt: skip
def test_a_graph_that_cannot_be_read_exits_with_2(blockloom, tmp_path, text, words):
    path = tmp_path / "bad.json"
    if text is not None:
        path.write_text(text)
    done = blockloom("check", str(path))
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_cache_tells_sizes_and_clears(blockloom, tmp_path):
    kept = tmp_path / "data" / "results" / "file"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x" * 5000)
    assert json.loads(blockloom("cache", "--json").stdout)["results"] == 5000
    assert "4.9 kB" in blockloom("cache", "clear", "results").stdout
    assert not kept.exists()
    assert "0 B" in blockloom("cache", "clear", "--data", str(tmp_path / "other")).stdout


def test_run_writes_the_outputs_and_says_which_files(blockloom, document, tmp_path):
    out = tmp_path / "out"
    done = blockloom("run", document, "--set", "size.value=24", "--set", "word.value=42", "--out", str(out),
                     "--target", "show", "--target", "word", "--target", "size")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (out / "word_text.txt").read_text() == "42"
    assert json.loads((out / "size_number.json").read_text()) == 24
    picture = next(path for path in out.iterdir() if path.suffix == ".png")
    with Image.open(picture) as image:
        assert image.size == (24, 16)
    assert str(picture) in done.stdout


@pytest.mark.parametrize("setting", ["plain.heigth=3", "nobody.value=3", "size.value=much", "novalue"])
def test_a_wrong_setting_exits_with_2_and_runs_nothing(blockloom, document, setting):
    done = blockloom("run", document, "--set", setting)
    assert (done.returncode, "error: " in done.stderr, "started" in done.stderr) == (2, True, False)


def test_a_failed_run_exits_with_1_and_its_reason(blockloom, tmp_path):
    path = tmp_path / "graph.json"
    node = {"id": "load", "type": "image.load", "params": {"image": "none.png"}}
    path.write_text(json.dumps({"format": "blockloom/1", "nodes": [node]}))
    done = blockloom("run", str(path), "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout)["nodes"]["load"]["problem"]["message"]


def test_check_prints_problems_as_json(blockloom, document):
    done = blockloom("check", document, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"problems": []})
    graph = json.loads(Path(document).read_text())
    graph["nodes"][0]["type"] = "value.txt"
    Path(document).write_text(json.dumps(graph))
    done = blockloom("check", document, "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"][0]["node"]) == (2, "word")


def test_run_uses_the_server_that_has_the_data_folder(blockloom, document, helpers, tmp_path):
    data = tmp_path / "data"
    with helpers.serving(data, packs=("nodes:load",)) as server, DataLock(data, url=server.url):
        done = blockloom("run", document, "--target", "word", "--out", str(tmp_path / "out"))
        assert server.http.get("/api/runs?search=small").json()["total"] == 1
    assert (done.returncode, server.url in done.stderr) == (0, True), done.stderr
    assert (tmp_path / "out" / "word_text.txt").read_text() == "hi"


def test_a_server_that_is_not_there_is_named(blockloom, document):
    done = blockloom("run", document, "--server", "http://127.0.0.1:1")
    assert (done.returncode, "http://127.0.0.1:1" in done.stderr) == (2, True)


def test_an_address_needs_no_scheme(blockloom, document):
    assert "The server at http://127.0.0.1:1 cannot be" in blockloom("run", document, "--server", "127.0.0.1:1").stderr


def test_outputs_without_a_place_keep_the_graph_from_running(blockloom, document):
    done = blockloom("run", document, "--out", document)
    assert (done.returncode, "Choose another with --out" in done.stderr) == (2, True), done.stderr
    assert "started" not in done.stderr and "Traceback" not in done.stderr


def test_a_port_in_use_is_told(blockloom):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = blockloom("serve", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, "choose one with --port" in done.stderr) == (2, True), done.stderr


def test_ctrl_c_cancels_the_run(root, tmp_path):
    path = tmp_path / "graph.json"
    node = {"id": "wait", "type": "fake.wait", "params": {}}
    path.write_text(json.dumps({"format": "blockloom/1", "nodes": [node]}))
    code = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from server import running, settings\n"
        "config = settings.Settings.engine_config\n"
        "settings.Settings.engine_config = lambda self: config(self, ('tests.fakes.pack:load',))\n"
        "from server.cli import app; app(['run', sys.argv[1], '--data', sys.argv[2]])"
    )
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert "started" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (130, False), errors


def test_a_workflow_of_mellon_is_imported(blockloom, root, tmp_path):
    sample = root / "tests" / "nodes" / "diffusion" / "mellon" / "text_to_image.json"
    out = tmp_path / "graph.json"
    done = blockloom("import", str(sample), "--out", str(out))
    assert done.returncode == 0 and "mapped      load: Load Models is Load pipeline" in done.stderr
    graph = json.loads(out.read_text())
    assert graph["name"] == "text_to_image" and len(graph["edges"]) == 6
    assert json.loads(blockloom("import", str(sample)).stdout) == graph
    assert json.loads(blockloom("import", str(sample), "--json").stdout)["report"][0]["status"] == "mapped"


def test_importing_something_else_is_refused(blockloom, document):
    done = blockloom("import", document)
    assert done.returncode == 2 and "no workflow of Mellon" in done.stderr
    assert json.loads(blockloom("import", "gone.json", "--json").stdout)["problems"][0]["code"] == "no_file"


def test_a_place_that_cannot_be_written_is_told(blockloom, root, tmp_path):
    sample = root / "tests" / "nodes" / "diffusion" / "mellon" / "text_to_image.json"
    done = blockloom("import", str(sample), "--out", str(tmp_path / "gone" / "graph.json"))
    assert done.returncode == 2 and "cannot be written" in done.stderr
