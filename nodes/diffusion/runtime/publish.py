"""Saves a block node's blocks as a modular repo, a folder that plain diffusers loads: readable code and small configs.

    block.py                     the blocks in sequence, as a class of its own; those of diffusers are imported
    NAME_block.py, NAME_….py     code of other repos that the node uses, as it was approved
    modular_config.json          names the class, and the packages that it needs
    modular_model_index.json     says where the components load from
    mellon_pipeline_config.json  labels and widgets of a node
    README.md                    how to use it

No weights: they stay where they are.
"""

import importlib
import json
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import Any

import diffusers
from diffusers.modular_pipelines.modular_pipeline import (
    ModularPipeline,
    ModularPipelineBlocks,
    SequentialPipelineBlocks,
)

from engine.errors import NodeError
from nodes.diffusion.overlay import FILE as NODE_CONFIG
from nodes.diffusion.own_code import code_config
from nodes.diffusion.parts import parse_parts
from nodes.diffusion.ref import ADAPTED, PipelineRef
from nodes.diffusion.repos import BLOCK_CONFIG, INDEX_FILES, Located, Repos
from nodes.diffusion.requirements import requirements_of
from nodes.diffusion.runtime.blocks import pipeline_class_name
from nodes.diffusion.runtime.built import Built
from nodes.diffusion.runtime.code import PACKAGE
from nodes.diffusion.runtime.composed import homes_of
from nodes.diffusion.runtime.copied import Copies, copied
from nodes.diffusion.runtime.doc import asked_block, markdown
from nodes.diffusion.runtime.foreign import home_of

MARK = "Published with Blockloom"
"""In block.py of what was made here: only that is written over."""


@dataclass
class _Code:
    """The blocks of a class by name, what its file imports, and the files that are copied beside it."""

    names: dict[str, str] = field(default_factory=dict)  # block name → class
    imports: dict[str, set[str]] = field(default_factory=dict)  # module → classes
    files: dict[str, str] = field(default_factory=dict)


def publish(repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{pipeline (a ref or null), block, parts, commits, components, name, title, values, config}` → `{files, local}`.

    Written to the folder `name` of local blocks. `values` are what the node's inputs are set to, `config` is the node's
    Mellon config; `local` names the folders of this machine that components load from. Raises NodeError for what can't
    be published, and for a folder that holds something else.
    """
    homes = homes_of(repos, parse_parts(request["parts"]), request["commits"])
    ref, subject = asked_block(repos, request)
    _refuse_adapters(ref, subject)
    located = subject.located
    sources = copied([located, *homes.values()])
    block = subject.pipe._blocks
    code = _Code(files=dict(sources.files))
    for name, each in block.sub_blocks.items() if _is_plain_sequence(block) else [(_name(request), block)]:
        _add(code, name, each, sources)
    title, name = request["title"], class_name(request["name"], code)
    index = _index(repos, ref, subject, name)
    files = {
        "block.py": _block_file(name, title, code, repos, ref, subject),
        **code.files,
        BLOCK_CONFIG: _json(_config(name, [located, *homes.values()])),
        INDEX_FILES[0]: _json(index),
        NODE_CONFIG: _json(request["config"]),
        "README.md": _readme(request, title, block, ref, index, subject),
    }
    _write(repos.blocks_folder / request["name"], files)
    return {"files": sorted(files), "local": _local(repos, ref, subject)}


def _refuse_adapters(ref: PipelineRef, subject: Built) -> None:
    if ref.ip_adapters and ADAPTED in subject.pipe.component_names:
        raise NodeError(
            "The pipeline has an IP-Adapter, and a repo can't say so: what is published would be without it.",
            remedy="Connect the pipeline without Load IP-Adapter.", port="pipeline", code="not_publishable",
        )  # fmt: skip


def class_name(text: str, code: _Code) -> str:
    """`my-depth` → `MyDepth`, other than any class that is imported."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Blocks"
    if name[0].isdigit() or keyword.iskeyword(name):
        name = f"Blocks{name}"
    taken = {each for names in code.imports.values() for each in names} | {"SequentialPipelineBlocks"}
    return f"{name}Blocks" if name in taken else name


# Code


def _is_plain_sequence(block: ModularPipelineBlocks) -> bool:
    """Whether it was put together at run time, so that it has no class of its own to import."""
    return type(block) is SequentialPipelineBlocks


def _name(request: Mapping[str, Any]) -> str:
    return str(request["block"]).rpartition(".")[2] or "pipeline"


def _add(code: _Code, name: str, block: ModularPipelineBlocks, sources: Copies) -> None:
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


def _block_file(name: str, title: str, code: _Code, repos: Repos, ref: PipelineRef, subject: Built) -> str:
    block = subject.pipe._blocks
    configs, sources = _configs(block, ref, subject), _sources(repos, ref, subject)
    other = type(subject.pipe) if pipeline_class_name(block) != type(subject.pipe).__name__ else None
    inner = [f'    model_name = "{block.model_name}"' if block.model_name else "", _lists(code)]
    inner.append(_property("description", "str", f"return {_text(_described(title, block))}"))
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
        # diffusers copies only the files that block.py itself names
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


def _lists(code: _Code) -> str:
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


def _described(title: str, block: ModularPipelineBlocks) -> str:
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


# Configs


def _config(name: str, repos: Iterable[Located]) -> dict[str, Any]:
    needed: dict[str, str] = {}
    for located in repos:
        for requirement in requirements_of(located.folder, code_config(located)):
            known = needed.get(requirement.name)
            specifiers = dict.fromkeys(each for each in (known, requirement.specifier) if each)
            needed[requirement.name] = ",".join(specifiers)
    config: dict[str, Any] = {"_class_name": name, "_diffusers_version": diffusers.__version__}
    config["auto_map"] = {ModularPipelineBlocks.__name__: f"block.{name}"}
    return config | ({"requirements": needed} if needed else {})


def _is_own_class(spec: Any) -> bool:
    """Whether a component's class comes with the blocks' code, so that no index can name it."""
    return str(getattr(spec.type_hint, "__module__", "")).partition(".")[0] == PACKAGE


def _sources(repos: Repos, ref: PipelineRef, subject: Built) -> dict[str, tuple[str, str, str | None]]:
    """Repo, subfolder and commit of the components that the index can't have, as their classes are the repo's own."""
    pipe = subject.pipe
    found = {}
    for name in sorted(pipe.pretrained_component_names):
        spec = pipe.get_component_spec(name)
        if _is_own_class(spec) and name not in subject.absent:
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


def _index(repos: Repos, ref: PipelineRef, subject: Built, name: str) -> dict[str, Any]:
    """Where the components are: at the commits that were used, those of local folders by the folder's name."""
    pipe = subject.pipe
    index: dict[str, Any] = {
        "_class_name": type(pipe).__name__,
        "_diffusers_version": diffusers.__version__,
        "_blocks_class_name": name,
    }
    index |= {spec.name: pipe.config.get(spec.name, spec.default) for spec in pipe._blocks.expected_configs}
    for component in sorted(pipe.pretrained_component_names):
        spec = pipe.get_component_spec(component)
        if component in subject.absent or _is_own_class(spec):
            continue
        home = home_of(repos, ref, subject.located, spec)
        entry = ModularPipeline._component_spec_to_dict(spec) or {}
        index[component] = [None, None, entry | {
            "type_hint": list(entry["type_hint"]),
            "pretrained_model_name_or_path": home.located.repo,
            "revision": home.located.commit if home.located.on_hub else None,
            "subfolder": home.subfolder,
            "variant": home.variant,
        }]  # fmt: skip
    return index


def _local(repos: Repos, ref: PipelineRef, subject: Built) -> list[str]:
    """The repos of components that are folders of this machine, which others do not have."""
    pipe = subject.pipe
    specs = [pipe.get_component_spec(name) for name in pipe.pretrained_component_names if name not in subject.absent]
    places = [home_of(repos, ref, subject.located, spec).located for spec in specs]
    return sorted({place.repo for place in places if not place.on_hub})


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


# Readme


_README = """\
---
library_name: diffusers
tags:
- modular-diffusers
---

# {title}

{description}

```python
import torch
from diffusers import ModularPipelineBlocks

blocks = ModularPipelineBlocks.from_pretrained("{name}", trust_remote_code=True)
pipe = blocks.init_pipeline("{source}")
pipe.load_components()

result = pipe({call})
```

In Blockloom: add the node *Custom block* and type `{name}`.

## Components

{components}

{doc}

{mark}.
"""


def _readme(
    request: Mapping[str, Any],
    title: str,
    block: ModularPipelineBlocks,
    ref: PipelineRef,
    index: Mapping[str, Any],
    subject: Built,
) -> str:
    outputs = [output.name for output in block.outputs]
    wanted = next((name for name in ("images", "image", "videos", "latents") if name in outputs), None)
    call = [
        f"\n    {text},"
        for text in (*_arguments(block, request["values"]), *([f'output="{wanted}"'] if wanted else []))
    ]
    components = [
        f"- `{name}`: `{entry[2]['pretrained_model_name_or_path']}`"
        + (f", folder `{entry[2]['subfolder']}`" if entry[2]["subfolder"] else "")
        + (f", at `{entry[2]['revision']}`" if entry[2]["revision"] else "")
        for name, entry in index.items()
        if isinstance(entry, list) and len(entry) == 3
    ]
    return _README.format(
        title=title,
        description=_described(title, block),
        name=request["name"],
        source=ref.repo,
        call="".join(call) + ("\n" if call else ""),
        components="\n".join(components) or "It needs none.",
        doc=markdown(subject).replace("### ", "## "),
        mark=MARK,
    )


def _arguments(block: ModularPipelineBlocks, values: Mapping[str, Any]) -> Iterable[str]:
    """The call as it was set in the node: what has a value, and what must be given."""
    for param in block.inputs:
        if param.name == "generator":
            yield f"generator=torch.Generator().manual_seed({int(values.get('seed') or 0)})"
        elif param.name and values.get(param.name) is not None:
            yield f"{param.name}={_python(values[param.name])}"
        elif param.name and param.required and param.default is None:
            yield f"{param.name}={param.name}"


def _python(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


# Files


def _write(folder: Path, files: Mapping[str, str]) -> None:
    block = folder / "block.py"
    if folder.exists() and any(folder.iterdir()):
        if not block.is_file() or MARK not in block.read_text(encoding="utf-8"):
            raise NodeError(
                f"The folder {folder.name!r} is there already, and holds something else.",
                remedy="Choose another name.", port="name", code="name_taken",
            )  # fmt: skip
        for old in folder.glob("*.py"):
            old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
