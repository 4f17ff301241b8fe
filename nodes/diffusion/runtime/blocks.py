"""From a repo's folder, a workflow and a path to the Modular Diffusers blocks that run there."""

import json
import pkgutil
from pathlib import Path
from typing import Any

import diffusers.pipelines
from diffusers import ModularPipeline
from diffusers.modular_pipelines.modular_pipeline import (
    ConditionalPipelineBlocks,
    LoopSequentialPipelineBlocks,
    ModularPipelineBlocks,
    SequentialPipelineBlocks,
)

from engine.errors import NodeError
from nodes.diffusion.runtime.repos import INDEX_FILES, Located

Pipeline = Any
"""A `ModularPipeline`; its members are made at run time and have no types of their own."""

LIBRARIES = frozenset({"diffusers", "transformers", None}) | {
    module.name for module in pkgutil.iter_modules(diffusers.pipelines.__path__)
}
"""Where component classes may come from; an index that names another library would have it imported."""


def root_pipeline(located: Located) -> Pipeline:
    """The repo's pipeline, all blocks, nothing loaded. Raises NodeError if it is none, or needs code of its own."""
    _refuse_own_code(located)
    load: Any = ModularPipeline.from_pretrained
    try:
        return load(str(located.folder), trust_remote_code=False, local_files_only=True)
    except (ValueError, OSError, AttributeError, ImportError) as error:
        raise NodeError(
            f"Repo {located.repo!r} holds no pipeline that Modular Diffusers knows: {error}",
            remedy="Choose a repo of a supported family.", code="not_a_pipeline",
        ) from error  # fmt: skip


def workflows(blocks: ModularPipelineBlocks) -> list[str]:
    """The workflows that the blocks declare; many declare none."""
    return list(blocks.available_workflows) if getattr(blocks, "_workflow_map", None) else []


def in_workflow(blocks: ModularPipelineBlocks, workflow: str) -> ModularPipelineBlocks:
    """The blocks that run in `workflow`, all for "". Raises NodeError if there is no such workflow."""
    if not workflow:
        return blocks
    if workflow not in (known := workflows(blocks)):
        raise NodeError(
            f"{type(blocks).__name__} has no workflow {workflow!r}.",
            remedy=f"Choose one of {', '.join(known)}." if known else "Leave it empty.", port="workflow",
        )  # fmt: skip
    chosen: ModularPipelineBlocks = blocks.get_workflow(workflow)
    return chosen


def block_at(blocks: ModularPipelineBlocks, path: str) -> ModularPipelineBlocks:
    """The block at a dotted path, several in sequence where the path is a stage; all for "".

    Raises NodeError if there is none; its remedy lists the stages.
    """
    if not path:
        return blocks
    found: dict[str, ModularPipelineBlocks]
    found = {name: block for name, block in blocks.sub_blocks.items() if name == path or name.startswith(f"{path}.")}
    if list(found) == [path]:
        return found[path]
    if found:
        return SequentialPipelineBlocks.from_blocks_dict(found)
    for name, block in blocks.sub_blocks.items():
        if path.startswith(f"{name}.") and _opens(block):
            return block_at(block, path.removeprefix(f"{name}."))
    raise NodeError(
        f"The pipeline has no block {path!r} in this workflow.",
        remedy=f"Its stages are {', '.join(stages(blocks))}.", port="block", code="unknown_block",
    )  # fmt: skip


def stages(blocks: ModularPipelineBlocks) -> list[str]:
    """The first path components, in order."""
    return list(dict.fromkeys(name.partition(".")[0] for name in blocks.sub_blocks))


def tree(blocks: ModularPipelineBlocks, prefix: str = "") -> dict[str, str]:
    """All paths that can run by themselves, with their class names: stages, sequences and single blocks."""
    found: dict[str, str] = {}
    for name, block in blocks.sub_blocks.items():
        parts = name.split(".")
        for end in range(1, len(parts)):
            found.setdefault(prefix + ".".join(parts[:end]), SequentialPipelineBlocks.__name__)
        found[prefix + name] = type(block).__name__
        if _opens(block):
            found |= tree(block, f"{prefix}{name}.")
    return found


def loops(block: ModularPipelineBlocks) -> list[LoopSequentialPipelineBlocks]:
    """The denoising loops within `block`, itself included, outer before inner."""
    own = [block] if isinstance(block, LoopSequentialPipelineBlocks) else []
    return own + [loop for sub_block in block.sub_blocks.values() for loop in loops(sub_block)]


def has_own_code(block: ModularPipelineBlocks) -> bool:
    """Whether `block`, or one inside, is of a class that diffusers does not bring."""
    own = type(block).__module__.partition(".")[0] != "diffusers"
    return own or any(has_own_code(sub_block) for sub_block in block.sub_blocks.values())


def _opens(block: ModularPipelineBlocks) -> bool:
    """Whether the blocks inside can run by themselves: not those of a loop, nor the branches of a choice."""
    return bool(block.sub_blocks) and not isinstance(block, LoopSequentialPipelineBlocks | ConditionalPipelineBlocks)


def _refuse_own_code(located: Located) -> None:
    config = _read(located.folder / "modular_config.json")
    if config.get("auto_map"):
        raise NodeError(
            f"Repo {located.repo!r} brings code of its own, which does not run without approval.",
            remedy="Choose a repo that needs no code of its own.", code="needs_code",
        )  # fmt: skip
    for name in INDEX_FILES:
        for component, entry in _read(located.folder / name).items():
            library = entry[0] if isinstance(entry, list) and len(entry) in (2, 3) else None
            if not isinstance(library, str | None) or library not in LIBRARIES:
                raise NodeError(
                    f"Component {component!r} of repo {located.repo!r} is of the library {library!r}.",
                    remedy="Components come from diffusers and transformers only.", code="needs_code",
                )  # fmt: skip


def _read(path: Path) -> dict[str, Any]:
    """The JSON object in a file, empty where there is no file. Raises NodeError if it is damaged."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NodeError(
            f"{path.name} of the repo is no JSON: {error}", remedy="Download the repo again.", code="damaged"
        ) from error
    return data if isinstance(data, dict) else {}
