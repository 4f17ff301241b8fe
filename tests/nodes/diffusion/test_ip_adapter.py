"""Load IP-Adapter: a pipeline whose UNet follows a picture, what it shares with the plain one, and what it refuses."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from engine.errors import NodeError
from engine.graph.document import Graph, NodeId, load_graph
from nodes.diffusion.ip_adapter import IMAGE
from tests.fakes.block_edits import Editor
from tests.fakes.diffusion import Direct
from tests.fakes.hub import FakeHub
from tests.fakes.parity import comparable
from tests.fakes.pictures import picture
from tests.fakes.tiny import tiny_ip_adapters
from tests.fakes.tiny.ip_adapter import DEEP_WIDTHS, FACE, OTHER, PLAIN, PLUS
from tests.fakes.tiny.stable_diffusion import tiny_sdxl_deep
from tests.nodes.diffusion.test_custom import code, local

REPO = "tiny/ip-adapter"
SIZES = {"height": 128, "width": 128, "num_inference_steps": 2, "prompt": "a red circle"}


@pytest.fixture(scope="module")
def folder(models: Path) -> Path:
    return tiny_ip_adapters(models / REPO)


@pytest.fixture
def direct(folder: Path, models: Path, tmp_path: Path) -> Direct:
    return Direct(tmp_path, models)


def adapted(direct: Direct, pipeline: Any = None, **params: Any) -> dict[str, Any]:
    """The ref that Load IP-Adapter makes of the tiny SDXL, or of `pipeline`."""
    ref = pipeline or direct.ref("tiny/sdxl", workflow="text2image")
    given = {"repo": REPO, "weights": PLAIN, **params, "pipeline": ref}
    outputs = direct.resolve("diffusion.ip_adapter", given, {"pipeline": ref}).outputs
    assert outputs is not None
    return dict(outputs["pipeline"])


def problem(direct: Direct, repo: str = "tiny/sdxl", adapter: str = REPO, **params: Any) -> tuple[str, str | None, str]:
    """Code, port and words of what is wrong with Load IP-Adapter behind Load pipeline."""
    load = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": repo}}
    node = {"id": "adapter", "type": "diffusion.ip_adapter", "params": {"repo": adapter, **params}}
    edge = {"source": "load", "sourceHandle": "pipeline", "target": "adapter", "targetHandle": "pipeline"}
    compiled = direct.settle(load_graph({"format": "blockloom/1", "nodes": [load, node], "edges": [edge]}))
    (found,) = compiled.problems
    assert found.node == "adapter" and found.remedy
    return found.code, found.port, found.message


def drawn(direct: Direct, ref: dict[str, Any], **given: Any) -> Any:
    return comparable(direct.block(ref, "", seed=7, **SIZES, **given)["images"])


def models_of(direct: Direct) -> dict[tuple[str, str], int]:
    assert direct.side.models is not None
    return {(model.repo, model.name): model.size for model in direct.side.models.models()}


def test_the_adapter_is_plain_data_with_its_commit_and_the_workflow_takes_a_picture(direct: Direct) -> None:
    ref = adapted(direct, scale=0.5)
    commit = ref["ip_adapters"][0]["commit"]
    assert commit.startswith("local")
    assert ref["ip_adapters"] == [{"repo": REPO, "commit": commit, "file": PLAIN, "scale": 0.5}]
    assert ref["components"] == {
        "image_encoder": {"repo": REPO, "commit": commit, "subfolder": "sdxl_models/image_encoder"}
    }
    assert ref["workflow"] == "ip_adapter_text2image"


def test_the_lock_holds_the_adapter_s_commit(direct: Direct) -> None:
    given = {"repo": REPO, "weights": PLAIN}
    pipeline = direct.ref("tiny/sdxl", workflow="text2image")
    resolved = direct.resolve("diffusion.ip_adapter", given, {"pipeline": pipeline})
    assert dict(resolved.repos) == {REPO: adapted(direct)["ip_adapters"][0]["commit"]}


def test_the_files_that_may_be_adapters_are_offered(direct: Direct) -> None:
    interface = direct.resolve("diffusion.ip_adapter", {"repo": REPO}, {}).interface
    port = interface.input("weights")
    assert port is not None and port.widget is not None
    assert (port.required, port.widget.kind, port.widget.options) == (True, "combobox", (FACE, OTHER, PLUS, PLAIN))


def test_the_scale_decides_how_much_it_counts(direct: Direct) -> None:
    given = {"ip_adapter_image": picture()}
    none, some, all_of_it = (drawn(direct, adapted(direct, scale=scale), **given) for scale in (0, 0.5, 1))
    plain = drawn(direct, direct.ref("tiny/sdxl", workflow="text2image"))
    assert none == plain != some != all_of_it


def test_scales_by_layer_take_the_place_of_the_scale(direct: Direct) -> None:
    given = {"ip_adapter_image": picture()}
    all_layers = {"down": {"block_1": 1.0}, "mid": 1.0, "up": {"block_0": [1.0, 1.0]}}
    every = drawn(direct, adapted(direct, layers=all_layers), **given)
    one = drawn(direct, adapted(direct, layers={"up": {"block_0": [0.0, 1.0]}}), **given)
    assert every == drawn(direct, adapted(direct), **given) != one


def test_the_plain_unet_stays_as_it_is_and_its_weights_are_in_memory_once(direct: Direct, folder: Path) -> None:
    plain = direct.ref("tiny/sdxl", workflow="text2image")
    before = drawn(direct, plain)
    drawn(direct, adapted(direct), ip_adapter_image=picture())
    drawn(direct, adapted(direct, adapted(direct), weights=PLUS), ip_adapter_image=[picture(), picture()])
    assert drawn(direct, plain) == before
    sizes = models_of(direct)
    stored = sum(tensor.nbytes for tensor in load_file(folder / PLAIN).values())
    assert sizes["tiny/sdxl", "unet"] > 10 * stored
    assert stored <= sizes[REPO, "ip_adapter"] < 10 * stored
    assert direct.side.models is not None
    direct.side.models.free("unet")
    assert {name for _, name in models_of(direct)} & {"unet", "ip_adapter"} == set()


def test_several_pictures_go_to_the_one_adapter(direct: Direct) -> None:
    ref, other = adapted(direct), picture().rotate(90)
    both = drawn(direct, ref, ip_adapter_image=[picture(), other])
    assert both not in (drawn(direct, ref, ip_adapter_image=each) for each in (picture(), other))


def test_each_of_several_adapters_has_its_picture(direct: Direct) -> None:
    ref = adapted(direct, adapted(direct), weights=PLUS)
    with pytest.raises(NodeError, match="2 IP-Adapters and pictures for 3"):
        direct.block(ref, "", **SIZES, ip_adapter_image=[picture()] * 3)


def test_an_encoder_of_another_repo_is_taken_where_the_adapter_s_has_none(
    direct: Direct, models: Path, folder: Path
) -> None:
    alone = models / "tiny" / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(folder / PLAIN, alone / "style.safetensors")
    assert problem(direct, adapter="tiny/alone")[:2] == ("missing_component", "image_encoder")
    component = direct.run("diffusion.component", {"repo": REPO, "subfolder": "sdxl_models/image_encoder"})[0]
    pipeline = direct.ref("tiny/sdxl", workflow="text2image")
    known = {"pipeline": pipeline, "image_encoder": component["component"]}
    outputs = direct.resolve("diffusion.ip_adapter", {"repo": "tiny/alone"}, known).outputs
    assert outputs is not None
    assert outputs["pipeline"]["components"]["image_encoder"]["repo"] == REPO


def test_weights_of_another_kind_of_model_are_refused(direct: Direct) -> None:
    assert problem(direct, weights=OTHER) == (
        "ip_adapter_misfit", "weights",
        "The IP-Adapter is made for a cross-attention of 24, and that of 'tiny/sdxl' is 32 wide.",
    )  # fmt: skip


def test_face_embeddings_are_refused_by_name(direct: Direct) -> None:
    code, port, message = problem(direct, weights=FACE)
    assert (code, port) == ("not_an_ip_adapter", "weights") and "FaceID" in message


def test_a_file_that_is_not_there_is_named_with_those_that_are(direct: Direct) -> None:
    assert problem(direct, weights="sdxl_models/none.safetensors")[:2] == ("missing_file", "weights")


def test_weights_of_something_else_are_no_adapter(direct: Direct, models: Path, folder: Path) -> None:
    lora = models / REPO / "lora.safetensors"
    save_file({"unet.up.lora_A.weight": next(iter(load_file(folder / PLAIN).values()))}, lora)
    try:
        assert problem(direct, weights="lora.safetensors")[:2] == ("not_an_ip_adapter", "weights")
    finally:
        lora.unlink()


def test_a_family_without_adapters_says_so(direct: Direct) -> None:
    assert problem(direct, "tiny/flux", weights=PLAIN)[:2] == ("no_ip_adapter", "pipeline")


def test_style_and_layout_are_layers_of_the_usual_unet(direct: Direct, models: Path) -> None:
    tiny_sdxl_deep(models / "tiny" / "sdxl-deep")
    tiny_ip_adapters(models / "tiny" / "ip-adapter-deep", DEEP_WIDTHS)
    deep = direct.ref("tiny/sdxl-deep", workflow="text2image")
    styled = adapted(direct, deep, repo="tiny/ip-adapter-deep", part="style", scale=0.5)
    assert styled["ip_adapters"][0]["scale"] == {"up": {"block_0": [0.0, 0.5, 0.0]}}
    layers = {"down": {"block_2": [0.0, 1.0]}, "up": {"block_0": [0.0, 1.0, 0.0]}}
    both = [
        adapted(direct, deep, repo="tiny/ip-adapter-deep", **how)
        for how in ({"part": "style and layout"}, {"layers": layers})
    ]
    given = {"ip_adapter_image": picture()}
    assert both[0] == both[1] and drawn(direct, both[0], **given) != drawn(direct, styled, **given)


def test_layers_of_another_unet_are_refused(direct: Direct) -> None:
    assert problem(direct, weights=PLAIN, part="layout")[:2] == ("ip_adapter_misfit", "part")
    for wrong in (0.5, {"up": "all"}, ["up"], [["up", 1.0]], [[1, 2, 3]], [], "all"):
        assert problem(direct, weights=PLAIN, layers=wrong)[1] == "layers"


def test_scales_for_layers_that_the_unet_has_not_are_refused(direct: Direct) -> None:
    for layers in ({"up": {"block_7": [0.0]}}, {"top": 1.0}, {"up": {"block_0": [0.0, 1.0, 0.0]}}):
        assert problem(direct, weights=PLAIN, layers=layers)[:2] == ("ip_adapter_misfit", "layers")


def test_a_unet_that_is_none_is_told(direct: Direct) -> None:
    ref = adapted(direct)
    other = ref | {"components": {"unet": ref["components"]["image_encoder"]}}
    given = {"repo": REPO, "weights": PLAIN, "pipeline": other}
    (found,) = direct.resolve("diffusion.ip_adapter", given, {"pipeline": other}).problems
    assert (found.code, found.port) == ("ip_adapter_misfit", "pipeline") and found.remedy
    assert "no UNet2DConditionModel" in found.message


def test_a_repo_without_weights_is_no_adapter_s(direct: Direct) -> None:
    assert problem(direct, adapter="tiny/sdxl")[:2] == ("missing_file", "repo")
    assert problem(direct, adapter="tiny/nothing")[:2] == ("missing_repo", "repo")


def test_pickles_are_refused_unless_allowed(models: Path, tmp_path: Path) -> None:
    bins = tmp_path / "models" / "bins"
    bins.mkdir(parents=True)
    (bins / "ip-adapter.bin").write_bytes(b"no pickle")
    with pytest.raises(NodeError, match=r"ip-adapter\.bin of repo 'bins' are a pickle"):
        Direct(tmp_path, tmp_path / "models").resolve("diffusion.ip_adapter", {"repo": "bins"}, {})


@pytest.mark.parametrize("file", ["../sdxl/unet/diffusion_pytorch_model.safetensors", "old.bin", "README.md"])
def test_a_ref_made_by_hand_can_t_name_other_files(direct: Direct, folder: Path, file: str) -> None:
    for name in ("old.bin", "README.md"):
        (folder / name).touch()
    try:
        ref = adapted(direct)
        named = ref | {"ip_adapters": [ref["ip_adapters"][0] | {"file": file}]}
        with pytest.raises(NodeError, match=r"are a pickle" if file == "old.bin" else "has no weights"):
            direct.block(named, "ip_adapter", ip_adapter_image=[picture()])
    finally:
        for name in ("old.bin", "README.md"):
            (folder / name).unlink()


def test_a_workflow_with_a_picture_needs_the_adapter(direct: Direct) -> None:
    ref = direct.ref("tiny/sdxl", workflow="ip_adapter_text2image")
    resolved = direct.resolve("diffusion.block", {}, {"pipeline": ref})
    assert [(each.code, each.port) for each in resolved.problems] == [("missing_ip_adapter", "pipeline")]
    assert direct.resolve("diffusion.block", {}, {"pipeline": adapted(direct)}).problems == ()


def test_stages_must_agree_on_the_adapter(direct: Direct) -> None:
    ref, plain = adapted(direct), direct.ref("tiny/sdxl", workflow="ip_adapter_text2image")
    text = direct.block(ref, "text_encoder", prompt="a red circle")["embeddings"]
    seen = direct.block(ref, "ip_adapter", ip_adapter_image=[picture()])["embeddings"]
    sizes = {name: value for name, value in SIZES.items() if name != "prompt"}
    with pytest.raises(NodeError, match="no picture for it in the embeddings"):
        direct.block(ref, "denoise", embeddings=[text], **sizes)
    with pytest.raises(NodeError, match="the pipeline has no IP-Adapter"):
        direct.block(plain, "denoise", embeddings=[text, seen], **sizes)
    assert direct.block(ref, "denoise", embeddings=[text, seen], **sizes)["latents"].shape == (1, 4, 16, 16)


@pytest.fixture
def hub(folder: Path, tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.use(patch, tmp_path / "cache")
        hub.upload("org/adapters", folder)
        yield hub


def test_the_lock_decides_on_the_adapter_s_commit(hub: FakeHub, models: Path, folder: Path, tmp_path: Path) -> None:
    direct = Direct(tmp_path / "data", models, settings={"offline": False})
    first, second = hub.upload("org/other", folder), hub.commit("org/other", {"README.md": "Two."})
    document = graph().model_dump(mode="json")
    document["nodes"][2]["params"]["repo"] = "org/other"
    for lock, commit in (({}, second), ({"org/other": {"commit": first}}, first)):
        compiled = direct.settle(load_graph(document | {"lock": {"repos": lock}}))
        ref = (compiled.nodes[NodeId("adapter")].known or {})["pipeline"]
        assert [ref["ip_adapters"][0]["commit"], compiled.graph.lock.repos["org/other"].commit] == [commit] * 2


def test_from_the_hub_only_what_is_used_is_downloaded(hub: FakeHub, models: Path, tmp_path: Path) -> None:
    direct = Direct(tmp_path / "data", models, settings={"offline": False})
    ref = adapted(direct, repo="org/adapters")
    assert len(ref["ip_adapters"][0]["commit"]) == 40
    here = [path.name for path in (tmp_path / "cache").rglob("*.safetensors")]
    assert here == []
    drawn(direct, ref, ip_adapter_image=picture())
    here = sorted(path.name for path in (tmp_path / "cache").rglob("*.safetensors"))
    assert here == ["ip-adapter_sdxl.safetensors", "model.safetensors"]
    assert json.dumps(ref)


# One node ⇄ many


def graph(pictures: int = 1) -> Graph:
    """Load pipeline, Load IP-Adapter and the pipeline as one node, `draw`, with this many pictures."""
    shown = [{"id": f"picture_{number}", "type": "test.picture"} for number in range(pictures)]
    nodes = [
        {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "tiny/sdxl", "workflow": "text2image"}},
        {"id": "adapter", "type": "diffusion.ip_adapter", "params": {"repo": REPO, "weights": PLAIN}},
        {"id": "draw", "type": "diffusion.block", "params": {"seed": 7, **SIZES}},
    ]
    ends = [("load", "pipeline", "adapter", "pipeline"), ("adapter", "pipeline", "draw", "pipeline")]
    ends += [(node["id"], "image", "draw", IMAGE) for node in shown]
    names = ("source", "sourceHandle", "target", "targetHandle")
    edges = [dict(zip(names, each, strict=True)) for each in ends]
    return load_graph({"format": "blockloom/1", "nodes": [*shown, *nodes], "edges": edges})


def test_it_expands_into_stages_and_collapses_again_with_the_same_picture(direct: Direct) -> None:
    editor, whole = Editor(direct), graph()
    stages = editor.expand(whole, "draw").applied(whole)
    ids = [node.id for node in stages.nodes if node.type == "diffusion.block"]
    one = editor.collapse(stages, ids).applied(stages)
    (last,) = [node.id for node in one.nodes if node.type == "diffusion.block"]
    assert len(ids) == 4 and [direct.settle(each).problems for each in (stages, one)] == [(), ()]
    pictures = [editor.pictures(whole, "draw"), editor.pictures(stages, ids[-1]), editor.pictures(one, last)]
    assert pictures[0] == pictures[1] == pictures[2]


def test_the_stage_that_sees_takes_all_edges_of_pictures(direct: Direct) -> None:
    whole = graph(pictures=2)
    stages = Editor(direct).expand(whole, "draw").applied(whole)
    ends = [(edge.source, edge.target) for edge in stages.edges if edge.targetHandle == IMAGE]
    assert sorted(ends) == [("picture_0", "ip_adapter"), ("picture_1", "ip_adapter")]


def test_what_has_an_adapter_in_its_unet_is_not_published(direct: Direct) -> None:
    with pytest.raises(NodeError, match="what is published would be without it"):
        Editor(direct).publish(graph(), ["draw"], "mine")


def test_a_custom_block_runs_with_the_adapted_unet_of_a_pipeline(direct: Direct, tmp_path: Path) -> None:
    looks = code(
        before="from diffusers import UNet2DConditionModel",
        outputs='OutputParam("kind", type_hint=str)',
        body="b.kind = type(components.unet.encoder_hid_proj).__name__",
        extra='expected_components = [ComponentSpec("unet", UNet2DConditionModel)]',
    )
    local(direct.side.states["components"].repos, tmp_path / "blocks", "looks", looks)
    given = {"repo": "looks"}
    seen = [
        direct.run("diffusion.custom", given | {"pipeline": ref})[0]["kind"]
        for ref in (direct.ref("tiny/sdxl", workflow="text2image"), adapted(direct))
    ]
    assert seen == ["NoneType", "MultiIPAdapterImageProjection"]
