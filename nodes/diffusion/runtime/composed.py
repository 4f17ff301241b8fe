"""Blocks composed of parts: where the parts' repos are, what earlier and later stages make and take, all described."""

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from engine.errors import NodeError
from nodes.diffusion.describer import Describer
from nodes.diffusion.own_code import has_code
from nodes.diffusion.parts import Part, joined
from nodes.diffusion.repos import Located, Repos, require_commit, split_revision
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    composed,
    foreign_blocks,
    in_workflow,
    pipeline_of,
    root_pipeline,
    tree,
)
from nodes.diffusion.runtime.describe import describe_within
from nodes.diffusion.runtime.foreign import Source, foreign_sources, own_components, resolved
from nodes.diffusion.runtime.schedulers import uses_scheduler

Homes = dict[str, Located]
"""Where the repos of parts are, by the parts' names; a part of the pipeline itself has no entry."""


def parts_in(request: Mapping[str, Any]) -> tuple[tuple[Part, ...], dict[str, str | None]]:
    """The parts in a describer's request, and the revisions asked for, by the parts' names."""
    asked = request.get("parts") or []
    parts = tuple(Part(name=item["name"], block=item["block"], repo=item.get("repo")) for item in asked)
    return parts, {item["name"]: item.get("revision") for item in asked}


def homes_of(
    repos: Repos, parts: Iterable[Part], revisions: Mapping[str, str | None], *, latest: bool = False
) -> Homes:
    """Where the parts' repos are. Raises NodeError if one is not there, or brings code that may not run."""
    homes = {
        part.name: repos.locate(split_revision(part.repo)[0], revisions.get(part.name), latest=latest)
        for part in parts
        if part.repo is not None
    }
    for located in homes.values():
        if has_code(located):
            repos.require_approval(located)
    return homes


def require_commits(homes: Homes, commits: Mapping[str, str]) -> None:
    """Raise NodeError if the files of a part's repo are of another commit than was described."""
    for name, located in homes.items():
        require_commit(located, commits.get(name), "parts")


def compose(
    repos: Repos, blocks: ModularPipelineBlocks, parts: tuple[Part, ...], homes: Homes
) -> ModularPipelineBlocks:
    """The parts in sequence as one block; `blocks` are the pipeline's own in its workflow."""
    return composed(
        blocks, parts, lambda part: foreign_blocks(repos, homes[part.name].repo, homes[part.name].commit)[1]
    )


def bring_specs(repos: Repos, pipe: Pipeline, parts: Iterable[Part], homes: Homes) -> None:
    """Let `pipe`, which runs the composed block, know what the parts' own repos say of their components."""
    for part in parts:
        if part.name in homes:
            for spec in _own_pipeline(repos, part, homes[part.name])._component_specs.values():
                if spec.default_creation_method == "from_pretrained":
                    pipe._component_specs[spec.name] = copy.deepcopy(spec)


def describe(describer: Describer, repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{repo, commit, workflow, parts}` → as `describe_block`, and besides:

    `block` names the parts, `own_tree` are their blocks, `commits` is by part, `alone`: none is of the pipeline.
    `brought` are components in the parts' repos, `foreign` those in still other ones, as of a pipeline.
    Raises NodeError for a part that is not there, or that may not run.
    """
    parts, revisions = parts_in(request)
    latest = bool(request.get("latest"))
    located, workflow = repos.locate(request["repo"], request["commit"]), request["workflow"]
    homes = homes_of(repos, parts, revisions, latest=latest)
    commits = {name: home.commit for name, home in homes.items()}

    def make() -> dict[str, Any]:
        blocks = in_workflow(root_pipeline(located, repos)._blocks, workflow)
        block = compose(repos, blocks, parts, homes)
        before, after = _around(blocks, parts)
        described = describe_within(blocks, block, joined(parts), before, after)
        each = list(zip(parts, block.sub_blocks.values(), strict=True))
        brought, sources = _sources(repos, each, homes)
        return described | {
            "own_tree": tree(block),
            "alone": len(homes) == len(parts),
            "scheduler": any("." in part.block and uses_scheduler(sub_block) for part, sub_block in each),
            "brought": brought,
            "sources": sources,
        }

    question = [request["repo"], located.commit, workflow, json.dumps(request["parts"]), json.dumps(commits)]
    kept = describer.kept(["composed", *question], make)
    foreign = resolved(repos, kept["sources"], latest=latest)
    return {**kept, "commits": commits, "foreign": foreign, "sizes": describer.pipeline(located)["sizes"]}


def _own_pipeline(repos: Repos, part: Part, home: Located) -> Pipeline:
    root = root_pipeline(home, repos)
    return pipeline_of(type(root), block_at(root._blocks, part.block), home)


def _sources(
    repos: Repos, each: Iterable[tuple[Part, ModularPipelineBlocks]], homes: Homes
) -> tuple[list[dict[str, Any]], list[Source]]:
    """The components that parts of other repos bring: from their own repos, and from where these point to.

    Raises NodeError where two parts want different components of the same name, since blocks in one node share them.
    """
    brought: list[dict[str, Any]] = []
    sources: list[Source] = []
    users: dict[str, tuple[Part, Any]] = {}  # by component: the first part that uses it, and where it is from
    for part, block in each:
        origins: dict[str, Any] = {}
        if part.name in homes:
            home = homes[part.name]
            pipe = _own_pipeline(repos, part, home)
            for name, place in own_components(pipe, home).items():
                origins[name] = {"name": name, "part": part.name, **place}
            origins |= {source["name"]: source for source in foreign_sources(pipe, home)}
        for spec in block.expected_components:
            if spec.default_creation_method == "from_pretrained":
                first, origin = users.setdefault(spec.name, (part, origins.get(spec.name)))
                if not _same(origin, origins.get(spec.name), homes):
                    raise _clash(spec.name, first, part)
        sources += [origin for origin in origins.values() if "repo" in origin and origin not in sources]
        brought += [origin for origin in origins.values() if "part" in origin]
    return brought, sources


def _same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None, homes: Homes) -> bool:
    """Whether two origins of a component, None for the connected pipeline, are one."""
    if one is None or other is None or "part" not in one or "part" not in other:
        return one == other
    return homes[one["part"]] == homes[other["part"]] and one["subfolder"] == other["subfolder"]


def _clash(component: str, first: Part, second: Part) -> NodeError:
    return NodeError(
        f"Parts {first.name!r} and {second.name!r} use different components of the name {component!r}.",
        remedy="Blocks in one node share their components: leave one of them a node of its own.",
        port="parts", code="clashing_components",
    )  # fmt: skip


def _around(blocks: ModularPipelineBlocks, parts: Iterable[Part]) -> tuple[set[str], set[str] | None]:
    """What the pipeline makes before its first block among the parts, and takes after the last (None: nothing does)."""
    names = list(blocks.sub_blocks)
    own = [part.block for part in parts if part.repo is None]
    taken = [index for index, name in enumerate(names) if any(_covers(path, name) for path in own)]
    if not taken:
        return set(), None
    before = [blocks.sub_blocks[name] for name in names[: taken[0]]]
    after = [blocks.sub_blocks[name] for name in names[taken[-1] + 1 :]]
    made = {output.name for block in before for output in block.intermediate_outputs}
    return made, {param.name for block in after for param in block.inputs} if after else None


def _covers(path: str, name: str) -> bool:
    """Whether a part at `path` holds the pipeline's block `name`, or is within it."""
    return not path or name == path or name.startswith(f"{path}.") or path.startswith(f"{name}.")
