"""The coverage of model families as a table: what became of the inputs, outputs and components of their blocks."""

from collections.abc import Mapping, Sequence
from typing import Any

HEADS = (
    "Family", "Workflow", "Blocks", "Inputs", "represented", "by the node", "typed", "with widget",
    "Outputs", "represented", "typed", "Components", "represented",
)  # fmt: skip
_COUNTS = (
    "blocks", "inputs", "inputs_represented", "inputs_handled", "inputs_typed", "inputs_with_widget",
    "outputs", "outputs_represented", "outputs_typed", "components", "components_represented",
)  # fmt: skip
_OF = {"inputs_represented": "inputs", "outputs_represented": "outputs", "components_represented": "components"}


def coverage_rows(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The cells below `HEADS`, a row for each workflow and a last one for all."""
    total = {name: sum(row[name] for row in rows) for name in _COUNTS}
    families = len({row["family"] for row in rows})
    all_of_them = {"family": f"{families} families", "workflow": f"{len(rows)} workflows", **total}
    return [_cells(row) for row in (*rows, all_of_them)]


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    name = str(row["family"]).removesuffix("ModularPipeline")
    return name, str(row["workflow"]) or "(all blocks)", *(_cell(row, count) for count in _COUNTS)


def _cell(row: Mapping[str, Any], name: str) -> str:
    """Those that should be all come as a share of all."""
    return f"{row[name]}" if name not in _OF else f"{_percent(row[name], row[_OF[name]])} %"


def _percent(part: int, whole: int) -> str:
    """100 only if it is all of them."""
    return "100" if part == whole else f"{min(part / whole * 100, 99.9):.1f}"
