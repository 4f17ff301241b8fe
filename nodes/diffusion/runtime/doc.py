"""What a block node shows of its block: documentation as Markdown, the blocks inside, where components come from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import LoopSequentialPipelineBlocks, ModularPipelineBlocks

from nodes.diffusion.parts import parse_parts
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.repos import Repos
from nodes.diffusion.runtime.built import Built, build
from nodes.diffusion.runtime.composed import asked_ref, homes_of
from nodes.diffusion.runtime.foreign import home_of
from nodes.diffusion.runtime.hints import hint_text

_MISSING = "—"


def describe(repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{pipeline (a ref or null), block, parts, commits, components}` → `{class_name, doc, tree, components}`.

    Raises NodeError for blocks that are not there, or may not run.
    """
    ref, subject = asked_block(repos, request)
    block = subject.pipe._blocks
    return {
        "class_name": type(block).__name__,
        "doc": markdown(subject),
        "tree": list(_tree(block)),
        "components": [
            {
                "name": spec.name,
                "type": hint_text(spec.type_hint),
                **_origin(repos, ref, subject, subject.pipe.get_component_spec(spec.name)),
            }
            for spec in {spec.name: spec for spec in block.expected_components}.values()
        ],
    }


def asked_block(repos: Repos, request: Mapping[str, Any]) -> tuple[PipelineRef, Built]:
    """The ref and block of a request, apart from those that run. Raises NodeError if it is not there, or may not."""
    parts = parse_parts(request["parts"])
    homes = homes_of(repos, parts, request["commits"])
    ref = asked_ref(repos, request["pipeline"], parts, homes, request["components"])
    return ref, build(repos.locate(ref.repo, ref.commit), repos, ref, request["block"], parts, homes)


def markdown(subject: Built) -> str:
    """`block.doc` as Markdown: what the block does, and tables of its inputs, outputs and settings."""
    block = subject.pipe._blocks
    inputs = [
        (
            _code(item["name"]),
            _code(item["type"]),
            "required" if item["required"] else _default(item["default"]),
            item["description"],
        )
        for item in subject.inputs.values()
    ]
    outputs = [(_code(item["name"]), _code(item["type"]), item["description"]) for item in subject.outputs.values()]
    configs = [(_code(spec.name), _default(spec.default), spec.description) for spec in block.expected_configs]
    sections = [
        _prose(block.description or ""),
        _table("Inputs", ("Name", "Type", "Default", "What it is"), inputs),
        _table("Outputs", ("Name", "Type", "What it is"), outputs),
        _table("Settings of the pipeline", ("Name", "Default", "What it is"), configs),
    ]
    return "\n\n".join(section for section in sections if section)


def _tree(block: ModularPipelineBlocks, prefix: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
    """The blocks inside, in order, those of loops included."""
    for name, sub_block in block.sub_blocks.items():
        path = f"{prefix}{name}"
        yield {
            "path": path,
            "class_name": type(sub_block).__name__,
            "description": _first_sentence(sub_block.description or ""),
            "depth": depth,
            "loop": isinstance(sub_block, LoopSequentialPipelineBlocks),
        }
        yield from _tree(sub_block, f"{path}.", depth + 1)


def _origin(repos: Repos, ref: PipelineRef, subject: Built, spec: Any) -> dict[str, str]:
    """The repo of a component, and where in it its files are."""
    if spec.default_creation_method == "from_config":
        return {"repo": "", "loaded_from": "made from its settings, without files"}
    if spec.name in subject.absent:
        return {"repo": "", "loaded_from": "not in the repo"}
    home = home_of(repos, ref, subject.located, spec)
    place = f"{home.located.repo}@{home.located.commit[:12]}/{home.subfolder}".rstrip("/")
    return {"repo": home.located.repo, "loaded_from": place}


def _prose(text: str) -> str:
    """A docstring as paragraphs: indents and line ends within a sentence go, lists stay."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return re.sub(r"(?<=[^\n])\n(?![\n\-*])", " ", "\n".join(lines))


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n\s*\n", _prose(text), maxsplit=1)[0].replace("\n", " ")


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str | None, ...]]) -> str:
    if not rows:
        return ""
    lines = [heads, ("---",) * len(heads), *rows]
    return f"### {title}\n\n" + "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|") or _MISSING


def _default(value: Any) -> str:
    return "" if value is None else _code(str(value))


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""
