"""Every model family of the installed diffusers is found, and nothing of its blocks is left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import pytest
from diffusers import ModularPipeline
from diffusers.modular_pipelines.modular_pipeline import MODULAR_PIPELINE_MAPPING

from engine.catalogue.spec import Port
from engine.catalogue.types import connection, is_port_type
from nodes.diffusion.ports import input_ports, output_ports
from nodes.diffusion.runtime.describe import describe_workflow
from nodes.diffusion.runtime.families import covered, default_blocks, family_classes
from tests.fakes.diffusion import Direct

COUNTED = ("inputs", "outputs", "components")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    side = Direct(tmp_path_factory.mktemp("data"), Path()).side
    return list(side.describers["diffusion.families"]({})["rows"])


def test_families_are_all_pipeline_classes_that_diffusers_exports() -> None:
    exported = {name for name in dir(diffusers) if name.endswith("ModularPipeline")} - {ModularPipeline.__name__}
    assert {cls.__name__ for cls in family_classes()} == exported
    assert {make() for make in MODULAR_PIPELINE_MAPPING.values()} <= exported  # type: ignore[no-untyped-call]


@pytest.mark.slow
def test_everything_is_represented(rows: list[dict[str, Any]]) -> None:
    assert {row["family"] for row in rows} == {cls.__name__ for cls in family_classes()}
    assert [text for row in rows for text in row["missing"]] == []
    for row in rows:
        assert all(row[f"{what}_represented"] == row[what] > 0 for what in COUNTED)


@pytest.mark.slow
def test_most_ports_are_typed_and_can_be_set(rows: list[dict[str, Any]]) -> None:
    total = {name: sum(row[name] for row in rows) for name in rows[0] if isinstance(rows[0][name], int)}
    assert total["inputs_typed"] + total["inputs_handled"] > 0.95 * total["inputs"]
    assert total["outputs_typed"] > 0.9 * total["outputs"]
    assert total["inputs_with_widget"] > 0.5 * total["inputs"]


def test_what_is_left_out_is_told() -> None:
    root = default_blocks(diffusers.ErnieImageModularPipeline)
    described = describe_workflow(root, "text2image")["blocks"]
    text_encoder = described["text_encoder"]
    text_encoder["inputs"] = [item for item in text_encoder["inputs"] if item["name"] != "prompt"]
    text_encoder["components"] = text_encoder["components"][1:]
    row = covered("Ernie", root, "text2image", described)
    assert (row.inputs - row.inputs_represented, row.components - row.components_represented) == (1, 1)
    assert "text_encoder: prompt" in row.missing


@pytest.mark.slow
@pytest.mark.parametrize("family", family_classes(), ids=lambda cls: cls.__name__)
def test_ports_of_every_block_of_a_family(family: Any) -> None:
    root = default_blocks(family)
    for workflow in list(root._workflow_map or [""]):
        for description in describe_workflow(root, workflow)["blocks"].values():
            inputs, outputs = input_ports(description), output_ports(description)
            for ports in (inputs, outputs):
                assert all(port.name and port.title and is_port_type(port.type) for port in ports)
                assert len({port.name for port in ports}) == len(ports)
            assert not outputs or description["inside"] or any(not port.advanced for port in outputs)
            assert not any(hides_what_is_needed(port) for port in inputs)


def hides_what_is_needed(port: Port) -> bool:
    return port.required and port.advanced


@pytest.mark.slow
@pytest.mark.parametrize("family", family_classes(), ids=lambda cls: cls.__name__)
def test_what_blocks_hand_each_other_goes_over_an_edge_as_it_is(family: Any) -> None:
    """Between stages, and between single blocks: no edge would map a node over a list, or be refused."""
    root = default_blocks(family)
    for workflow in list(root._workflow_map or [""]):
        described = describe_workflow(root, workflow)
        stages = [path for path in described["tree"] if "." not in path]
        leaves = [
            path for path in described["tree"] if not any(other.startswith(f"{path}.") for other in described["tree"])
        ]
        for level in (stages, leaves):
            assert list(unfit(level, described["blocks"])) == []


def unfit(paths: list[str], described: dict[str, Any]) -> Iterator[str]:
    """The edges by name, from the latest maker to whoever takes it, that would not be direct."""
    made: dict[str, tuple[str, Port]] = {}
    for path in paths:
        ports = {port.name: port for port in input_ports(described[path])}
        for item in described[path]["inputs"]:
            if item["upstream"] and item["name"] in made and item["name"] in ports:
                maker, output = made[item["name"]]
                if connection(output.type, ports[item["name"]].type) != "direct":
                    yield f"{maker} → {path}: {output.name} {output.type} → {ports[item['name']].type}"
        made |= {port.name: (path, port) for port in output_ports(described[path])}
