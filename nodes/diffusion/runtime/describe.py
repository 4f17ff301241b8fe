"""Describes pipelines and blocks as plain data, without loading weights; `nodes.diffusion.describer` keeps the answers.

Of an input or output, the block that declares it may say little: a quarter has no type hint. What other blocks of the
pipeline say of the same name then fills the gap.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import LoopSequentialPipelineBlocks, ModularPipelineBlocks

from nodes.diffusion.ports import HIDDEN, RESULTS
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    has_own_code,
    in_workflow,
    inner_tree,
    leaves,
    loop_around,
    loops,
    stages,
    tree,
    workflows,
)
from nodes.diffusion.runtime.hints import hint_text, plain
from nodes.diffusion.runtime.objects import class_facts, classes_of
from nodes.diffusion.runtime.schedulers import uses_scheduler
from nodes.diffusion.runtime.source import rewritten_inputs

OF_EACH_PICTURE = ("image_latents", "image_height")
"""What blocks make of `image`. Where it is a list, several pictures go into one result, as with FLUX.2."""
SEVERAL_PICTURES = "list[PIL.Image.Image]"
SEVERAL_TEXTS = "str | list[str]"


@dataclass(frozen=True)
class Said:
    """What the blocks of a pipeline say of names: type hints, of those who make and who take them; texts; groups;
    the objects that inputs take.
    """

    made: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    objects: dict[str, tuple[type, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """What surrounds a block: names made `before`, taken `after` (None: nothing comes after), or `needed` there.

    `asked` are the inputs that make a workflow what it is, with True or the value they must have.
    """

    before: Collection[str] = ()
    after: Collection[str] | None = None
    needed: Collection[str] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)


def describe_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    """What is known of a pipeline as a whole. `guidance_scale` is the guider's own, None where there is none.

    `blocks` names the class of its blocks: with those of diffusers, pipelines of the same class have the same blocks.
    """
    guider = pipeline.components.get("guider")
    return {
        "pipeline": type(pipeline).__name__,
        "blocks": type(pipeline._blocks).__name__,
        "own_code": has_own_code(pipeline._blocks),
        "workflows": workflows(pipeline._blocks),
        "guidance_scale": getattr(guider, "config", {}).get("guidance_scale"),
        "components": component_facts(pipeline._blocks),
    }


def describe_workflow(root: ModularPipelineBlocks, workflow: str) -> dict[str, Any]:
    """All blocks that run in a workflow, "" for all of `root`: `{tree, inner, paths, blocks: {path: description}}`.

    `tree` are the paths of what runs in sequence, `inner` those of the steps of loops and the branches of choices, both
    with class names; `paths` are those of both that can run by themselves. See `describe_block` for the descriptions;
    "" is the whole.
    """
    blocks = in_workflow(root, workflow)
    sequence, inner = tree(blocks), inner_tree(blocks)
    said, order, asked = said_in(blocks), [_Step.of(*leaf) for leaf in leaves(blocks)], _asked(root, workflow)
    described = {}
    for path in ("", *sequence, *inner):
        around = _around(blocks, order, path, asked)
        described[path] = _description(blocks, block_at(blocks, path), path, around, said)
    return {"tree": sequence, "inner": inner, "paths": _runnable(described), "blocks": described}


def describe_block(root: ModularPipelineBlocks, workflow: str, path: str) -> dict[str, Any]:
    """Inputs, outputs and structure of the block at `path`. Raises NodeError if there is no such block.

    Inputs are marked `group` (the group that they are part of, such as the embeddings; "" for none) and `upstream` (a
    stage before makes it); outputs `group` and `final` (a later stage uses it, or it is what the pipeline is for).
    `inside` is the loop that the block is a step of, "" if it can run by itself. `scheduler` says whether a part of a
    stage sets up or steps a scheduler.
    """
    blocks = in_workflow(root, workflow)
    order = [_Step.of(*leaf) for leaf in leaves(blocks)]
    block, around = block_at(blocks, path), _around(blocks, order, path, _asked(root, workflow))
    return with_paths(blocks, _description(blocks, block, path, around, said_in(blocks)))


def describe_within(
    blocks: ModularPipelineBlocks,
    block: ModularPipelineBlocks,
    path: str,
    before: Collection[str] = (),
    after: Collection[str] | None = None,
) -> dict[str, Any]:
    """See `describe_block`; `before` is what the stages of `blocks` before make, `after` what later ones take."""
    return with_paths(blocks, _description(blocks, block, path, Around(before, after), said_in(blocks, block)))


def said_in(*roots: ModularPipelineBlocks) -> Said:
    """What all blocks within `roots` say; the makers of a name come before those that take it."""
    said = Said()
    each = [block for root in roots for block in _with_all_within(root) if _is_leaf(block)]
    for block in each:
        for output in block.intermediate_outputs:
            _note(said, output, said.made)
    for block in each:
        for param in block.inputs:
            if param.name:
                _note(said, param, said.taken)
                if classes := classes_of(block, param, hint_text(param.type_hint)):
                    said.objects.setdefault(param.name, classes)
    return said


def input_facts(block: ModularPipelineBlocks, around: Around, said: Said) -> list[dict[str, Any]]:
    """The inputs as plain data. `text` is a default that JSON cannot say; `by_block` are defaults where they differ."""
    params: dict[tuple[str | None, str | None], Any] = {}
    for param in block.inputs:  # a loop names an input twice if its steps say different things of it
        params.setdefault((param.name, None if param.name else param.kwargs_type), param)
    return [_input(param, around, said) for param in params.values()]


def output_facts(block: ModularPipelineBlocks, around: Around, said: Said) -> list[dict[str, Any]]:
    """The outputs as plain data: all that the block leaves behind, those that it declares as its outputs first.

    Inputs that it changes for later blocks come last, though it does not declare them.
    """
    params = {param.name: param for param in (*block.outputs, *block.intermediate_outputs) if param.name}
    changed = rewritten_inputs(block) & set(around.after or ()) - set(params) - HIDDEN
    params |= {param.name: param for param in block.inputs if param.name in changed}
    final = _final(block, list(params), around, said)
    return [
        {
            "name": param.name,
            "type": _made_type(param, around, said),
            "description": _text(param.description) or said.texts.get(param.name, ""),
            "group": param.kwargs_type or said.groups.get(param.name, ""),
            "final": param.name in final,
            "handed_on": param.name in (around.after or ()),
        }
        for param in params.values()
    ]


def component_facts(block: ModularPipelineBlocks) -> list[dict[str, Any]]:
    """The components that a block needs: `from` is `from_pretrained` for weights, or `from_config`."""
    return [
        {
            "name": spec.name,
            "type": hint_text(spec.type_hint),
            "from": spec.default_creation_method,
            "description": _text(spec.description),
        }
        for spec in block.expected_components
    ]


@dataclass(frozen=True)
class _Step:
    """A block in a sequence, by the names that it takes, cannot do without, and makes.

    A group that it takes as a whole is among them by a name that no input has.
    """

    path: str
    takes: frozenset[str]
    needs: frozenset[str]
    makes: frozenset[str]

    @classmethod
    def of(cls, path: str, block: ModularPipelineBlocks) -> "_Step":
        params = block.inputs
        return cls(
            path,
            takes=frozenset(param.name or _whole_group(param.kwargs_type) for param in params),
            needs=frozenset(param.name for param in params if param.name and param.required and param.default is None),
            makes=frozenset(output.name for output in block.intermediate_outputs) | rewritten_inputs(block),
        )


def _whole_group(group: str | None) -> str:
    return f"**{group}"


def _around(blocks: ModularPipelineBlocks, order: list[_Step], path: str, asked: Mapping[str, Any]) -> Around:
    """What surrounds the block at `path` in a sequence of steps; for a step of a loop, the loop's other steps too."""
    own = [number for number, step in enumerate(order) if _covers(path, step.path)]
    if not own:  # a block within a loop or a choice
        own = [number for number, step in enumerate(order) if path.startswith(f"{step.path}.")]
    if not path or not own:
        return Around(asked=asked)
    before = {name for step in order[: own[0]] for name in step.makes}
    after, needed = _still_taken(order[own[-1] + 1 :])
    if loop := loop_around(blocks, path):
        steps = [_Step.of(*leaf) for leaf in block_at(blocks, loop).sub_blocks.items()]
        others = [step for step in steps if f"{loop}.{step.path}" != path]
        before |= {name for step in others for name in step.makes}
        after |= {name for step in others for name in step.takes}
        return Around(before, after, needed, asked)
    return Around(before, after if own[-1] + 1 < len(order) else None, needed, asked)


def _still_taken(steps: Iterable[_Step]) -> tuple[set[str], set[str]]:
    """What `steps` take from before the first of them; and what of that they cannot do without."""
    taken: set[str] = set()
    needed: set[str] = set()
    made: set[str] = set()
    for step in steps:
        taken |= step.takes - made
        needed |= step.needs - made
        made |= step.makes
    return taken, needed


def _covers(path: str, step: str) -> bool:
    return not path or step == path or step.startswith(f"{path}.")


def _asked(root: ModularPipelineBlocks, workflow: str) -> dict[str, Any]:
    """The inputs that choose a workflow; where there are several ways to, those that they have in common."""
    ways = (root._workflow_map or {}).get(workflow, {}) if workflow else {}
    first, *others = ways if isinstance(ways, tuple) else (ways,)
    return {name: value for name, value in first.items() if all(name in other for other in others)}


def _description(
    blocks: ModularPipelineBlocks, block: ModularPipelineBlocks, path: str, around: Around, said: Said
) -> dict[str, Any]:
    return {
        "block": path,
        "class": type(block).__name__,
        "description": _own_words(block) or _in_sequence(block),
        "inside": loop_around(blocks, path),
        "scheduler": "." in path and uses_scheduler(block),
        "loops": [type(loop).__name__ for loop in loops(block)],
        "components": component_facts(block),
        "configs": [
            {"name": spec.name, "default": plain(spec.default), "description": _text(spec.description)}
            for spec in block.expected_configs
        ],
        "inputs": input_facts(block, around, said),
        "outputs": output_facts(block, around, said),
    }


def with_paths(blocks: ModularPipelineBlocks, description: dict[str, Any]) -> dict[str, Any]:
    """A description with `tree`, `inner` and `paths` of `blocks`, see `describe_workflow`."""
    sequence, inner = tree(blocks), inner_tree(blocks)
    paths = [*sequence, *(path for path in inner if not loop_around(blocks, path))]
    return description | {"paths": paths, "tree": sequence, "inner": inner}


def _runnable(described: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [path for path, description in described.items() if path and not description["inside"]]


def _input(param: Any, around: Around, said: Said) -> dict[str, Any]:
    name = param.name or ""
    group = param.kwargs_type or said.groups.get(name, "")
    members = (name,) if name else [member for member, of in said.groups.items() if of == group]
    upstream = any(member in around.before for member in members)
    hint = hint_text(param.type_hint) or said.types.get(name, "")
    if upstream and name and (handed := _handed_on(name, said)) != SEVERAL_TEXTS:
        hint = handed
    if name == "image" and any(said.types.get(each, "").startswith("list[") for each in OF_EACH_PICTURE):
        hint = SEVERAL_PICTURES
    default, required = param.default, bool(param.required)
    asked = None if upstream else around.asked.get(name)
    if asked is not None and default is None:
        default, required = (None, True) if asked is True and "bool" not in hint else (asked, required)
    facts = {
        "name": name,
        "type": hint,
        "default": plain(default),
        "tuple": isinstance(default, tuple),
        "required": required,
        "description": _text(param.description) or said.texts.get(name, ""),
        "group": group,
        "upstream": upstream,
    }
    if default is not None and facts["default"] is None:
        facts["text"] = hint_text(default)
    if name in said.objects:
        facts["objects"] = [class_facts(cls) for cls in said.objects[name]]
    if param.defaults_by_block:
        facts["by_block"] = {str(block): plain(value) for block, value in param.defaults_by_block.items()}
    return facts


def _final(block: ModularPipelineBlocks, names: list[str], around: Around, said: Said) -> set[str]:
    """The outputs that a person looks at or connects; a block has at least one."""
    taken = {param.name for param in block.inputs}
    results = {name for name in names if RESULTS.fullmatch(name)}
    if around.after is None:
        final = results or {output.name for output in _last(block).intermediate_outputs}
    else:
        news = {name for name in names if name not in taken or name.endswith("latents")}
        final = results | {name for name in around.after if name in news or name in around.needed}
        final |= {name for name in names if _whole_group(said.groups.get(name)) in around.after}
    ungrouped = [name for name in names if not said.groups.get(name)]
    return final & set(names) or {name for name in ungrouped if name not in taken} or set(ungrouped)


def _made_type(param: Any, around: Around, said: Said) -> str:
    if param.name in (around.after or ()):
        return _handed_on(param.name, said)
    return hint_text(param.type_hint) or said.types.get(param.name, "")


def _handed_on(name: str, said: Said) -> str:
    """The hint for what one block makes and another takes, the same at both ends.

    Blocks call pictures what still are tensors, when another block makes pictures of them: that one knows. And they
    call one text what may be several.
    """
    made, taken = said.made.get(name, ""), said.taken.get(name, "")
    if "Image" in made and "Tensor" in taken:
        return taken
    return SEVERAL_TEXTS if taken == "str" and made.startswith("list") else made or taken


def _last(block: ModularPipelineBlocks) -> ModularPipelineBlocks:
    """The last stage within `block`, or itself."""
    names = stages(block) if block.sub_blocks else []
    return block_at(block, names[-1]) if len(names) > 1 else block


def _note(said: Said, param: Any, hints: dict[str, str]) -> None:
    if hint := hint_text(param.type_hint):
        said.types.setdefault(param.name, hint)
        hints.setdefault(param.name, hint)
    if text := _text(param.description):
        said.texts.setdefault(param.name, text)
    if param.kwargs_type:
        said.groups.setdefault(param.name, param.kwargs_type)


def _is_leaf(block: ModularPipelineBlocks) -> bool:
    return not block.sub_blocks or isinstance(block, LoopSequentialPipelineBlocks)


def _with_all_within(block: ModularPipelineBlocks) -> list[ModularPipelineBlocks]:
    return [block, *(inner for sub_block in block.sub_blocks.values() for inner in _with_all_within(sub_block))]


def _own_words(block: ModularPipelineBlocks) -> str:
    try:
        return _text(block.description)
    except NotImplementedError:  # what a loop without a description has in its place
        return ""


def _in_sequence(block: ModularPipelineBlocks) -> str:
    return f"In sequence: {', '.join(stages(block))}." if block.sub_blocks else ""


def _text(description: Any) -> str:
    """A text as one paragraph after the other: authors indent theirs as their code."""
    lines = [line.strip() for line in str(description or "").strip().splitlines()]
    return "\n".join(lines)
