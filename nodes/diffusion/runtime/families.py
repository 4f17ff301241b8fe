"""Finds the model families of the installed diffusers, describes their blocks, and counts what became of each input.

Families are found by looking: each pipeline class that `diffusers.modular_pipelines` exports and that has blocks.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

import diffusers
import diffusers.modular_pipelines
from diffusers import ModularPipeline
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from engine.catalogue.spec import Port
from nodes.diffusion.describer import Describer, family_question
from nodes.diffusion.ports import HANDLED, bundle_name, input_ports, output_ports
from nodes.diffusion.runtime.blocks import block_at, in_workflow, workflows
from nodes.diffusion.runtime.describe import describe_workflow


@dataclass
class Coverage:
    """How the blocks of a workflow are represented; `blocks` counts the whole, stages, sequences, leaves and steps.

    Of the inputs, `represented` have a port or are among those that the node gives its block by itself (`handled`);
    `typed` ports are not `any`; `with_widget` can be set by hand, the others come over an edge. `missing` names what
    is not represented.
    """

    family: str
    workflow: str
    blocks: int = 0
    inputs: int = 0
    inputs_represented: int = 0
    inputs_handled: int = 0
    inputs_typed: int = 0
    inputs_with_widget: int = 0
    outputs: int = 0
    outputs_represented: int = 0
    outputs_typed: int = 0
    components: int = 0
    components_represented: int = 0
    missing: list[str] = field(default_factory=list)


def family_classes() -> list[type[ModularPipeline]]:
    """The pipeline classes, by name. Imports the modules of all families."""
    module: Any = diffusers.modular_pipelines
    found: list[Any] = [getattr(module, name) for name in sorted(dir(module)) if name.endswith("Pipeline")]
    pipelines = [cls for cls in found if isinstance(cls, type) and issubclass(cls, ModularPipeline)]
    return [cls for cls in pipelines if getattr(cls, "default_blocks_name", None) is not None]


def default_blocks(cls: Any) -> ModularPipelineBlocks:
    """The blocks of a family, all workflows together."""
    blocks: ModularPipelineBlocks = getattr(diffusers, cls.default_blocks_name)()
    return blocks


def coverage(describer: Describer, turn: Callable[[], AbstractContextManager[None]] = nullcontext) -> dict[str, Any]:
    """`{diffusers: version, rows: [...]}`, a row for each workflow of each family; see `Coverage`.

    The work is done in pieces of a fraction of a second, each within a `turn`.
    """
    with turn():
        classes = family_classes()
    rows = []
    for cls in classes:
        with turn():
            root = default_blocks(cls)
        for workflow in workflows(root) or [""]:
            with turn():
                question = family_question(type(root).__name__, workflow)
                described = describer.kept(question, lambda: describe_workflow(root, workflow))  # noqa: B023
                rows.append(asdict(covered(cls.__name__, root, workflow, described["blocks"])))
    return {"diffusers": diffusers.__version__, "rows": rows}


def covered(
    family: str, root: ModularPipelineBlocks, workflow: str, described: Mapping[str, Mapping[str, Any]]
) -> Coverage:
    """Compare what the blocks themselves say with the ports made of their descriptions."""
    row, blocks = Coverage(family, workflow), in_workflow(root, workflow)
    for path, description in described.items():
        row.blocks += 1
        block = block_at(blocks, path)
        _count_inputs(row, path, block, {port.name: port for port in input_ports(description)})
        _count_outputs(row, path, block, {port.name: port for port in output_ports(description)})
        known = {component["name"] for component in description["components"]}
        for spec in block.expected_components:
            row.components += 1
            row.components_represented += _or_missing(row, path, spec.name, spec.name in known)
    return row


def _count_inputs(row: Coverage, path: str, block: ModularPipelineBlocks, ports: Mapping[str, Port]) -> None:
    for param in block.inputs:
        port = ports.get(param.name or bundle_name(param.kwargs_type))
        handled = port is None and param.name in HANDLED
        row.inputs += 1
        row.inputs_handled += handled
        row.inputs_represented += _or_missing(row, path, param.name or param.kwargs_type, handled or port is not None)
        row.inputs_typed += port is not None and port.type != "any"
        row.inputs_with_widget += _with_widget(param.name, port, ports)


def _with_widget(name: str | None, port: Port | None, ports: Mapping[str, Port]) -> bool:
    if name == "generator":
        port = ports.get("seed")  # which makes the generator
    return port is not None and port.widget is not None


def _count_outputs(row: Coverage, path: str, block: ModularPipelineBlocks, ports: Mapping[str, Port]) -> None:
    for name in _names((*block.outputs, *block.intermediate_outputs)):
        port = ports.get(name)
        row.outputs += 1
        row.outputs_represented += _or_missing(row, path, name, port is not None)
        row.outputs_typed += port is not None and port.type != "any"


def _names(params: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(param.name for param in params if param.name))


def _or_missing(row: Coverage, path: str, name: str | None, represented: bool) -> bool:
    if not represented:
        row.missing.append(f"{path or 'whole'}: {name}")
    return represented
