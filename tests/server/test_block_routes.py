"""Reading block repos over HTTP, approving them, taking that back; nothing of them runs in the server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.hub import FakeHub

BLOCK = "raise SystemExit('the server ran code of a repo')\n"
CONFIG = '{"auto_map": {"ModularPipelineBlocks": "block.Mine"}, "requirements": {"no-such-package": ">=2"}}'


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    with FakeHub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.use(patch, tmp_path_factory.mktemp("cache"))
        yield hub


@pytest.fixture(scope="module")
def first(hub: FakeHub) -> str:
    return hub.commit("org/block", {"block.py": BLOCK, "modular_config.json": CONFIG, "w.safetensors": b"0" * 1000})


@pytest.fixture
def server(helpers: Any, hub: FakeHub, tmp_path: Path) -> Iterator[Any]:
    with helpers.serving(tmp_path) as server:
        yield server


def test_a_repo_is_read_and_none_of_it_runs(server: Any, hub: FakeHub, first: str) -> None:
    found = server.http.get("/api/blocks/org/block").json()
    assert (found["repo"], found["commit"], found["local"], found["approved"]) == ("org/block", first, False, False)
    texts = {file["path"]: file["text"] for file in found["files"]}
    assert texts == {"block.py": BLOCK, "modular_config.json": CONFIG, "w.safetensors": None}
    assert found["files"][0]["language"] == "python"
    assert found["pip"] == "pip install 'no-such-package>=2'"
    assert not any("w.safetensors" in path for _, path in hub.requests)


def test_approving_and_revoking(server: Any, first: str) -> None:
    http = server.http
    http.get("/api/blocks/org/block")
    approved = http.post("/api/blocks/org/block/approve", json={"commit": first})
    assert approved.status_code == 200, approved.text
    listed = http.get("/api/blocks").json()
    assert listed == {"remote_code": True, "approvals": [approved.json()]}
    assert {"repo": "org/block", "commit": first, "local": False}.items() <= approved.json().items()
    assert http.get("/api/blocks/org/block").json()["approved"]
    assert http.delete("/api/blocks/org/block/approve", params={"commit": first}).json() == {"revoked": 1}
    assert http.delete("/api/blocks/org/block/approve").json() == {"revoked": 0}
    assert http.get("/api/blocks").json()["approvals"] == []


def test_everyone_compiles_again_after_an_approval(server: Any, first: str) -> None:
    before = server.app.state.blockloom.engine.catalogue.revision
    heard: list[str] = []
    stop = server.app.state.blockloom.engine.subscribe(lambda event: heard.append(event.kind))
    server.http.get("/api/blocks/org/block")
    server.http.post("/api/blocks/org/block/approve", json={"commit": first})
    assert heard.count("catalogue_changed") == 1
    server.http.delete("/api/blocks/org/block/approve")
    stop()
    assert heard.count("catalogue_changed") == 2
    assert server.app.state.blockloom.engine.catalogue.revision > before


@pytest.mark.parametrize(
    ("repo", "commit"), [("org/block", "f" * 40), ("org/block", "*"), ("org/none", "a" * 40), ("../up", "*")]
)
def test_only_what_is_on_this_machine_can_be_approved(server: Any, first: str, repo: str, commit: str) -> None:
    answer = server.http.post(f"/api/blocks/{repo}/approve", json={"commit": commit})
    assert answer.status_code in (404, 405, 409) and server.http.get("/api/blocks").json()["approvals"] == []


def test_a_local_folder_is_approved_as_such(server: Any, tmp_path: Path) -> None:
    folder = tmp_path / "blocks" / "mine"
    folder.mkdir(parents=True)
    (folder / "block.py").write_text(BLOCK)
    found = server.http.get("/api/blocks/mine").json()
    assert found["local"] and found["commit"].startswith("local") and found["folder"] == str(folder)
    assert server.http.post("/api/blocks/mine/approve", json={"commit": "*"}).json()["local"]
    (folder / "block.py").write_text(BLOCK * 2)
    again = server.http.get("/api/blocks/mine").json()
    assert again["approved"] and again["approved_commit"] == "*" and again["commit"] != found["commit"]


def test_a_new_commit_shows_what_changed(server: Any, hub: FakeHub, first: str) -> None:
    server.http.get("/api/blocks/org/block")
    server.http.post("/api/blocks/org/block/approve", json={"commit": first})
    second = hub.commit("org/block", {"block.py": BLOCK + "import os\n", "more.py": "x = 1\n"}, branch="next")
    found = server.http.get("/api/blocks/org/block", params={"revision": "next"}).json()
    assert (found["commit"], found["approved"], found["approved_commit"]) == (second, False, first)
    assert [(change["path"], change["status"]) for change in found["diff"]] == [
        ("block.py", "changed"), ("more.py", "added")
    ]  # fmt: skip
    assert "+import os\n" in found["diff"][0]["unified"]


def test_remote_code_off_forbids_approving(helpers: Any, hub: FakeHub, first: str, tmp_path: Path) -> None:
    with helpers.serving(tmp_path, remote_code=False) as server:
        assert server.http.get("/api/blocks/org/block").status_code == 200
        answer = server.http.post("/api/blocks/org/block/approve", json={"commit": first})
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "remote_code_off")
        assert server.http.get("/api/blocks").json() == {"remote_code": False, "approvals": []}


@pytest.mark.parametrize(
    ("repo", "status", "code"),
    [("org/none", 404, "missing_repo"), ("no repo!", 404, "missing_repo"), ("org/closed", 403, "gated")],
)
def test_why_a_repo_can_not_be_read(server: Any, hub: FakeHub, repo: str, status: int, code: str) -> None:
    hub.commit("org/closed", {"block.py": BLOCK})
    hub.repos["org/closed"].gated = True
    answer = server.http.get(f"/api/blocks/{repo}")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (status, code)
    assert answer.json()["problems"][0]["remedy"]


def test_reading_tells_of_its_download(server: Any, hub: FakeHub) -> None:
    heard: list[tuple[str, str]] = []
    server.app.state.blockloom.hub.publish, publish = (
        lambda event: (heard.append((event.repo, event.state)), publish(event)),
        server.app.state.blockloom.hub.publish,
    )
    hub.commit("org/told", {"block.py": BLOCK})
    server.http.get("/api/blocks/org/told")
    assert ("org/told", "finished") in heard
