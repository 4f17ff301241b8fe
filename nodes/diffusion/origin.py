"""Whether a commit of the hub belongs to its repo: whether a branch or a tag of the repo leads to it.

The hub hands out any commit of a repo's network by the repo's own name. So `org/name@<commit>` can be code of somebody
who made a fork or opened a pull request, and not of whoever owns `org/name`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from nodes.diffusion.repos import Located

MAIN = "main"
MOST_BRANCHES = 20
"""Branches whose histories are read, after `main`."""

Kind = Literal["branch", "named", "unnamed", "unknown", "local"]


@dataclass(frozen=True)
class Origin:
    """Where a commit is: on the main `branch`, `named` by another branch or a tag, `unnamed`: none leads to it.

    `ref` is the branch or tag. `unknown`: the hub did not say. `local`: a folder of this machine.
    """

    kind: Kind
    ref: str = ""


def origin_of(located: Located, *, offline: bool) -> Origin:
    """Asks the hub for the repo's branches and tags and, where none begins with the commit, for their histories."""
    if not located.on_hub:
        return Origin("local")
    if offline:
        return Origin("unknown")
    try:
        return next(_found(located.repo, located.commit), Origin("unnamed"))
    except Exception:  # the hub client has no base class for what can go wrong on the way
        return Origin("unknown")


def _found(repo: str, commit: str) -> Iterator[Origin]:
    """The commit's places, the best first; the cheap ways to find them come first."""
    from huggingface_hub import HfApi

    api, refs = HfApi(), HfApi().list_repo_refs(repo)
    branches = sorted(refs.branches, key=lambda branch: branch.name != MAIN)
    for branch in branches:
        if branch.target_commit == commit:
            yield _on(branch)
    for tag in refs.tags:
        if tag.target_commit == commit:
            yield Origin("named", tag.name)
    for branch in branches[: MOST_BRANCHES + 1]:
        if any(each.commit_id == commit for each in api.list_repo_commits(repo, revision=branch.name)):
            yield _on(branch)


def _on(branch: Any) -> Origin:
    return Origin("branch" if branch.name == MAIN else "named", branch.name)
