"""From a repo's folder, a workflow and a path to the Modular Diffusers blocks that run there."""

import copy
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import diffusers
import diffusers.pipelines
from diffusers import ModularPipeline
from diffusers.modular_pipelines.modular_pipeline import (
    MODULAR_PIPELINE_MAPPING,
    ConditionalPipelineBlocks,
    LoopSequentialPipelineBlocks,
    ModularPipelineBlocks,
    SequentialPipelineBlocks,
)

from engine.errors import NodeError
from nodes.diffusion.describer import no_such_block
from nodes.diffusion.heavy import importing
from nodes.diffusion.missing import missing_packages, missing_problem
from nodes.diffusion.own_code import has_code
from nodes.diffusion.parts import Part
from nodes.diffusion.repos import INDEX_FILES, Located, Repos
from nodes.diffusion.runtime.code import own_blocks, problems_of

Pipeline = Any
"""A `ModularPipeline`; its members are made at run time and have no types of their own."""

LIBRARIES = frozenset({"diffusers", "transformers", None}) | {
    module.name for module in pkgutil.iter_modules(diffusers.pipelines.__path__)
}
"""Where component classes may come from; an index that names another library would have it imported."""


def root_pipeline(located: Located, repos: Repos) -> Pipeline:
    """The repo's pipeline, all blocks, nothing loaded.

    Raises NodeError if it is none, or needs code that may not run, see `runtime.code`.
    """
    _refuse_foreign_classes(located)
    if has_code(located):
        return _own_pipeline(located, own_blocks(located, repos))
    load: Any = ModularPipeline.from_pretrained
    try:
        with importing():
            return load(str(located.folder), trust_remote_code=False, local_files_only=True)
    except (ValueError, OSError, AttributeError, ImportError, TypeError, LookupError) as error:  # any index goes in
        if packages := missing_packages(error):
            raise NodeError(missing_problem(f"The pipeline of repo {located.repo!r}", packages)) from error
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
    found = _find(blocks, path)
    if found is None:
        raise no_such_block(path, stages(blocks))
    return found


def require_runnable(blocks: ModularPipelineBlocks, path: str) -> None:
    """Raise NodeError if the block at `path` is a step of a loop, which hands it more than a node can."""
    if loop := loop_around(blocks, path):
        raise NodeError(
            f"The block {path!r} is a step of the loop {loop!r} and can't run by itself.",
            remedy=f"Choose {loop!r}, which runs it.", port="block", code="inside_loop",
        )  # fmt: skip


def loop_around(blocks: ModularPipelineBlocks, path: str) -> str:
    """The path of the loop that has the block at `path` as a step; "" for a block that can run by itself."""
    name: str
    for name, block in blocks.sub_blocks.items():
        if path.startswith(f"{name}."):
            if isinstance(block, LoopSequentialPipelineBlocks):
                return name
            inner = loop_around(block, path.removeprefix(f"{name}."))
            return inner and f"{name}.{inner}"
    return ""


def _find(blocks: ModularPipelineBlocks, path: str) -> ModularPipelineBlocks | None:
    if not path:
        return blocks
    found: dict[str, ModularPipelineBlocks]
    found = {name: block for name, block in blocks.sub_blocks.items() if name == path or name.startswith(f"{path}.")}
    if list(found) == [path]:
        return found[path]
    if found:
        return SequentialPipelineBlocks.from_blocks_dict(found)
    for name, block in blocks.sub_blocks.items():
        if path.startswith(f"{name}.") and block.sub_blocks:
            return _find(block, path.removeprefix(f"{name}."))
    return None


def composed(
    own: ModularPipelineBlocks, parts: Iterable[Part], foreign: Callable[[Part], ModularPipelineBlocks]
) -> SequentialPipelineBlocks:
    """The parts in sequence as one block; `own` are the pipeline's blocks, `foreign` finds those of other repos.

    Raises NodeError for a part that is not there.
    """
    chosen: dict[str, ModularPipelineBlocks] = {}
    for part in parts:
        root = foreign(part) if part.repo else own
        require_runnable(root, part.block)
        block = _within(copy.deepcopy(block_at(root, part.block)), part.block)  # a block may come twice
        chosen[unlike_inputs(part.name, block)] = block
    return SequentialPipelineBlocks.from_blocks_dict(chosen)


def unlike_inputs(name: str, block: ModularPipelineBlocks) -> str:
    """A block's name in a sequence, which forgets the outputs of a block that is named as one of its inputs."""
    return f"{name}_block" if name in block.input_names else name


def _within(block: ModularPipelineBlocks, path: str) -> ModularPipelineBlocks:
    """A stage with its blocks named as within it, where a workflow names them as within the pipeline."""
    if not path or not all(name.startswith(f"{path}.") for name in block.sub_blocks) or not block.sub_blocks:
        return block
    inner = {name.removeprefix(f"{path}."): each for name, each in block.sub_blocks.items()}
    return SequentialPipelineBlocks.from_blocks_dict(inner)


def stages(blocks: ModularPipelineBlocks) -> list[str]:
    """The first path components, in order."""
    return list(dict.fromkeys(name.partition(".")[0] for name in blocks.sub_blocks))


def tree(blocks: ModularPipelineBlocks, prefix: str = "") -> dict[str, str]:
    """The paths of what runs in sequence, with class names: stages, sequences, loops, choices and single blocks."""
    found: dict[str, str] = {}
    for name, block in blocks.sub_blocks.items():
        parts = name.split(".")
        for end in range(1, len(parts)):
            found.setdefault(prefix + ".".join(parts[:end]), SequentialPipelineBlocks.__name__)
        found[prefix + name] = type(block).__name__
        if _opens(block):
            found |= tree(block, f"{prefix}{name}.")
    return found


def inner_tree(blocks: ModularPipelineBlocks) -> dict[str, str]:
    """The paths of what `tree` leaves out, with class names: the steps of loops and the branches of choices."""
    return {
        f"{path}.{name}": kind for path, block in leaves(blocks) for name, kind in _all_within(block).items()
    }  # fmt: skip


def leaves(blocks: ModularPipelineBlocks, prefix: str = "") -> Iterator[tuple[str, ModularPipelineBlocks]]:
    """What runs one after the other, by path: single blocks, loops and choices."""
    for name, block in blocks.sub_blocks.items():
        if _opens(block):
            yield from leaves(block, f"{prefix}{name}.")
        else:
            yield prefix + name, block


def _all_within(blocks: ModularPipelineBlocks) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, block in blocks.sub_blocks.items():
        found[name] = type(block).__name__
        found |= {f"{name}.{path}": kind for path, kind in _all_within(block).items()}
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
    """Whether the blocks inside run one after the other: not so the steps of a loop or the branches of a choice."""
    return bool(block.sub_blocks) and not isinstance(block, LoopSequentialPipelineBlocks | ConditionalPipelineBlocks)


def _own_pipeline(located: Located, blocks: ModularPipelineBlocks) -> Pipeline:
    """The repo's own blocks in the pipeline class that its index names, else in that of the blocks' family."""
    index = _read(located.folder / INDEX_FILES[0])
    name = index.get("_class_name") or pipeline_class_name(blocks)
    cls = getattr(diffusers, name, None) if isinstance(name, str) else None
    if not (isinstance(cls, type) and issubclass(cls, ModularPipeline)):
        raise NodeError(
            f"{INDEX_FILES[0]} of repo {located.repo!r} names the pipeline class {name!r}, which diffusers has not.",
            remedy="Name one of diffusers' modular pipelines there.", code="not_a_pipeline",
        )  # fmt: skip
    with problems_of(located):  # the pipeline asks the blocks what they need
        return pipeline_of(cls, blocks, located)


def pipeline_of(cls: Any, blocks: ModularPipelineBlocks, located: Located) -> Pipeline:
    """A pipeline of class `cls` that runs `blocks`, with what the repo's index says of their components, if it has one.

    Blocks that someone published by themselves have none.
    """
    if not any((located.folder / name).is_file() for name in INDEX_FILES):
        return cls(blocks=blocks)
    return cls(blocks=blocks, pretrained_model_name_or_path=str(located.folder), local_files_only=True)


def pipeline_class_name(blocks: ModularPipelineBlocks) -> str:
    """The modular pipeline of the family that the blocks say they are of; the plain one where they say none."""
    make: Any = MODULAR_PIPELINE_MAPPING.get(blocks.model_name)
    return str(make()) if make else ModularPipeline.__name__


def _refuse_foreign_classes(located: Located) -> None:
    for name in INDEX_FILES:
        for component, entry in _read(located.folder / name).items():
            for library in _libraries(entry):
                if not isinstance(library, str | None) or library not in LIBRARIES:
                    raise NodeError(
                        f"Component {component!r} of repo {located.repo!r} is of the library {library!r}.",
                        remedy="Components come from diffusers and transformers only.", code="needs_code",
                    )  # fmt: skip


def _libraries(entry: Any) -> list[Any]:
    """Where an entry of an index says that its class comes from; a modular one says it twice. Numbers are a setting."""
    if not isinstance(entry, list) or len(entry) not in (2, 3) or isinstance(entry[0], int | float):
        return []
    hint = entry[2].get("type_hint") if len(entry) == 3 and isinstance(entry[2], dict) else None
    return [entry[0], *(hint[:1] if isinstance(hint, list) else [])]


def _read(path: Path) -> dict[str, Any]:
    """The JSON object in a file, empty where there is no file. Raises NodeError if it is damaged."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise NodeError(
            f"{path.name} of the repo is no JSON: {error}", remedy="Download the repo again.", code="damaged"
        ) from error
    return data if isinstance(data, dict) else {}
