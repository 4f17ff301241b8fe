"""Approving block repos on the command line: read, asked, kept; also where a server has the data folder."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.instance import DataLock
from tests.fakes.blocks import expander
from tests.fakes.hub import FakeHub

BLOCK = "raise SystemExit('code of a repo ran')\n"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def blockloom(root: Path, tmp_path: Path, hub: FakeHub) -> Any:
    """Run `blockloom …` with a data folder and a hub of its own."""

    def run(*arguments: str, answer: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        environment = hub.environment(tmp_path / "cache") | {"BLOCKLOOM_DATA": str(tmp_path / "data"), **more}
        command = [sys.executable, "-m", "server.cli", *arguments]
        return subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=110, input=answer
        )

    return run


def test_code_is_shown_and_approved_only_when_somebody_says_so(blockloom: Any, hub: FakeHub) -> None:
    commit = hub.commit("org/block", {"block.py": BLOCK})
    refused = blockloom("block", "approve", "org/block", answer="n\n")
    assert refused.returncode == 2 and "block.py" in refused.stdout and commit in refused.stderr
    assert "org/block" not in blockloom("block", "approvals").stdout
    approved = blockloom("block", "approve", "org/block", answer="y\n")
    assert (approved.returncode, approved.stdout.splitlines()[-1].strip()) == (0, f"org/block: approved at {commit}")
    assert commit in blockloom("block", "approvals", "--json").stdout
    assert blockloom("block", "revoke", f"org/block@{commit[:8]}").stdout == "org/block: 1 revoked\n"
    assert commit not in blockloom("block", "approvals", "--json").stdout


def test_a_revision_is_approved_at_its_commit(blockloom: Any, hub: FakeHub) -> None:
    first = hub.commit("org/block", {"block.py": BLOCK})
    hub.tag("org/block", "v1", first)
    hub.commit("org/block", {"block.py": BLOCK * 2})
    assert (
        blockloom("block", "approve", "org/block@v1", "--yes").stdout.splitlines()[-1]
        == f"org/block: approved at {first}"
    )
    newer = blockloom("block", "approve", "org/block", answer="n\n")
    assert f"+{BLOCK}" in newer.stderr  # what has changed since


def test_a_commit_of_a_pull_request_is_said_to_be_one(blockloom: Any, hub: FakeHub) -> None:
    hub.commit("org/block", {"block.py": BLOCK})
    assert "It is on main." in blockloom("block", "approve", "org/block", answer="n\n").stderr
    strange = hub.pull_request("org/block", {"block.py": BLOCK * 2})
    told = blockloom("block", "approve", f"org/block@{strange}", answer="n\n").stderr
    assert "No branch or tag of org/block leads to this commit" in told


def test_a_repo_that_is_not_there_is_a_problem(blockloom: Any) -> None:
    done = blockloom("block", "approve", "org/none", "--yes")
    assert done.returncode == 2 and done.stderr.startswith("error: ") and "org/none" in done.stderr


def test_with_remote_code_off_nothing_is_approved(blockloom: Any, hub: FakeHub) -> None:
    hub.commit("org/block", {"block.py": BLOCK})
    done = blockloom("block", "approve", "org/block", "--yes", BLOCKLOOM_REMOTE_CODE="0")
    assert done.returncode == 2 and "remote_code" in done.stderr


def test_a_server_that_has_the_data_folder_hears_of_it(
    blockloom: Any, hub: FakeHub, helpers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = hub.commit("org/block", {"block.py": BLOCK})
    hub.use(monkeypatch, tmp_path / "cache")
    with helpers.serving(tmp_path / "data") as server, DataLock(tmp_path / "data", server.url):
        heard: list[str] = []
        server.app.state.blockloom.engine.subscribe(lambda event: heard.append(event.kind))
        assert blockloom("block", "approve", "org/block", "--yes").returncode == 0
        assert [found["commit"] for found in server.http.get("/api/blocks").json()["approvals"]] == [commit]
        assert "catalogue_changed" in heard and "revoked" in blockloom("block", "revoke", "org/block").stdout
        assert server.http.get("/api/blocks").json()["approvals"] == []


def test_a_graph_runs_once_the_code_that_it_needs_is_approved(blockloom: Any, hub: FakeHub, tmp_path: Path) -> None:
    commit = hub.upload("org/expander", expander(tmp_path / "expander"))
    node = {"id": "longer", "type": "diffusion.custom", "params": {"repo": "org/expander", "old_prompt": "a circle"}}
    path = tmp_path / "graph.json"
    path.write_text(json.dumps({"format": "blockloom/1", "nodes": [node]}))
    refused = blockloom("run", str(path))
    assert refused.returncode == 2
    (command,) = re.findall(r"`blockloom (block approve .+?)`", refused.stderr)
    assert command.endswith(commit) and blockloom(*command.split(), "--yes").returncode == 0
    done = blockloom("run", str(path), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputs"]["longer"]["prompt"]["value"] == "a circle on a blue background"
