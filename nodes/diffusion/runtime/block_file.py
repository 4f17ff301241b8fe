"""Writes block.py of a published repo: the blocks in sequence as a class, made of classes and not of objects."""

import importlib
import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks, SequentialPipelineBlocks

from engine.errors import NodeError
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.repos import Repos
from nodes.diffusion.runtime.blocks import pipeline_class_name, unlike_inputs
from nodes.diffusion.runtime.built import Built
from nodes.diffusion.runtime.code import PACKAGE
from nodes.diffusion.runtime.copied import Copies
from nodes.diffusion.runtime.foreign import home_of

MARK = "Published with Blockloom"
"""In block.py of what was made here: only that is written over."""


@dataclass
class Code:
    """The blocks of a class by name, what its file imports, and the files that are copied beside it."""

    names: dict[str, str] = field(default_factory=dict)  # block name → class
    imports: dict[str, set[str]] = field(default_factory=dict)  # module → classes
    files: dict[str, str] = field(default_factory=dict)


def code_of(block: ModularPipelineBlocks, path: str, sources: Copies) -> Code:
    """The blocks that `block`, at `path` in its pipeline, is made of. Raises NodeError if no class makes one."""
    code = Code(files=dict(sources.files))
    own = unlike_inputs(path.rpartition(".")[2] or "pipeline", block)
    named = block.sub_blocks if _is_plain_sequence(block) else {own: block}
    for name, each in named.items():
        _add(code, name, each, sources)
    return code


def class_name(text: str, code: Code) -> str:
    """`my-depth` → `MyDepth`, other than any class that is imported."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Blocks"
    if name[0].isdigit() or keyword.iskeyword(name):
        name = f"Blocks{name}"
    taken = {each for names in code.imports.values() for each in names} | {"SequentialPipelineBlocks"}
    return f"{name}Blocks" if name in taken else name


def _is_plain_sequence(block: ModularPipelineBlocks) -> bool:
    """Whether it was put together at run time, so that it has no class of its own to import."""
    return type(block) is SequentialPipelineBlocks


def _add(code: Code, name: str, block: ModularPipelineBlocks, sources: Copies) -> None:
    """Add a block under a name, or what it is made of. Raises NodeError for one that no class makes."""
    cls = type(block)
    if not _is_plain_sequence(block) and _same_structure(cls, block):
        module = cls.__module__
        if module.partition(".")[0] == PACKAGE:
            module = sources.module(module)
        elif getattr(importlib.import_module(module), cls.__name__, None) is not cls:
            raise _no_class(name, cls)
        code.imports.setdefault(module, set()).add(cls.__name__)
        code.names[name] = cls.__name__
    elif isinstance(block, SequentialPipelineBlocks):
        for inner, sub_block in block.sub_blocks.items():
            _add(code, f"{name}.{inner}", sub_block, sources)
    else:
        raise _no_class(name, cls)


def _same_structure(cls: type[ModularPipelineBlocks], block: ModularPipelineBlocks) -> bool:
    """Whether the class makes a block of the same blocks; some are pruned to a workflow after they were made."""
    try:
        return _structure(cls()) == _structure(block)
    except TypeError:  # it wants arguments
        return False


def _structure(block: ModularPipelineBlocks) -> list[Any]:
    return [type(block), [(name, _structure(each)) for name, each in block.sub_blocks.items()]]


def _no_class(name: str, cls: type) -> NodeError:
    return NodeError(
        f"The block {name!r} ({cls.__name__}) was made at run time: no class can be imported that makes it.",
        remedy="Leave it out, or choose a workflow.", port="block", code="not_publishable",
    )  # fmt: skip


def block_file(name: str, title: str, code: Code, repos: Repos, ref: PipelineRef, subject: Built) -> str:
    block = subject.pipe._blocks
    configs, sources = _configs(block, ref, subject), _sources(repos, ref, subject)
    other = type(subject.pipe) if pipeline_class_name(block) != type(subject.pipe).__name__ else None
    inner = [f'    model_name = "{block.model_name}"' if block.model_name else "", _lists(code)]
    inner.append(_property("description", "str", f"return {_text(described(title, block))}"))
    if configs or sources:
        what = ["guidance as it was"] * bool(configs) + ["weights from where they were"] * bool(sources)
        changes = [_CONFIGURED] * bool(configs) + [_LOCATED] * bool(sources)
        inner.append(_COMPONENTS.format(what=" and ".join(what), changes="\n".join(changes)))
    if other is not None:
        inner.append(_PIPELINE.format(cls=other.__name__))
    imports = ["import copy"] if configs or sources or other is not None else []
    classes = {module: set(names) for module, names in code.imports.items()}
    classes.setdefault("diffusers.modular_pipelines", set()).add("SequentialPipelineBlocks")
    if other is not None:
        classes.setdefault("diffusers", set()).add(other.__name__)
    for file in code.files:
        if file.endswith(".py"):  # diffusers copies only the files that block.py itself names
            classes.setdefault(f".{file.removesuffix('.py')}", set())
    head = f'"""{title}: blocks of Modular Diffusers in sequence. {MARK}."""'
    body = "\n\n".join(part for part in inner if part)
    parts = [head, *(["\n".join(imports)] if imports else []), _imports(classes)]
    parts += [f"{name} = {_literal(data)}" for name, data in (("CONFIGS", configs), ("SOURCES", sources)) if data]
    parts.append("")
    return "\n\n".join(parts) + f'\nclass {name}(SequentialPipelineBlocks):\n    """{_first_line(title)}"""\n\n{body}\n'


_COMPONENTS = '''\
    @property
    def expected_components(self):
        """With {what} when this was published."""
        specs = copy.deepcopy(super().expected_components)
        for spec in specs:
{changes}
        return specs'''

_CONFIGURED = """\
            if spec.name in CONFIGS:
                spec.config = {**(spec.config or {}), **CONFIGS[spec.name]}"""

_LOCATED = """\
            if spec.name in SOURCES:
                spec.pretrained_model_name_or_path, spec.subfolder, spec.revision = SOURCES[spec.name]"""

_PIPELINE = '''\
    def init_pipeline(self, pretrained_model_name_or_path=None, components_manager=None, collection=None):
        """In the pipeline class of the repo that it was made from."""
        return {cls}(
            blocks=copy.deepcopy(self),
            pretrained_model_name_or_path=pretrained_model_name_or_path,
            components_manager=components_manager,
            collection=collection,
        )'''


def _lists(code: Code) -> str:
    classes = "".join(f"        {cls},\n" for cls in code.names.values())
    names = "".join(f'        "{name}",\n' for name in code.names)
    return f"    block_classes = [\n{classes}    ]\n    block_names = [\n{names}    ]"


def _property(name: str, kind: str, body: str) -> str:
    return f"    @property\n    def {name}(self) -> {kind}:\n{indent(body, ' ' * 8)}"


def _imports(classes: Mapping[str, set[str]]) -> str:
    lines = []
    for module, names in sorted(classes.items(), key=lambda item: (item[0].startswith("."), item[0])):
        listed = ", ".join(sorted(names)) or f"__name__ as _{module[1:]}"
        line = f"from {module} import {listed}"
        if len(line) > 110:
            line = f"from {module} import (\n" + "".join(f"    {each},\n" for each in sorted(names)) + ")"
        lines.append(line)
    return "\n".join(lines)


def described(title: str, block: ModularPipelineBlocks) -> str:
    stages = dict.fromkeys(name.partition(".")[0] for name in block.sub_blocks)
    return (block.description or "").strip() or f"{title}: {', '.join(stages)}."


def _text(text: str) -> str:
    """A Python literal that is readable over several lines."""
    lines = text.splitlines() or [""]
    if len(lines) == 1 and len(text) < 90:
        return json.dumps(text, ensure_ascii=False)
    literals = [json.dumps(f"{line}\n", ensure_ascii=False) for line in lines[:-1]]
    literals.append(json.dumps(lines[-1], ensure_ascii=False))
    return "(\n" + "".join(f"    {literal}\n" for literal in literals) + ")"


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "Blocks"
    return line.rstrip(".").replace('"""', "'''").replace("\\", "\\\\") + "."


def _sources(repos: Repos, ref: PipelineRef, subject: Built) -> dict[str, tuple[str, str, str | None]]:
    """Repo, subfolder and commit of the components that the index can't have, as their classes are the repo's own."""
    pipe = subject.pipe
    found = {}
    for name in sorted(pipe.pretrained_component_names):
        spec = pipe.get_component_spec(name)
        if is_own_class(spec) and name not in subject.absent:
            home = home_of(repos, ref, subject.located, spec)
            found[name] = (home.located.repo, home.subfolder, home.located.commit if home.located.on_hub else None)
    return found


def _configs(block: ModularPipelineBlocks, ref: PipelineRef, subject: Built) -> dict[str, dict[str, Any]]:
    """What guiders and the like are set to, where it is not what the blocks by themselves would have."""
    own = {spec.name: dict(spec.config or {}) for spec in block.expected_components}
    found = {}
    for name in subject.pipe.config_component_names:
        config = dict(subject.pipe.get_component_spec(name).config or {})
        if name == "guider" and ref.guidance_scale is not None:
            config["guidance_scale"] = ref.guidance_scale
        changed = {key: value for key, value in config.items() if own[name].get(key) != value and _is_plain(value)}
        if changed:
            found[name] = changed
    return found


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _literal(data: Mapping[str, Any]) -> str:
    return "{\n" + "".join(f"    {name!r}: {value!r},\n" for name, value in data.items()).replace("'", '"') + "}"


def is_own_class(spec: Any) -> bool:
    """Whether a component's class comes with the blocks' code, so that no index can name it."""
    return str(getattr(spec.type_hint, "__module__", "")).partition(".")[0] == PACKAGE
