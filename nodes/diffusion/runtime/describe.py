"""Describes repos and blocks as plain data, without loading weights; keeps answers per diffusers version and commit."""

import hashlib
import json
import os
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import diffusers
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from nodes.diffusion.ports import GROUP
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    in_workflow,
    loops,
    root_pipeline,
    stages,
    tree,
    workflows,
)
from nodes.diffusion.runtime.repos import Repos
from nodes.diffusion.runtime.weights import refuse_pickled

FORMAT = 1
"""Raise it when descriptions change, so that kept ones are made anew."""


class Describer:
    """Answers `diffusion.repo` and `diffusion.block`. Raises NodeError for what a person must mend."""

    def __init__(self, data_dir: Path, repos: Repos) -> None:
        self._folder = data_dir / "descriptions"
        self._repos = repos

    def repo(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{repo, revision}` → `{repo, commit, pipeline, workflows, guidance_scale, components}`."""
        repo = request["repo"]
        located = self._repos.locate(repo, request.get("revision"))

        def make() -> dict[str, Any]:
            refuse_pickled(located)
            return describe_pipeline(root_pipeline(located))

        return {"repo": repo, "commit": located.commit, **self._kept(["repo", repo, located.commit], make)}

    def block(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{repo, commit, workflow, block}` → see `describe_block`."""
        repo, workflow, block = request["repo"], request["workflow"], request["block"]
        located = self._repos.locate(repo, request["commit"])

        def make() -> dict[str, Any]:
            return describe_block(root_pipeline(located)._blocks, workflow, block)

        return self._kept(["block", repo, located.commit, workflow, block], make)

    def _kept(self, question: list[str], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        name = hashlib.sha256(json.dumps([FORMAT, diffusers.__version__, *question]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.json"
        try:
            return typing.cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):  # not kept yet, or damaged: make it anew
            answer = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(answer), encoding="utf-8")
        partial.replace(path)
        return answer


def describe_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    """What is known of a pipeline as a whole. `guidance_scale` is the guider's own, None where there is none."""
    guider = pipeline.components.get("guider")
    return {
        "pipeline": type(pipeline).__name__,
        "workflows": workflows(pipeline._blocks),
        "guidance_scale": getattr(guider, "config", {}).get("guidance_scale"),
        "components": _components(pipeline._blocks),
    }


def describe_block(root: ModularPipelineBlocks, workflow: str, path: str) -> dict[str, Any]:
    """Inputs, outputs and structure of the block at `path`.

    Inputs are marked `group` (part of the embeddings) and `upstream` (a stage before makes it); outputs `group` and
    `final` (a later stage uses it, or it is what the pipeline is for). Raises NodeError if there is no such block.
    """
    blocks = in_workflow(root, workflow)
    block = block_at(blocks, path)
    grouped = {output.name for output in blocks.intermediate_outputs if output.kwargs_type == GROUP}
    before, after = _neighbours(blocks, path)
    return {
        "block": path,
        "class": type(block).__name__,
        "description": block.description or "",
        "paths": list(tree(blocks)),
        "tree": tree(blocks),
        "loops": [type(loop).__name__ for loop in loops(block)],
        "components": _components(block),
        "inputs": input_facts(block, grouped, before),
        "outputs": output_facts(block, grouped, after),
    }


def input_facts(block: ModularPipelineBlocks, grouped: set[str], before: set[str]) -> list[dict[str, Any]]:
    """The inputs as plain data; `grouped` names the parts of the embeddings, `before` what stages before make."""
    return [
        {
            "name": param.name or "",
            "type": hint_text(param.type_hint),
            "default": plain(param.default),
            "tuple": isinstance(param.default, tuple),
            "required": bool(param.required),
            "description": param.description or "",
            "group": param.kwargs_type == GROUP or param.name in grouped,
            "upstream": param.name in before,
        }
        for param in block.inputs
    ]


def output_facts(block: ModularPipelineBlocks, grouped: set[str], after: set[str] | None) -> list[dict[str, Any]]:
    """The block's outputs as plain data; `after` names what later stages take, None if there are none."""
    taken = {param.name for param in block.inputs}
    last = _last(block) if after is None else set()
    return [
        {
            "name": param.name,
            "type": hint_text(param.type_hint),
            "description": param.description or "",
            "group": param.kwargs_type == GROUP or param.name in grouped,
            "final": param.name in last if after is None else param.name in after and _is_news(param.name, taken),
        }
        for param in block.outputs
    ]


def hint_text(hint: Any) -> str:
    """A type hint as text, whatever it is: `torch.Tensor`, `list[float]`, "" for none."""
    if hint is None:
        return ""
    if isinstance(hint, type) and not typing.get_args(hint):
        module = "" if hint.__module__ == "builtins" else f"{hint.__module__}."
        return f"{module}{hint.__qualname__}"
    return str(hint).replace("typing.", "").replace("<class '", "").replace("'>", "")


def plain(value: Any) -> Any:
    """A default as JSON data; None for what JSON cannot say, such as a dtype or a function."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if isinstance(value, str | int | bool) else None


def _is_news(name: str, taken: set[str]) -> bool:
    """Whether the block makes this output rather than handing on, or rewriting, an input; latents are always news."""
    return name not in taken or name.endswith("latents")


def _neighbours(blocks: ModularPipelineBlocks, path: str) -> tuple[set[str], set[str] | None]:
    """What stages before the one of `path` make, and what is taken after it (None: nothing comes after)."""
    order = list(tree(blocks)) if "." in path else stages(blocks)
    leaves = [name for name in order if name == path or not name.startswith(f"{path}.")]
    if path not in leaves:
        return set(), None
    place = leaves.index(path)
    before = [block_at(blocks, name) for name in leaves[:place] if not path.startswith(f"{name}.")]
    after = [block_at(blocks, name) for name in leaves[place + 1 :]]
    made = {output.name for block in before for output in block.intermediate_outputs}
    return made, {param.name for block in after for param in block.inputs} if after else None


def _last(block: ModularPipelineBlocks) -> set[str]:
    """The outputs of the last stage within `block`, or its own."""
    names = stages(block) if block.sub_blocks else []
    inner = block_at(block, names[-1]) if len(names) > 1 else block
    return {output.name for output in inner.intermediate_outputs}


def _components(block: ModularPipelineBlocks) -> list[dict[str, Any]]:
    return [
        {"name": spec.name, "type": hint_text(spec.type_hint), "from": spec.default_creation_method}
        for spec in block.expected_components
    ]
