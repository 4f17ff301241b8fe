"""`diffusion.block`: a stage, a block or the whole of a pipeline as one node; its ports come from the block's spec."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engine.catalogue.context import Context
from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, Need, NodeType, Port, Preset, Widget
from engine.errors import NodeError, Problem
from nodes.diffusion import overlay
from nodes.diffusion.heavy import runtime
from nodes.diffusion.interfaces import Interfaces
from nodes.diffusion.ip_adapter import IMAGE, missing_adapter
from nodes.diffusion.missing import missing_warnings
from nodes.diffusion.names import as_ports
from nodes.diffusion.parts import Part, asked, components_of, parse_parts, repos_of
from nodes.diffusion.ports import input_ports, output_ports
from nodes.diffusion.ref import ADAPTED, PipelineRef, parse_ref

SUBJECT = "diffusion.block"
LIBRARIES = ("diffusers", "torch", "transformers")

_PIPELINE = Port(
    name="pipeline", type="pipeline", title="Pipeline", required=True,
    description="Which weights to use, from Load pipeline.",
)  # fmt: skip

_PARTS = Port(
    name="parts", type="json", title="Parts", advanced=True,
    description="Blocks that run in sequence as this one node, in place of a single block. Collapsing nodes writes it.",
    widget=Widget(kind="json", placeholder='[{"name": "encode", "block": "text_encoder"}, …]'),
)  # fmt: skip


def _block_port(paths: tuple[str, ...]) -> Port:
    return Port(
        name="block", type="string", title="Block", default="", advanced=True,
        description="A stage of the pipeline, or a block in it by its path; empty for the whole pipeline.",
        widget=Widget(kind="combobox", options=("", *paths), placeholder="whole pipeline"),
    )  # fmt: skip


def resolve(view: NodeView) -> Resolved:
    """The ports of the block, or of the parts, in the connected pipeline. Raises NodeError if there is none such."""
    bare = Interface(inputs=(_PIPELINE, _block_port(()), _PARTS))
    value = view.known.get("pipeline")
    if value is None and "pipeline" in view.connected:
        return Resolved(bare)
    values = dict(view.params) | dict(view.known)
    path, parts = chosen(values)
    ref = None if value is None else parse_ref(value)
    need = question(ref, path, parts, view.lock)
    if need is None:
        return Resolved(bare)
    description = view.descriptions.get(need.key)
    if description is None:
        return Resolved(bare.model_copy(update={"needs": (need,)}))
    if problem := description.get("problem"):
        raise NodeError(Problem(**problem | {"port": "parts" if parts else "block"}))
    interface, texts = _interfaces.of(need.key, description, view.connected, values)
    replaced = set() if ref is None else ref.components.keys()
    missing = {name: found for name, found in description["missing"].items() if name not in replaced}
    warnings = tuple(Problem(code="block_warning", message=text, port="block") for text in texts)
    warnings += missing_warnings(missing, "pipeline")
    problems = () if ref is None or ref.ip_adapters else _missing_adapter(interface, description)
    if not parts:
        return Resolved(interface, problems=problems, warnings=warnings)
    commits = description["commits"]
    components, repos = components_of(parts, description, view.lock)
    own = {"components": {name: component.to_json() for name, component in components.items()}}
    return Resolved(
        interface,
        bound={"commits": commits, **own},
        repos=repos_of(parts, commits) | repos,
        problems=problems,
        warnings=warnings,
    )


def _missing_adapter(interface: Interface, description: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problem of a block that can't do without an IP-Adapter, in a pipeline that has none."""
    port = interface.input(IMAGE)
    needs = port is not None and port.required and any(item["name"] == ADAPTED for item in description["components"])
    return missing_adapter("pipeline").problems if needs else ()


def chosen(values: Mapping[str, Any]) -> tuple[str, tuple[Part, ...]]:
    """The path in the params of a block node and its parts, of which at least one is empty. Raises NodeError."""
    path, parts = values.get("block") or "", parse_parts(values.get("parts"))
    if not isinstance(path, str):
        raise NodeError("The block must be named by text.", port="block")
    if path and parts:
        raise NodeError("The node names a block and has parts.", remedy="Empty one of them.", port="block")
    return path, parts


def question(ref: PipelineRef | None, path: str, parts: tuple[Part, ...], lock: Mapping[str, str]) -> Need | None:
    """What must be answered to know the block at `path`, or the block composed of `parts`.

    Without a pipeline only parts can be known that all come from other repos; None if that is not so.
    """
    if ref is not None:
        request: dict[str, Any] = {"repo": ref.repo, "commit": ref.commit, "workflow": ref.workflow, "block": path}
        return Need(subject=SUBJECT, request=request | ({"parts": asked(parts, lock)} if parts else {}))
    if not parts or any(part.repo is None for part in parts):
        return None
    alone: dict[str, Any] = {"parts": asked(parts, lock)}
    return Need(subject=SUBJECT, request=alone)


def _pipeline_port(description: Mapping[str, Any]) -> Port:
    """Parts that all come from other repos can do without a pipeline; with one they take what they lack from it."""
    alone = description.get("alone", False)
    return _PIPELINE.model_copy(update={"required": False}) if alone else _PIPELINE


def _interface(description: Mapping[str, Any], connected: frozenset[str]) -> tuple[Interface, tuple[str, ...]]:
    inputs, outputs = input_ports(description, connected), output_ports(description)
    if "said" in description:
        laid = overlay.lay_parts_over(inputs, outputs, description["said"])
    else:
        laid = overlay.lay_over(inputs, outputs, description.get("mellon") or {}, of_stage=True)
    own = (_pipeline_port(description), _block_port(tuple(description["paths"])), _PARTS)
    return Interface(inputs=(*own, *as_ports(laid.inputs)), outputs=as_ports(laid.outputs)), laid.warnings


_interfaces = Interfaces(_interface, limit=1024)


def run(context: Context, **inputs: Any) -> Mapping[str, Any]:
    """Run the block in a worker; see `nodes.diffusion.runtime.run`."""
    outputs: Mapping[str, Any] = runtime("run").run_block(context, **inputs)
    return outputs


def environment() -> str:
    """The versions that results depend on, found without importing the libraries."""
    return " ".join(f"{name}-{_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _preset(block: str, title: str, description: str) -> Preset:
    return Preset(title=title, description=description, category="Diffusion", params={"block": block})


DEFINITION = NodeDefinition(
    type=NodeType(
        type="diffusion.block",
        title="Pipeline block",
        category="Diffusion",
        description="Runs a stage or a block of a diffusion pipeline. Its ports follow from the connected pipeline.",
        lane="gpu",
        cache="always",
        dynamic=True,
        interface=Interface(inputs=(_PIPELINE, _block_port(()), _PARTS)),
        presets=(
            _preset("text_encoder", "Encode prompt", "Turns a prompt into embeddings."),
            _preset("vae_encoder", "Encode image", "Turns a picture, and a mask, into latents."),
            _preset("ip_adapter", "Encode IP-Adapter image", "Turns a picture into embeddings for an IP-Adapter."),
            _preset("denoise", "Denoise", "Makes latents from noise or from a picture, guided by embeddings."),
            _preset("decode", "Decode", "Turns latents into pictures."),
            _preset("", "Pipeline in one node", "Runs all stages of a pipeline at once."),
        ),
        keywords=("sampler", "ksampler", "vae", "clip", "text encoder", "denoise", "decode", "diffusers"),
    ),
    function=run,
    context_parameter="context",
    resolve=resolve,
    environment=environment(),
)
