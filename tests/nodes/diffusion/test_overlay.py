"""What a block's author says in `mellon_pipeline_config.json` shows on the node; what does not fit is left alone."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from diffusers.modular_pipelines.mellon_node_utils import MellonParam, MellonPipelineConfig
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.define import check_type
from engine.catalogue.spec import Interface, NodeType, Port, Widget
from nodes.diffusion.overlay import (
    _KINDS,
    _TYPES,
    FILE,
    declared,
    fold_away,
    lay_over,
    merged,
    node_config,
    read_config,
    write_node,
)
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.diffusion import Direct

TEXT, NUMBER = Widget(kind="text"), Widget(kind="number", min=0, max=9, step=1)


def laid(entry: dict[str, Any], **port: Any) -> Port:
    """A port named `x` with this entry laid over it."""
    found = lay_over([Port(name="x", **{"type": "any"} | port)], [], {"params": {"x": entry}, "input_names": ["x"]})
    assert not found.warnings
    return found.inputs[0]


WIDGETS = {
    "textbox": (MellonParam.Input.textbox("x", "cat"), "string", Widget(kind="multiline"), "cat"),
    "dropdown": (
        MellonParam.Input.dropdown("x", ["a", "b"]), "string", Widget(kind="select", options=("a", "b")), "a"
    ),
    "dropdown without options": (
        MellonParam.Input.dropdown("x"), "string", Widget(kind="combobox", options=("",)), ""
    ),
    "slider": (MellonParam.Input.slider("x", 1.5, 0, 2), "float", Widget(kind="slider", min=0, max=2, step=0.01), 1.5),
    "slider of whole numbers": (
        MellonParam.Input.slider("x", 3, 1, 9), "int", Widget(kind="slider", min=1, max=9, step=1), 3
    ),
    "number": (MellonParam.Input.number("x", 3), "int", Widget(kind="number"), 3),
    "seed": (MellonParam.Input.seed("x", 7), "int", Widget(kind="seed", min=0, max=4294967295), 7),
    "checkbox": (MellonParam.Input.checkbox("x", True), "bool", Widget(kind="checkbox"), True),
    "image": (MellonParam.Input.image("x"), "image", None, None),
    "custom type": (MellonParam.Input.custom_type("x", "custom_guider"), "any", None, None),
    "model": (MellonParam.Input.model("x"), "any", None, None),
    "template": (
        MellonParam.guidance_scale(default=4.0), "float", Widget(kind="slider", min=1, max=30, step=0.1), 4.0
    ),
    "autocomplete": (
        MellonParam("x", "X", "string", display="autocomplete", options={"a": "A"}),
        "string", Widget(kind="combobox", options=("a",)), None,
    ),
    "options that are only suggested": (
        MellonParam("x", "X", "string", options=["a", "b"], fieldOptions={"noValidation": True, "placeholder": "or c"}),
        "string", Widget(kind="combobox", options=("a", "b"), placeholder="or c"), None,
    ),
    "model picker": (MellonParam("x", "X", "string", display="modelselect"), "string", Widget(kind="repo"), None),
    "color": (MellonParam("x", "X", "string", display="color", value="#fff"), "string", Widget(kind="color"), "#fff"),
    "file": (MellonParam("x", "X", "string", display="filebrowser"), "string", Widget(kind="file"), None),
    "picture file": (
        MellonParam("x", "X", "string", display="filebrowser", fieldOptions={"fileTypes": ["image"]}),
        "string", Widget(kind="image"), None,
    ),
    "value before default": (
        MellonParam("x", "X", "int", default=1, value=2), "int", Widget(kind="number"), 2
    ),
    "odd display": (MellonParam("x", "X", "float", display="dial"), "float", Widget(kind="number"), None),
}  # fmt: skip


@pytest.mark.parametrize("name", WIDGETS)
def test_each_widget_that_the_format_has(name: str) -> None:
    param, kind, widget, default = WIDGETS[name]
    port = laid(param.to_dict())
    assert (port.type, port.widget, port.default) == (kind, widget, default)


def test_labels_lose_the_mark_of_required_params() -> None:
    assert laid({"label": "Your prompt *", "type": "string"}).title == "Your prompt"


def test_what_the_config_does_not_say_stays_the_blocks() -> None:
    own = Port(name="x", type="int", title="X", description="Count.", default=4, widget=NUMBER)
    assert laid({"label": "X", "type": "int"}, **own.model_dump(exclude={"name"})) == own


def test_values_of_another_kind_keep_the_blocks_type() -> None:
    for own in ("latents", "image", "embeddings", "list[image]", "pipeline"):
        assert laid({"type": "string", "display": "textarea"}, type=own).type == own


PORTS = (
    Port(name="a", type="string", widget=TEXT, default=""),
    Port(name="b", type="int", widget=NUMBER, default=1),
    Port(name="c", type="image", required=True),
    Port(name="d", type="string", widget=TEXT, advanced=True),
)


def test_ports_come_in_the_configs_order_and_what_it_leaves_out_is_folded_away() -> None:
    node = {"params": {"d": {}, "a": {"hidden": True}}, "input_names": ["d", "a"], "output_names": []}
    found = lay_over(PORTS, [Port(name="o", type="image")], node)
    assert [(port.name, port.advanced) for port in found.inputs] == [
        ("d", False), ("c", False), ("a", True), ("b", True)
    ]  # fmt: skip
    assert found.outputs == (Port(name="o", type="image", advanced=True),)


def test_an_output_that_is_an_input_too_is_known_by_its_longer_name() -> None:
    node = {"params": {"a": {}, "out_a": {"label": "Better"}, "doc": {}}, "input_names": ["a"],
            "output_names": ["out_a", "doc"]}  # fmt: skip
    found = lay_over(PORTS[:1], PORTS[:1], node)
    assert found.outputs[0].title == "Better"
    assert found.warnings == ()


def test_names_that_the_block_has_not_are_reported() -> None:
    found = lay_over(PORTS, [], {"params": {"z": {}}, "input_names": ["z"], "output_names": ["out_q"]})
    assert found.warnings == tuple(f"{FILE} names {name!r}, which the block has not." for name in ("z", "out_q"))


MISFITS = {
    "default": {"type": "int", "default": "many"},
    "bounds": {"type": "int", "min": 9, "max": 1},
    "step": {"type": "float", "step": -1},
    "option": {"type": "int", "options": ["one", "two"]},
    "display": {"type": "string", "display": "checkbox"},
    "default beyond the bounds": {"type": "int", "min": 0, "max": 5, "default": 7},
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_is_left_alone_with_a_warning(name: str) -> None:
    found = lay_over([PORTS[1]], [], {"params": {"b": {"label": "B"} | MISFITS[name]}, "input_names": ["b"]})
    assert found.inputs == (PORTS[1].model_copy(update={"title": "B"}),)
    assert len(found.warnings) == 1 and "'b' does not fit" in found.warnings[0]


def test_choices_show_what_belongs_to_them() -> None:
    node = {"params": {
        "c": {"onChange": {"true": ["a"], "false": ["b"]}},
        "b": {"onChange": [{"action": "show", "data": {"1": ["d"], "2": []}}, {"action": "signal"}]},
    }}  # fmt: skip

    def shown(values: dict[str, Any], connected: set[str]) -> set[str]:
        return {port.name for port in fold_away(PORTS, node, values, connected) if not port.advanced}

    assert shown({}, set()) == {"b", "c", "d"}
    assert shown({"b": 2}, set()) == {"b", "c"}
    assert shown({"b": 2}, {"c"}) == {"a", "c"}


def test_the_blocks_own_metadata_counts() -> None:
    ports, warnings = declared(PORTS, {"a": MellonParam.Input.dropdown("a", ["x", "y"]).to_dict()})
    assert ports[0].widget == Widget(kind="select", options=("x", "y"))
    assert ports[1:] == PORTS[1:] and not warnings


VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, width=16) | st.text(max_size=3)
MORE = {"max_size": 3}
ODD = st.recursive(VALUES, lambda odd: st.lists(odd, **MORE) | st.dictionaries(st.text(max_size=5), odd, **MORE))
KEYS = ["label", "type", "display", "default", "value", "min", "max", "step", "options", "hidden", "onChange"]
WORDS = st.sampled_from([*_TYPES, *_KINDS, "ui_label", "input", "output"])


@given(st.dictionaries(st.sampled_from(KEYS), ODD | WORDS))
def test_whatever_the_config_says_ports_stay_sound(entry: dict[str, Any]) -> None:
    node = {"params": {port.name: entry for port in PORTS}, "input_names": ["b", "a"]}
    found = lay_over(PORTS, PORTS[:1], node)
    assert {port.name for port in found.inputs} == {port.name for port in PORTS}
    shown = Interface(inputs=fold_away(found.inputs, node, {"a": "x"}, {"c"}), outputs=found.outputs)
    check_type(NodeType(type="x", title="x", category="x", description="x", interface=shown))
    assert all(not port.advanced for port in found.inputs if port.required)


DAMAGED = {
    "no JSON": "{",
    "a list": "[]",
    "no nodes": '{"label": "x"}',
    "a node without params": '{"node_params": {"custom": {"input_names": []}}}',
    "a param that is text": '{"node_params": {"custom": {"params": {"a": "text"}}}}',
    "names that are no list of texts": '{"node_params": {"custom": {"params": {}, "input_names": [1]}}}',
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_config_is_ignored_with_a_warning(tmp_path: Path, name: str) -> None:
    (tmp_path / FILE).write_text(DAMAGED[name])
    config, warnings = read_config(tmp_path)
    assert config == {}
    assert len(warnings) == 1 and warnings[0].startswith(f"{FILE} is ignored: ")


def test_the_node_of_a_block_or_of_a_stage_is_found(tmp_path: Path) -> None:
    spec = {"inputs": [MellonParam.prompt()], "block_name": "custom"}
    stage = {"inputs": [MellonParam.seed()], "block_name": "denoise"}
    MellonPipelineConfig({"custom": spec, "denoiser": stage, "none": None}).save(tmp_path)
    config, warnings = read_config(tmp_path)
    assert not warnings
    assert list(node_config(config)["params"]) == ["prompt"]
    assert list(node_config(config, "denoise")["params"]) == ["seed"]
    assert node_config(config, "decode") == {} == node_config({})


def test_a_written_config_gives_the_same_ports(tmp_path: Path) -> None:
    inputs = (
        *(Port(name=f"x{number}", type=kind, title="X", default=default, widget=widget)
          for number, (_, kind, widget, default) in enumerate(WIDGETS.values())),
        Port(name="must", type="string", title="Must", widget=TEXT, required=True),
        Port(name="many", type="list[string]", title="Many", widget=Widget(kind="json")),
        Port(name="folded", type="tensor", title="Folded", advanced=True),
    )  # fmt: skip
    outputs = (Port(name="x0", type="string", title="X"), Port(name="more", type="any", title="More", advanced=True))
    (tmp_path / FILE).write_text(json.dumps({"node_params": {"custom": write_node(inputs, outputs, ["vae"])}}))
    found = lay_over(inputs, outputs, node_config(read_config(tmp_path)[0]))
    assert (found.inputs, found.outputs, found.warnings) == (inputs, outputs, ())


def test_writing_anew_keeps_what_the_author_changed() -> None:
    fresh = write_node(PORTS, [], [])
    edited = {"params": {"b": {"label": "Mine"}, "gone": {}}, "input_names": ["b", "gone", "a"]}
    found = merged(fresh, edited)
    assert found["params"]["b"] == {"label": "Mine"}
    assert found["input_names"] == ["b", "a", "c", "d"]
    assert set(found["params"]) == {"a", "b", "c", "d"}


# Stages of a pipeline


def stage_config(models: Path, folder: Path, denoise: dict[str, Any]) -> Direct:
    """The tiny pipeline, whose author says how the node of its denoise stage looks."""
    shutil.copytree(models / "tiny" / "sdxl", folder / "said")
    text = json.dumps({"label": "X", "node_params": {"denoise": denoise, "decoder": None}})
    (folder / "said" / "mellon_pipeline_config.json").write_text(text)
    return Direct(folder / "data", folder)


def test_the_config_of_a_pipelines_repo_is_laid_over_its_stages(models: Path, tmp_path: Path) -> None:
    params = {
        "num_inference_steps": {"label": "How many steps", "type": "int", "display": "slider", "min": 1, "max": 90},
        "unet": {"label": "UNet", "type": "diffusers_auto_model"},
        "guidance_scale": {"label": "CFG", "type": "float"},
    }
    denoise = {"params": params, "input_names": ["num_inference_steps", "guidance_scale"], "block_name": "denoise"}
    direct = stage_config(models, tmp_path, denoise)
    ref = direct.ref("said", workflow="text2image")
    said = direct.resolve("diffusion.block", {"block": "denoise"}, {"pipeline": ref})
    shown = [port.name for port in said.interface.inputs if not port.advanced]
    assert shown == ["pipeline", "num_inference_steps", "embeddings"] and said.warnings == ()
    steps = said.interface.input("num_inference_steps")
    assert steps and steps.widget and (steps.title, steps.widget.max) == ("How many steps", 90)
    plain = direct.resolve("diffusion.block", {"block": "decode"}, {"pipeline": ref}).interface
    own = Direct(tmp_path / "other", models)
    known = {"pipeline": own.ref("tiny/sdxl", workflow="text2image")}
    assert plain == own.resolve("diffusion.block", {"block": "decode"}, known).interface
    unsaid = own.resolve("diffusion.block", {"block": "denoise"}, known).interface
    assert {port.name for port in unsaid.inputs} == {port.name for port in said.interface.inputs}


def test_a_damaged_config_of_a_pipelines_repo_is_a_warning_of_load_pipeline(models: Path, tmp_path: Path) -> None:
    direct = stage_config(models, tmp_path, {"params": []})
    (warning,) = direct.resolve("diffusion.pipeline", {"repo": "said"}, {}).warnings
    assert (warning.code, warning.port) == ("block_warning", "repo") and "mellon_pipeline_config" in warning.message
    ref = direct.ref("said", workflow="text2image")
    assert direct.resolve("diffusion.block", {"block": "denoise"}, {"pipeline": ref}).interface.input("height")


def test_parts_look_in_one_node_as_their_authors_say(models: Path, tmp_path: Path) -> None:
    direct = Direct(tmp_path, models)
    blocks.expander(tmp_path / "blocks" / "expander")
    direct.side.states["components"].repos.approvals.approve("expander", ANY_COMMIT)
    parts = [{"name": "more", "block": "", "repo": "expander"}, {"name": "encode", "block": "text_encoder"}]
    known = {"pipeline": direct.ref("tiny/sdxl", workflow="text2image")}
    made = direct.resolve("diffusion.block", {"parts": parts}, known)
    alone = direct.resolve("diffusion.custom", {"repo": "expander"}, {}).interface
    for name in ("old_prompt", "style", "repeat"):
        assert made.interface.input(name) == alone.input(name)
    encoder = direct.resolve("diffusion.block", {"block": "text_encoder"}, known).interface
    assert made.interface.input("clip_skip") == encoder.input("clip_skip") and made.warnings == ()
    assert made.interface.input("repeat").advanced and not made.interface.input("style").advanced  # type: ignore[union-attr]
