"""Blocks composed of parts: where the parts' repos are, what earlier and later stages make and take, all described."""

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from engine.errors import STALE_DESCRIPTION, NodeError
from nodes.diffusion.describer import Describer
from nodes.diffusion.own_code import has_code
from nodes.diffusion.parts import Part, joined
from nodes.diffusion.repos import Located, Repos, split_revision
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    composed,
    foreign_blocks,
    in_workflow,
    root_pipeline,
    tree,
)
from nodes.diffusion.runtime.describe import describe_within
from nodes.diffusion.runtime.schedulers import uses_scheduler
from nodes.diffusion.runtime.weights import components_in_index

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
        if located.commit != commits.get(name):
            raise NodeError(
                f"The files of repo {located.repo!r} have changed since they were described.",
                remedy="Run it again; the repo is read anew.", port="parts", code=STALE_DESCRIPTION,
            )  # fmt: skip


def compose(
    repos: Repos, blocks: ModularPipelineBlocks, parts: tuple[Part, ...], homes: Homes
) -> ModularPipelineBlocks:
    """The parts in sequence as one block; `blocks` are the pipeline's own in its workflow."""
    return composed(
        blocks, parts, lambda part: foreign_blocks(repos, homes[part.name].repo, homes[part.name].commit)[1]
    )


def bring_components(repos: Repos, pipe: Pipeline, parts: Iterable[Part], homes: Homes) -> set[str]:
    """Let the parts of other repos load their own components: those in their repo's index, or named by the block.

    Returns their names. Raises NodeError where two parts want different components of the same name, since blocks in
    one node share them.
    """
    brought: dict[str, Part] = {}
    shared = _shared_names(pipe, parts)
    for part in parts:
        if part.name not in homes:
            continue
        home = homes[part.name]
        root = root_pipeline(home, repos)
        indexed = components_in_index(home.folder)
        for expected in block_at(root._blocks, part.block).expected_components:
            spec = copy.deepcopy(root.get_component_spec(expected.name))
            if spec.default_creation_method != "from_pretrained":
                continue
            if spec.pretrained_model_name_or_path in (None, str(home.folder)):
                if spec.name not in indexed:
                    continue  # the connected pipeline has it
                spec.pretrained_model_name_or_path, spec.revision = home.repo, home.commit
            known = pipe._component_specs[spec.name]
            if spec.name in shared or (spec.name in brought and not _same_source(known, spec)):
                raise _clash(spec.name, part)
            pipe._component_specs[spec.name], brought[spec.name] = spec, part
    return set(brought)


def _shared_names(pipe: Pipeline, parts: Iterable[Part]) -> set[str]:
    """The components that the parts of the pipeline itself use."""
    own = [name for part in parts if part.repo is None for name in (part.name, f"{part.name}_block")]
    blocks = [block for name, block in pipe._blocks.sub_blocks.items() if name in own]
    return {spec.name for block in blocks for spec in block.expected_components}


def _same_source(one: Any, other: Any) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in one.loading_fields())


def _clash(component: str, part: Part) -> NodeError:
    return NodeError(
        f"Part {part.name!r} brings a {component} of its own, but another part uses a different one.",
        remedy="Blocks in one node share their components: leave this part a node of its own.",
        port="parts", code="clashing_components",
    )  # fmt: skip


def describe(describer: Describer, repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{repo, commit, workflow, parts}` → as `describe_block`, and besides:

    `block` names the parts, `own_tree` are their blocks, `commits` is by part, `alone`: none is of the pipeline.
    Raises NodeError for a part that is not there, or that may not run.
    """
    parts, revisions = parts_in(request)
    located, workflow = repos.locate(request["repo"], request["commit"]), request["workflow"]
    homes = homes_of(repos, parts, revisions, latest=bool(request.get("latest")))
    commits = {name: home.commit for name, home in homes.items()}

    def make() -> dict[str, Any]:
        blocks = in_workflow(root_pipeline(located, repos)._blocks, workflow)
        block = compose(repos, blocks, parts, homes)
        before, after = _around(blocks, parts)
        described = describe_within(blocks, block, joined(parts), before, after)
        each = zip(parts, block.sub_blocks.values(), strict=True)
        return described | {
            "own_tree": tree(block),
            "commits": commits,
            "alone": len(homes) == len(parts),
            "scheduler": any("." in part.block and uses_scheduler(sub_block) for part, sub_block in each),
        }

    question = [request["repo"], located.commit, workflow, json.dumps(request["parts"]), json.dumps(commits)]
    sizes = describer.pipeline(located)["sizes"]
    return {**describer.kept(["composed", *question], make), "sizes": sizes}


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
