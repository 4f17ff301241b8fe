"""The parts of a composed block node: blocks that run in sequence as one, of the pipeline or of other repos."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from engine.catalogue.spec import Data
from engine.errors import NodeError
from nodes.diffusion.ref import ComponentRef, PipelineRef, locked_components, parse_component
from nodes.diffusion.repos import lock_name, split_revision

JOINED = " + "

Origin = tuple[str | None, str | None]
"""A repo and its workflow, of which blocks are."""
PIPELINE_ITSELF: Origin = (None, None)
"""The origin of blocks of the connected pipeline."""


class Part(Data):
    """One block of several. `block` is a path in the connected pipeline, or in the blocks of `repo`; "" means all.

    `repo` is a repo id, with `@revision` where it matters, or a local folder; None for the connected pipeline. If that
    repo holds a whole pipeline, `workflow` says which of its workflows the block is of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")
    block: str = Field(default="", max_length=500)
    repo: str | None = Field(default=None, min_length=1, max_length=500)
    workflow: str | None = Field(default=None, min_length=1, max_length=200)

    @property
    def origin(self) -> Origin:
        return self.repo, self.workflow

    def to_json(self) -> dict[str, Any]:
        """As it stands in the param `parts`."""
        return self.model_dump(exclude_none=True)


def parse_parts(value: Any) -> tuple[Part, ...]:
    """The parts in the param `parts`; none for an empty one. Raises NodeError for what are no parts."""
    if value in (None, "", [], {}):
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _wrong("it is no list")
    try:
        parts = tuple(Part.model_validate(dict(item) if isinstance(item, Mapping) else item) for item in value)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise _wrong(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}") from error
    if lost := next((part for part in parts if part.workflow and part.repo is None), None):
        raise _wrong(f"{lost.name!r} has a workflow and no repo; that of the pipeline is chosen in Load pipeline")
    names = [part.name for part in parts]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise _wrong(f"two parts have the name {twice!r}")
    return parts


def joined(parts: Iterable[Part]) -> str:
    """What stands in place of a block's path for a composed one; never a path."""
    return JOINED.join(part.name for part in parts)


def part_name(text: str) -> str:
    """A name for a part from a repo id, a block's own name or what a person typed; "" if nothing of it is left."""
    last = text.partition("@")[0].strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9_-]+", "_", last).strip("_")[:100]


def children(tree: Iterable[str], path: str) -> list[str]:
    """The paths in a tree of blocks that are right below `path`."""
    prefix = f"{path}." if path else ""
    return [each for each in tree if each.startswith(prefix) and "." not in each.removeprefix(prefix)]


def asked(parts: Iterable[Part], lock: Mapping[str, str]) -> list[dict[str, Any]]:
    """The parts as a describer is asked for them; a repo's `revision` is the commit in the graph's `lock`, if any."""
    return [{"name": part.name, "block": part.block} | _source(part, lock) for part in parts]


def _source(part: Part, lock: Mapping[str, str]) -> dict[str, Any]:
    if part.repo is None:
        return {}
    repo, revision = split_revision(part.repo)
    found = {"repo": repo, "revision": lock.get(lock_name(repo, revision)) or revision}
    return found | ({"workflow": part.workflow} if part.workflow else {})


def repos_of(parts: Iterable[Part], commits: Mapping[str, str]) -> dict[str, str]:
    """The repos that parts use, as the graph's lock names them; `commits` are by the parts' names."""
    return {lock_name(*split_revision(part.repo)): commits[part.name] for part in parts if part.repo}


def components_of(
    parts: Iterable[Part], description: Mapping[str, Any], lock: Mapping[str, str]
) -> tuple[dict[str, ComponentRef], dict[str, str]]:
    """The components that parts of other repos bring, and the further repos of these as the graph's lock names them."""
    components, repos = locked_components(description, lock)
    homes = {part.name: split_revision(part.repo)[0] for part in parts if part.repo}
    for item in description["brought"]:
        components[item["name"]] = ComponentRef(
            repo=homes[item["part"]], commit=description["commits"][item["part"]],
            subfolder=item["subfolder"], variant=item["variant"],
        )  # fmt: skip
    return components, repos


def with_components(ref: PipelineRef, components: Mapping[str, Any]) -> PipelineRef:
    """The ref, with the components that parts bring."""
    brought = {name: parse_component(value) for name, value in components.items()}
    return ref.model_copy(update={"components": {**ref.components, **brought}})


def _wrong(what: str) -> NodeError:
    return NodeError(
        f"The parts of the block are wrong: {what}.",
        remedy='They are a list such as [{"name": "encode", "block": "text_encoder"}].', port="parts", code="bad_parts",
    )  # fmt: skip
