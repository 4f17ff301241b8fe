"""Make object: objects that inputs of a pipeline take, from nodes to the block and back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import CosmosActionCondition
from diffusers.modular_pipelines.minimax_h3 import MiniMaxH3VideoReference
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image

from engine.errors import NodeError
from nodes.diffusion.objects import object_value
from nodes.diffusion.ports import field_ports, input_ports
from nodes.diffusion.runtime.convert import block_value, node_value
from nodes.diffusion.runtime.describe import describe_workflow
from nodes.diffusion.runtime.families import default_blocks, family_classes
from nodes.diffusion.runtime.objects import class_facts
from tests.fakes.diffusion import Direct
from tests.fakes.pictures import picture
from tests.fakes.tiny import tiny_flux
from tests.fakes.tiny.video import tiny_ltx2

CONDITIONS: dict[str, Any] = {
    "name": "conditions", "type": "list", "tuple": False, "objects": [class_facts(LTX2VideoCondition)]
}  # fmt: skip


@dataclass
class Foreign:
    text: str


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Direct:
    models = tmp_path_factory.mktemp("models")
    tiny_ltx2(models / "ltx2")
    tiny_flux(models / "flux")
    return Direct(tmp_path_factory.mktemp("data"), models)


def test_fields_become_ports_by_their_hints() -> None:
    ports = {port.name: port for port in field_ports(class_facts(CosmosActionCondition)["fields"])}
    assert {name: port.type for name, port in ports.items()} == {
        "mode": "string", "chunk_size": "int", "domain_name": "string", "resolution_tier": "int",
        "raw_actions": "any", "image": "image", "video": "list[image]", "view_point": "string",
    }  # fmt: skip
    assert [name for name, port in ports.items() if port.required] == ["mode", "chunk_size", "domain_name"]
    assert all(port.description and not port.advanced for port in ports.values())
    assert ports["mode"].widget is not None
    assert ports["mode"].widget.options == ("policy", "forward_dynamics", "inverse_dynamics")


def test_an_input_that_takes_objects_takes_many_edges_and_names_them() -> None:
    family = next(cls for cls in family_classes() if cls.__name__ == "MiniMaxH3ModularPipeline")
    described = describe_workflow(default_blocks(family), "ref2va")["blocks"][""]
    port = next(port for port in input_ports(described) if port.name == "references")
    assert (port.type, port.many, port.required, port.advanced) == ("list[any]", True, True, False)
    names = "MiniMaxH3ImageReference, MiniMaxH3VideoReference, MiniMaxH3AudioReference"
    assert port.description.endswith(f"From Make object: {names}.")


def test_the_node_offers_what_the_pipeline_takes(direct: Direct) -> None:
    ref = direct.ref("ltx2", workflow="in_context")
    interface = direct.resolve("diffusion.object", {}, {"pipeline": ref}).interface
    kind = interface.input("kind")
    assert kind is not None and kind.widget is not None
    assert (kind.default, kind.widget.options) == (
        "LTX2VideoCondition",
        ("LTX2VideoCondition", "LTX2ReferenceCondition"),
    )
    other = direct.resolve("diffusion.object", {"kind": "LTX2ReferenceCondition"}, {"pipeline": ref}).interface
    assert [port.name for port in other.inputs] == ["pipeline", "kind", "frames", "strength"]
    assert "goes into reference_conditions" in other.outputs[0].description


def test_a_pipeline_without_objects_and_an_unknown_kind_are_told(direct: Direct) -> None:
    with pytest.raises(NodeError, match="takes no objects in this workflow"):
        direct.resolve("diffusion.object", {}, {"pipeline": direct.ref("flux", workflow="text2image")})
    with pytest.raises(NodeError, match="takes no object 'Cat'"):
        direct.resolve("diffusion.object", {"kind": "Cat"}, {"pipeline": direct.ref("ltx2", workflow="condition")})


def test_an_object_reaches_the_block_with_its_pictures(direct: Direct) -> None:
    given = {"pipeline": direct.ref("ltx2", workflow="condition"), "frames": [picture()], "index": 2, "crf": None}
    value = direct.run("diffusion.object", given)[0]["object"]
    (made,) = block_value(CONDITIONS, [value])
    assert isinstance(made, LTX2VideoCondition)
    assert isinstance(made.frames, Image.Image)  # of a list of one, where a single picture will do
    assert (made.index, made.strength, made.crf) == (2, 1.0, None)


def test_numbers_become_the_tensor_that_a_field_holds() -> None:
    fields = {"mode": "forward_dynamics", "chunk_size": 2, "domain_name": "av", "raw_actions": [[1] * 9, [2] * 9]}
    value = object_value(class_facts(CosmosActionCondition)["class"], fields | {"image": picture()})
    made = block_value({"name": "action", "type": "", "tuple": False}, value)
    assert torch.equal(made.raw_actions, torch.tensor([[1.0] * 9, [2.0] * 9]))


def test_objects_that_blocks_make_come_back_as_they_were() -> None:
    made = MiniMaxH3VideoReference(torch.ones(2, 3, 4, 4), fps=12.0, audio=torch.zeros(1, 5), sample_rate=8000)
    (back,) = block_value({"name": "x", "type": "list", "tuple": False, "objects": []}, node_value([made]))
    assert (type(back), back.fps, back.sample_rate) == (MiniMaxH3VideoReference, 12.0, 8000)
    assert torch.equal(back.frames, made.frames) and torch.equal(back.audio, made.audio)


def test_what_is_no_object_of_the_input_is_refused() -> None:
    with pytest.raises(NodeError, match="conditions takes LTX2VideoCondition"):
        block_value(CONDITIONS, [picture()])
    with pytest.raises(NodeError, match="LTX2VideoCondition has no field 'size'"):
        block_value(CONDITIONS, [object_value(CONDITIONS["objects"][0]["class"], {"frames": picture(), "size": 1})])


def test_a_field_that_is_refused_is_told_at_the_input_of_the_block() -> None:
    path = CONDITIONS["objects"][0]["class"]
    with pytest.raises(NodeError, match="LTX2VideoCondition: frames is no picture") as raised:
        block_value(CONDITIONS, [object_value(path, {"frames": "a circle"})])
    assert raised.value.problems[0].port == "conditions"
    with pytest.raises(NodeError, match="conditions takes LTX2VideoCondition"):
        block_value(CONDITIONS, [{"dataclass": path, "fields": 5}])


@pytest.mark.parametrize("path", [f"{Foreign.__module__}:Foreign", "os:system", "diffusers.models:UNet2DModel", "x"])
def test_only_objects_of_diffusers_and_of_approved_code_are_made(path: str) -> None:
    with pytest.raises(NodeError, match="There are no objects"):
        block_value(CONDITIONS, [object_value(path, {"text": "a"})])


def test_what_the_object_itself_refuses_is_told_at_the_input() -> None:
    path = class_facts(CosmosActionCondition)["class"]
    value = object_value(path, {"mode": "fly", "chunk_size": 2, "domain_name": "av"})
    with pytest.raises(NodeError, match="CosmosActionCondition says: Unsupported action mode") as raised:
        block_value({"name": "action", "type": "", "tuple": False}, value)
    assert raised.value.problems[0].port == "action"


def test_descriptions_with_objects_are_plain_data(tmp_path: Path) -> None:
    import json

    assert json.loads(json.dumps(CONDITIONS)) == CONDITIONS
