"""Blocks composed of parts: where the parts' repos are, what earlier and later stages make and take, all described."""

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipeline, ModularPipelineBlocks

from engine.errors import NodeError
from nodes.diffusion.describer import Describer, component_names
from nodes.diffusion.missing import missing_of
from nodes.diffusion.overlay import node_config, read_config, said_of_parts
from nodes.diffusion.own_code import has_code
from nodes.diffusion.parts import PIPELINE_ITSELF, Part, joined, with_components
from nodes.diffusion.ref import PipelineRef, parse_ref
from nodes.diffusion.repos import Located, Repos, require_commit, split_revision
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    composed,
    in_workflow,
    pipeline_of,
    root_pipeline,
)
from nodes.diffusion.runtime.describe import describe_within, with_paths
from nodes.diffusion.runtime.foreign import Source, foreign_sources, own_components, resolved
from nodes.diffusion.runtime.schedulers import uses_scheduler

Homes = dict[str, Located]
"""Where the repos of parts are, by the parts' names; a part of the pipeline itself has no entry."""


def parts_in(request: Mapping[str, Any]) -> tuple[tuple[Part, ...], dict[str, str | None]]:
    """The parts in a describer's request, and the revisions asked for, by the parts' names."""
    asked = request.get("parts") or []
    fields = ("name", "block", "repo", "workflow")
    parts = tuple(Part(**{name: item[name] for name in fields if name in item}) for item in asked)
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
    return composed(blocks, parts, lambda part: _blocks_of(repos, part, homes[part.name]))


def bring_specs(repos: Repos, pipe: Pipeline, parts: Iterable[Part], homes: Homes) -> None:
    """Let `pipe`, which runs the composed block, know what the parts' own repos say of their components."""
    for part in parts:
        if part.name in homes:
            for spec in _own_pipeline(repos, part, homes[part.name])._component_specs.values():
                if spec.default_creation_method == "from_pretrained":
                    pipe._component_specs[spec.name] = copy.deepcopy(spec)


def home_part(repos: Repos, parts: Sequence[Part], homes: Homes) -> Part:
    """The part whose repo stands for the pipeline where none is connected: one of a family, if there is any.

    A family's blocks ask their pipeline for sizes and scales, which a plain one does not know.
    """
    if (missing := next((part for part in parts if part.name not in homes), None)) is not None:
        raise NodeError(
            f"The pipeline is missing: the part {missing.name!r} is a block of it.",
            remedy="Connect a Load pipeline node.", port="pipeline",
        )  # fmt: skip
    of_family = (part for part in parts if type(root_pipeline(homes[part.name], repos)) is not ModularPipeline)
    return next(of_family, parts[0])


def asked_ref(
    repos: Repos, pipeline: Any, parts: Sequence[Part], homes: Homes, components: Mapping[str, Any]
) -> PipelineRef:
    """The ref that parts run with, or a block if there are none: `pipeline` or, without it, that of their home.

    `components` are what parts bring. Raises NodeError for parts that need a pipeline.
    """
    if pipeline is not None or not parts:
        ref = parse_ref(pipeline)
    else:
        part = home_part(repos, parts, homes)
        home = homes[part.name]
        ref = PipelineRef(repo=home.repo, commit=home.commit, workflow=part.workflow or "")
    return with_components(ref, components) if components else ref


def describe(describer: Describer, repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{parts}`, with `{repo, commit, workflow}` if a pipeline is connected → as `describe_block`, and besides:

    `block` names the parts, `own_tree` is the tree that it is of if all are of one repo, `commits` is by part.
    `alone`: no part is of the pipeline; `home` is the part that stands for it where none is connected, else "".
    `said` is what the parts' authors say of their ports, see `overlay.said_of_parts`.
    `brought` are components in the parts' repos, `foreign` those in still other ones, as of a pipeline.
    Raises NodeError for a part that is not there, or that may not run.
    """
    parts, revisions = parts_in(request)
    latest = bool(request.get("latest"))
    homes = homes_of(repos, parts, revisions, latest=latest)
    home = None if request.get("repo") else home_part(repos, parts, homes)
    if home is None:
        located, workflow = repos.locate(request["repo"], request["commit"]), request["workflow"]
    else:
        located, workflow = homes[home.name], home.workflow or ""
    commits = {name: each.commit for name, each in homes.items()}

    def make() -> dict[str, Any]:
        blocks = in_workflow(root_pipeline(located, repos)._blocks, workflow)
        block = compose(repos, blocks, parts, homes)
        own, origin = blocks, PIPELINE_ITSELF if home is None else home.origin
        if len({part.origin for part in parts}) == 1 and parts[0].name in homes:
            own, origin = _blocks_of(repos, parts[0], homes[parts[0].name]), parts[0].origin
        before, after = _around(own, [part.block for part in parts if part.origin == origin])
        described = describe_within(own, block, joined(parts), before, after)
        each = list(zip(parts, block.sub_blocks.values(), strict=True))
        brought, sources = _sources(repos, each, homes)
        return with_paths(blocks, described) | {
            "own_tree": described["tree"],
            "alone": len(homes) == len(parts),
            "home": home.name if home is not None else "",
            "scheduler": any("." in part.block and uses_scheduler(sub_block) for part, sub_block in each),
            "brought": brought,
            "sources": sources,
            "said": said_of_parts(
                (
                    _said_of(part, homes.get(part.name, located)),
                    sub_block.input_names,
                    sub_block.intermediate_output_names,
                )
                for part, sub_block in each
            ),
        }

    question = [located.repo, located.commit, workflow, json.dumps(request["parts"]), json.dumps(commits)]
    kept = describer.kept(["composed", *question, home.name if home is not None else ""], make)
    foreign = resolved(repos, kept["sources"], latest=latest)
    pipeline = describer.pipeline(located)
    missing = missing_of(pipeline["packages"], component_names(kept))
    return {**kept, "commits": commits, "foreign": foreign, "sizes": pipeline["sizes"], "missing": missing}


def _said_of(part: Part, home: Located) -> dict[str, Any]:
    """What a part's author says of its node. Of a whole pipeline nothing is said."""
    return node_config(read_config(home.folder)[0], part.block) if part.block or part.repo else {}


def _blocks_of(repos: Repos, part: Part, home: Located) -> ModularPipelineBlocks:
    """All blocks of a part's repo in its workflow. Raises NodeError if they may not run."""
    return in_workflow(root_pipeline(home, repos)._blocks, part.workflow or "")


def _own_pipeline(repos: Repos, part: Part, home: Located) -> Pipeline:
    block = block_at(_blocks_of(repos, part, home), part.block)
    return pipeline_of(type(root_pipeline(home, repos)), block, home)


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


def _around(blocks: ModularPipelineBlocks, own: Iterable[str]) -> tuple[set[str], set[str] | None]:
    """What the pipeline makes before the first of its `own` paths, and takes after the last (None: nothing does)."""
    names, own = list(blocks.sub_blocks), list(own)
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
