"""The graph's lock, as nodes of this pack read it: at which commit a repo is asked for, and what no longer fits."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalogue.define import NodeView
from engine.catalogue.spec import Need
from engine.errors import Problem
from nodes.diffusion.repos import lock_name, split_revision
from nodes.diffusion.trust import LOCAL


def repo_need(subject: str, text: str, view: NodeView, **more: Any) -> Need:
    """The question about the repo in `text` (`org/name@revision`), at the commit that the lock names.

    Where the answer for the revision itself is known and is of that commit, it is that one: the first compile of a
    graph fills its lock, and the second must not wait for an answer again. A local folder is used as it is now.
    """
    repo, revision = split_revision(text)
    need = Need(subject=subject, request={"repo": repo, "revision": revision, **more})
    locked = view.lock.get(lock_name(repo, revision))
    if locked is None or locked.startswith(LOCAL) or locked == view.descriptions.get(need.key, {}).get("commit"):
        return need
    return Need(subject=subject, request={"repo": repo, "revision": locked, **more})


def changed_folders(name: str, description: Mapping[str, Any], lock: Mapping[str, str]) -> tuple[Problem, ...]:
    """Warnings for local folders whose content is not what the lock names; `name` is that of the described repo there.

    Folders of blocks are meant to change. What was there before is gone, so the graph runs with what is there now.
    """
    return tuple(
        Problem(
            code="lock_changed", severity="warning", port="repo",
            message=f"The files of the local repo {repo!r} are not those that the graph was made with.",
            remedy="Update the graph's lock if that is meant, or put the old files back.",
        )
        for repo, commit in _folders(name, description)
        if lock.get(repo, commit) != commit
    )  # fmt: skip


def _folders(name: str, description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The local repos that are described, by their names in the lock, without those in the folder of blocks."""
    named = [(name, description)]
    named += [(lock_name(item["repo"], item["revision"]), item) for item in description.get("foreign", ())]
    folders = [(name, item) for name, item in named if item.get("local") and not item.get("in_blocks")]
    yield from {name: item["commit"] for name, item in folders}.items()
