"""Answers what repos and blocks are, from the disk where the answer is kept; imports diffusers only to make a new one.

Kept answers hold for one version of diffusers. Blocks that diffusers brings are the same in every repo: they are
described once for their class and workflow, and known at once for the next repo of the family.
"""

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from engine.errors import NodeError
from nodes.diffusion.heavy import runtime
from nodes.diffusion.missing import missing_of
from nodes.diffusion.overlay import node_config, read_config
from nodes.diffusion.repos import Located, Repos

FORMAT = 10
"""Raise it when descriptions change, so that kept ones are made anew."""

_IN_MEMORY = 64
"""Answers that are kept ready, so that the nodes of a graph read a file once."""


class Describer:
    """Answers `diffusion.repo` and `diffusion.block`. Raises NodeError for what a person must mend."""

    def __init__(self, data_dir: Path, repos: Repos) -> None:
        self._folder = data_dir / "descriptions"
        self._repos = repos
        self._ready: OrderedDict[Path, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def repo(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{repo, revision}` → what `pipeline` says and `{repo, commit, local, in_blocks, foreign, warnings}`.

        `foreign` are the components in other repos with the commits of those; with `latest` the hub is asked anew.
        """
        latest = bool(request.get("latest"))
        located = self._repos.locate(request["repo"], request.get("revision"), latest=latest)
        facts = self.pipeline(located)
        foreign = runtime("foreign").resolved(self._repos, facts["foreign"], latest=latest) if facts["foreign"] else []
        place = {"commit": located.commit, "local": not located.on_hub, "in_blocks": located.in_blocks}
        warnings = read_config(located.folder)[1]
        return {**facts, "repo": request["repo"], **place, "foreign": foreign, "warnings": warnings}

    def pipeline(self, located: Located) -> dict[str, Any]:
        """See `runtime.describe.describe_pipeline`, `runtime.sizes` and, for `packages`, `runtime.processors`."""

        def make() -> dict[str, Any]:
            runtime("weights").refuse_pickled(self._repos, located)
            pipeline = runtime("blocks").root_pipeline(located, self._repos)
            facts: dict[str, Any] = runtime("describe").describe_pipeline(pipeline)
            foreign = runtime("foreign").foreign_sources(pipeline, located)
            return facts | {
                "sizes": runtime("sizes").sizes(pipeline, located, self._repos),
                "foreign": foreign,
                "packages": runtime("processors").needed_packages(pipeline, located),
            }

        facts = self.kept(["repo", located.repo, located.commit], make)
        if facts["own_code"]:
            self._repos.require_approval(located)  # what is kept was made while it was approved
        return facts

    def block(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{repo, commit, workflow, block}` → see `runtime.describe.describe_block`, and `sizes` of its pipeline.

        `mellon` is what the repo's author says of the block's node, if it is a stage. `missing` are packages that are
        not installed, by the component that needs them.
        """
        located = self._repos.locate(request["repo"], request["commit"])
        pipeline = self.pipeline(located)
        workflow = self.workflow(located, pipeline, request["workflow"])
        path = request["block"]
        if path not in workflow["blocks"]:
            known = dict.fromkeys(name.partition(".")[0] for name in workflow["tree"])
            raise no_such_block(path, known)
        paths = {name: workflow[name] for name in ("tree", "inner", "paths")}
        said = node_config(read_config(located.folder)[0], path) if path else {}
        described = {**workflow["blocks"][path], **paths, "sizes": pipeline["sizes"], "mellon": said}
        return described | {"missing": missing_of(pipeline["packages"], component_names(described))}

    def workflow(self, located: Located, pipeline: Mapping[str, Any], workflow: str) -> dict[str, Any]:
        """See `runtime.describe.describe_workflow`."""

        def make() -> dict[str, Any]:
            root = runtime("blocks").root_pipeline(located, self._repos)._blocks
            described: dict[str, Any] = runtime("describe").describe_workflow(root, workflow)
            return described

        if pipeline["own_code"]:
            return self.kept(["workflow", located.repo, located.commit, workflow], make)
        return self.kept(family_question(pipeline["blocks"], workflow), make)

    def kept(self, question: list[str], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer to `question` as it is kept, or as `make` makes it now. Don't change it."""
        name = hashlib.sha256(json.dumps([FORMAT, version("diffusers"), *question]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.json"
        with self._lock:
            if path in self._ready:
                self._ready.move_to_end(path)
                return self._ready[path]
        answer = _read(path)
        if answer is None:
            answer = make()
            _write(path, answer)
        with self._lock:
            self._ready[path] = answer
            if len(self._ready) > _IN_MEMORY:
                self._ready.popitem(last=False)
        return answer


def no_such_block(path: str, known: Iterable[str]) -> NodeError:
    """The error for a path that leads nowhere; `known` are the stages that there are."""
    return NodeError(
        f"The pipeline has no block {path!r} in this workflow.",
        remedy=f"Its stages are {', '.join(known)}.", port="block", code="unknown_block",
    )  # fmt: skip


def component_names(description: Mapping[str, Any]) -> list[str]:
    """The components that a described block needs."""
    return [item["name"] for item in description["components"]]


def family_question(blocks: str, workflow: str) -> list[str]:
    """Under which the blocks of diffusers' class `blocks` are kept, as they run in `workflow`."""
    return ["workflow", blocks, workflow]


def _read(path: Path) -> dict[str, Any] | None:
    """None for what is not kept yet, or damaged."""
    try:
        return cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _write(path: Path, answer: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.replace(path)
