"""Whether a commit is of its repo: a fork's can be asked for by the parent's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.pack import WorkerFacts
from nodes.diffusion.origin import Origin, origin_of
from nodes.diffusion.repos import Located, Repos
from nodes.diffusion.review import review
from tests.fakes.hub import FakeHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub


def repos(tmp_path: Path, **settings: Any) -> Repos:
    return Repos(WorkerFacts(data_dir=tmp_path, input_dir=tmp_path, output_dir=tmp_path, settings=settings))


def commits(hub: FakeHub) -> dict[str, str]:
    """Of a repo with two commits on main, one on a branch, one at a tag that left main, and one of a pull request."""
    made = {name: hub.commit("org/a", {"block.py": name}) for name in ("old", "main")}
    made["branch"] = hub.commit("org/a", {"block.py": "b"}, branch="next")
    made["older of branch"] = made["branch"]
    made["branch"] = hub.commit("org/a", {"block.py": "c"}, branch="next")
    made["tag"] = hub.commit("org/a", {"block.py": "t"}, branch="gone")
    del hub.repos["org/a"].refs["gone"]
    hub.tag("org/a", "v1", made["tag"])
    made["pull request"] = hub.pull_request("org/a", {"block.py": "evil"})
    return made


def test_where_commits_are_is_told(hub: FakeHub, tmp_path: Path) -> None:
    made, found = commits(hub), {}
    for name, commit in made.items():
        seen = review(repos(tmp_path), "org/a", commit)
        found[name] = (seen.origin, seen.origin_ref)
    assert found == {
        "old": ("branch", "main"), "main": ("branch", "main"), "branch": ("named", "next"),
        "older of branch": ("named", "next"), "tag": ("named", "v1"), "pull request": ("unnamed", ""),
    }  # fmt: skip


def test_what_the_hub_does_not_say_stays_unknown(hub: FakeHub, tmp_path: Path) -> None:
    located = Located("org/a", tmp_path, commits(hub)["main"], on_hub=True)
    assert origin_of(located, offline=True) == Origin("unknown")
    hub.down = True
    assert origin_of(located, offline=False) == Origin("unknown")
    hub.down = False
    assert origin_of(Located("org/none", tmp_path, "a" * 40, on_hub=True), offline=False) == Origin("unknown")


def test_a_folder_is_local(tmp_path: Path) -> None:
    (tmp_path / "blocks" / "mine").mkdir(parents=True)
    assert review(repos(tmp_path), "mine").origin == "local"
