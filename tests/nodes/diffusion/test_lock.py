"""The graph's lock: which commit a repo is asked for, what decides for components elsewhere, what no longer fits."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.catalogue.define import NodeView
from engine.catalogue.spec import Need
from nodes.diffusion.lock import changed_folders, repo_need
from nodes.diffusion.ref import ComponentRef, locked_components

OLD, NEW = "a" * 40, "b" * 40
FOLDER, EDITED = "local1", "local2"


def asked(text: str, lock: Mapping[str, str], known: Mapping[str | None, str] | None = None) -> Any:
    """The revision asked for, where answers for the revisions in `known` are of these commits."""
    answers = {
        Need(subject="s", request={"repo": "org/a", "revision": revision}).key: {"commit": commit}
        for revision, commit in (known or {}).items()
    }
    view = NodeView(params={}, known={}, connected=frozenset(), descriptions=answers, lock=lock)
    request = repo_need("s", text, view).request
    assert request["repo"] == "org/a"
    return request["revision"]


@pytest.mark.parametrize(
    ("text", "lock", "revision"),
    [
        ("org/a", {}, None),
        ("org/a@v1", {}, "v1"),
        (" org/a @ v1 ", {}, "v1"),
        ("org/a", {"org/a": OLD}, OLD),
        ("org/a@v1", {"org/a@v1": OLD}, OLD),
        ("org/a@v1", {"org/a": OLD}, "v1"),  # another revision's commit is not this one's
        ("org/a", {"org/a": FOLDER}, None),  # what a folder was is gone
    ],
)
def test_the_lock_decides_at_which_commit_a_repo_is_used(text: str, lock: dict[str, str], revision: str) -> None:
    assert asked(text, lock) == revision


def test_an_answer_of_the_locked_commit_is_not_asked_for_again() -> None:
    assert asked("org/a", {"org/a": OLD}, {None: OLD}) is None
    assert asked("org/a", {"org/a": OLD}, {None: NEW}) == OLD


def elsewhere(name: str, commit: str, *, local: bool = False, in_blocks: bool = False) -> dict[str, Any]:
    place = {"repo": "org/b", "revision": "v1", "subfolder": name, "variant": None}
    return {"name": name, **place, "commit": commit, "local": local, "in_blocks": in_blocks}


@pytest.mark.parametrize(
    ("item", "commit"),
    [(elsewhere("vae", NEW), OLD), (elsewhere("vae", EDITED, local=True), EDITED)],
    ids=["hub", "folder"],
)
def test_the_lock_decides_for_components_elsewhere_too(item: dict[str, Any], commit: str) -> None:
    components, repos = locked_components({"foreign": [item]}, {"org/b@v1": OLD})
    assert components == {"vae": ComponentRef(repo="org/b", commit=commit, subfolder="vae")}
    assert repos == {"org/b@v1": commit}


@pytest.mark.parametrize(
    ("description", "warned"),
    [
        ({"commit": EDITED, "local": True, "in_blocks": False}, ["org/a"]),
        ({"commit": FOLDER, "local": True, "in_blocks": False}, []),
        ({"commit": EDITED, "local": True, "in_blocks": True}, []),
        ({"commit": NEW, "local": False, "in_blocks": False}, []),
        ({"commit": NEW, "local": False, "foreign": [elsewhere("vae", EDITED, local=True)]}, ["org/b@v1"]),
    ],
    ids=["edited", "as it was", "in the blocks folder", "on the hub", "elsewhere"],
)
def test_only_folders_of_models_that_have_changed_are_warned_of(description: dict[str, Any], warned: list[str]) -> None:
    problems = changed_folders("org/a", description, {"org/a": FOLDER, "org/b@v1": FOLDER})
    assert [problem.code for problem in problems] == ["lock_changed"] * len(warned)
    assert all(f"{name!r}" in problem.message for name, problem in zip(warned, problems, strict=True))
