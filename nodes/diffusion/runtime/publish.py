"""Saves a block node's blocks as a modular repo, a folder that plain diffusers loads: readable code and small configs.

    block.py                     the blocks in sequence, as a class of its own; those of diffusers are imported
    NAME_block.py, NAME_….py     code of other repos that the node uses, as it was approved, and the files that it reads
    modular_config.json          names the class, and the packages that it needs
    modular_model_index.json     says where the components load from
    mellon_pipeline_config.json  labels and widgets of a node
    README.md                    how to use it

No weights: they stay where they are.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import diffusers
from diffusers.modular_pipelines.modular_pipeline import ModularPipeline, ModularPipelineBlocks

from engine.errors import NodeError
from nodes.diffusion.overlay import FILE as NODE_CONFIG
from nodes.diffusion.own_code import code_config
from nodes.diffusion.parts import parse_parts
from nodes.diffusion.ref import ADAPTED, PipelineRef
from nodes.diffusion.repos import BLOCK_CONFIG, INDEX_FILES, Located, Repos
from nodes.diffusion.requirements import requirements_of
from nodes.diffusion.runtime.block_file import MARK, block_file, class_name, code_of, is_own_class
from nodes.diffusion.runtime.built import Built
from nodes.diffusion.runtime.composed import homes_of
from nodes.diffusion.runtime.copied import copied
from nodes.diffusion.runtime.doc import asked_block
from nodes.diffusion.runtime.foreign import home_of
from nodes.diffusion.runtime.readme_file import readme
from nodes.diffusion.runtime.weights import components_in_index


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
    sources = copied(repos, _folders(repos, ref, subject, [located, *homes.values()]))
    block = subject.pipe._blocks
    code = code_of(block, str(request["block"]), sources)
    title, name = request["title"], class_name(request["name"], code)
    index = _index(repos, ref, subject, name)
    files = {
        "block.py": block_file(name, title, code, repos, ref, subject),
        **code.files,
        BLOCK_CONFIG: _json(_config(name, [located, *homes.values()])),
        INDEX_FILES[0]: _json(index),
        NODE_CONFIG: _json(request["config"]),
        "README.md": readme(request, title, block, ref, index, subject),
    }
    _write(repos.blocks_folder / request["name"], files)
    return {"files": sorted(files), "local": _local(repos, ref, subject)}


def _refuse_adapters(ref: PipelineRef, subject: Built) -> None:
    if ref.ip_adapters and ADAPTED in subject.pipe.component_names:
        raise NodeError(
            "The pipeline has an IP-Adapter, and a repo can't say so: what is published would be without it.",
            remedy="Connect the pipeline without Load IP-Adapter.", port="pipeline", code="not_publishable",
        )  # fmt: skip


def _folders(repos: Repos, ref: PipelineRef, subject: Built, places: Iterable[Located]) -> dict[Located, set[str]]:
    """Of each repo, the folders that hold components."""
    found: dict[Located, set[str]] = {place: set(components_in_index(place.folder)) for place in places}
    for name in subject.pipe.pretrained_component_names:
        if name not in subject.absent:
            home = home_of(repos, ref, subject.located, subject.pipe.get_component_spec(name))
            found.get(home.located, set()).add(home.subfolder)
    return found


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
        if component in subject.absent or is_own_class(spec):
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
