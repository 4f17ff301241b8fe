"""A local block in use is read anew when its author saves it, within moments."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.fakes import blocks

REPO = "acme/expander"
PARAMS = {"repo": REPO, "old_prompt": "a cat", "style": "rich"}
PORTS = ["repo", "old_prompt", "style", "repeat", "pipeline"]


@pytest.fixture
def server(helpers, tmp_path):
    with helpers.serving(tmp_path, packs=("nodes:load",), offline=True) as running:
        yield running


@pytest.fixture
def block(server, helpers):
    """Compile the custom block until its interface is no longer pending."""

    def compiled() -> dict:
        graph = helpers.graph({"id": "block", "type": "diffusion.custom", "params": PARAMS})
        with _connected(server) as socket:
            while True:
                answer = server.http.post("/api/compile", json=graph)
                assert answer.status_code == 200, answer.text
                if not answer.json()["nodes"]["block"]["pending"]:
                    return answer.json()
                _until_changed(socket)

    return compiled


@contextmanager
def _connected(server) -> Iterator[ClientConnection]:
    with connect(f"{server.url.replace('http', 'ws')}/api/ws", compression=None) as socket:
        yield socket


def _until_changed(socket: ClientConnection) -> None:
    while not any(event["kind"] == "catalogue_changed" for event in json.loads(socket.recv(timeout=60))):
        pass


def _saved(server, **expander) -> None:
    """Save the folder and wait until the server says by itself that something is new."""
    with _connected(server) as socket:
        blocks.expander(server.data / "blocks" / REPO, config=None, **expander)
        _until_changed(socket)


def _names(answer: dict) -> list[str]:
    """The inputs of the block, whose code is fine."""
    assert answer["problems"] == []
    return [port["name"] for port in answer["nodes"]["block"]["inputs"]]


def _approve(server) -> None:
    answer = server.http.post(f"/api/blocks/{REPO}/approve", json={"commit": "*"})
    assert answer.status_code == 200, answer.text


def test_a_saved_block_shows_its_new_ports_and_keeps_its_values(server, block):
    blocks.expander(server.data / "blocks" / REPO, config=None)
    _approve(server)
    assert _names(block()) == PORTS
    _saved(server, code=blocks.EXPANDER.replace('"repeat"', '"times"').replace(".repeat", ".times"))
    assert _names(block()) == ["repo", "old_prompt", "style", "times", "pipeline"]


def test_a_folder_that_appears_and_code_that_is_mended_are_read(server, block):
    assert [problem["code"] for problem in block()["problems"]] == ["missing_repo"]
    _saved(server, code=blocks.EXPANDER.replace("class Prompt", "class = Prompt"))
    assert [problem["code"] for problem in block()["problems"]] == ["needs_approval"]
    _approve(server)
    assert "block.py, line" in block()["problems"][0]["message"]
    _saved(server)
    assert _names(block()) == PORTS


def test_only_what_was_saved_is_asked_for_again(server, helpers, block):
    blocks.expander(server.data / "blocks" / REPO, config=None)
    _approve(server)
    block()
    demo = helpers.graph({"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo"}})
    assert not server.http.post("/api/compile?settle=true", json=demo).json()["nodes"]["load"]["pending"]
    _saved(server, code=blocks.EXPANDER.replace('"repeat"', '"times"').replace(".repeat", ".times"))
    assert not server.http.post("/api/compile", json=demo).json()["nodes"]["load"]["pending"]
