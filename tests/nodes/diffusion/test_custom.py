"""The custom block node: from a repo id to ports and results, in all its states, with components from everywhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.catalogue.define import NodeView
from engine.errors import NodeError
from nodes.diffusion.custom import DEFINITION, fitting_workflow, resolve
from nodes.diffusion.repos import Repos
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.diffusion import Direct, DirectContext
from tests.fakes.hub import FakeHub
from tests.fakes.pictures import picture

CUSTOM = "diffusion.custom"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blocks")


@pytest.fixture(scope="module")
def direct(models: Path, place: Path, tmp_path_factory: pytest.TempPathFactory) -> Direct:
    return Direct(tmp_path_factory.mktemp("data"), models, settings={"blocks": str(place), "offline": False})


@pytest.fixture(scope="module")
def repos(direct: Direct) -> Repos:
    found: Repos = direct.side.states["components"].repos
    return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    with FakeHub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.use(patch, tmp_path_factory.mktemp("cache"))
        yield hub


def local(repos: Repos, place: Path, name: str, code: str) -> None:
    """An approved folder of blocks with the class `Block` in `code`."""
    blocks.write(place / name, "block.Block", {"block.py": code})
    repos.approvals.approve(name, ANY_COMMIT)


def code(inputs: str = "", outputs: str = "", body: str = "pass", before: str = "", extra: str = "") -> str:
    """A block: `inputs` and `outputs` are lists in Python, `body` sees `state` and `components`."""
    return f"""
import torch
from PIL import Image
from diffusers import AutoencoderKL, ComponentSpec
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
{before}

class Block(ModularPipelineBlocks):
    description = "A block."
    inputs = [{inputs}]
    intermediate_outputs = [{outputs}]
    {extra}

    def __call__(self, components, state):
        b = self.get_block_state(state)
        {body}
        self.set_block_state(state, b)
        return components, state
"""


def refusal(direct: Direct, **params: Any) -> tuple[str, str | None, str]:
    """Code, port and remedy of what is said of a node with these params."""
    with pytest.raises(NodeError) as caught:
        direct.resolve(CUSTOM, params, {})
    problem = caught.value.problems[0]
    return problem.code, problem.port, problem.remedy


# States


def test_without_a_repo_it_asks_for_one() -> None:
    view = NodeView(params={}, known={}, connected=frozenset(), descriptions={}, lock={})
    resolved = resolve(view)
    assert resolved.interface == DEFINITION.type.interface
    assert [port.name for port in resolved.interface.inputs] == ["repo", "pipeline"]


def test_until_it_is_described_it_is_pending_at_the_locked_commit() -> None:
    lock = {"org/a": "1" * 40, "org/a@v1": "2" * 40, "mine": "local1"}
    asked = {}
    for text in ("org/a", " org/a @ v1 ", "org/b@v2", "mine"):
        view = NodeView(params={"repo": text}, known={}, connected=frozenset(), descriptions={}, lock=lock)
        (need,) = resolve(view).interface.needs
        asked[text] = (need.request["repo"], need.request["revision"])
    assert asked == {
        "org/a": ("org/a", "1" * 40),
        " org/a @ v1 ": ("org/a", "2" * 40),
        "org/b@v2": ("org/b", "v2"),
        "mine": ("mine", None),
    }


def test_code_of_the_hub_runs_only_at_the_approved_commit(
    direct: Direct, repos: Repos, hub: FakeHub, tmp_path: Path
) -> None:
    hub.upload("acme/expander", blocks.expander(tmp_path))
    problem, port, remedy = refusal(direct, repo="acme/expander")
    assert (problem, port) == ("needs_approval", "repo") and remedy
    first = hub.repos["acme/expander"].refs["main"]
    repos.approvals.approve("acme/expander", first)
    resolved = direct.resolve(CUSTOM, {"repo": f"acme/expander@{first}"}, {})
    assert [port.name for port in resolved.interface.inputs] == ["repo", "old_prompt", "style", "repeat", "pipeline"]
    assert resolved.repos == {f"acme/expander@{first}": first}
    second = hub.commit("acme/expander", {"styles.py": "STYLES = {'plain': '', 'rich': 'in red'}"})
    assert refusal(direct, repo=f"acme/expander@{second}")[0] == "needs_approval"


def test_two_commits_of_a_repo_run_side_by_side(direct: Direct, repos: Repos, hub: FakeHub) -> None:
    commits = [hub.commit("acme/two", files, fresh=True) for files in (worded("one"), worded("two"), worded("one"))]
    for commit in commits:
        repos.approvals.approve("acme/two", commit)
    said = [direct.run(CUSTOM, {"repo": f"acme/two@{commit}"})[0]["word"] for commit in commits]
    assert said == ["one", "two", "one"]


def worded(word: str) -> dict[str, str | bytes | None]:
    """A repo whose helper knows the word that its block says."""
    block = code(outputs='OutputParam("word", type_hint=str)', body="b.word = WORD", before="from helper import WORD")
    config = '{"auto_map": {"ModularPipelineBlocks": "block.Block"}}'
    return {"block.py": block, "helper.py": f"WORD = {word!r}", "modular_config.json": config}


def test_code_finds_the_files_beside_it(direct: Direct, repos: Repos, hub: FakeHub) -> None:
    files = worded("")
    read = "(Path(__file__).parent / 'data' / 'words.yaml').read_text()"
    files["helper.py"] = f"from pathlib import Path\nWORD = {read}"
    repos.approvals.approve("acme/data", hub.commit("acme/data", {**files, "data/words.yaml": "hello"}))
    assert direct.run(CUSTOM, {"repo": "acme/data"})[0]["word"] == "hello"


def test_a_revoked_approval_holds_at_once(direct: Direct, repos: Repos, place: Path) -> None:
    local(repos, place, "taken-back", code(outputs='OutputParam("x", type_hint=int)', body="b.x = 1"))
    params = {"repo": "taken-back"}
    assert direct.run(CUSTOM, params)[0] == {"x": 1}
    resolved = direct.resolve(CUSTOM, params, {})
    repos.approvals.revoke("taken-back")
    assert refusal(direct, **params)[0] == "needs_approval"
    with pytest.raises(NodeError) as caught:
        DEFINITION.function(context=DirectContext(direct.side, {"x": "int"}), **params, **resolved.bound)  # type: ignore[misc]
    assert caught.value.problems[0].code == "needs_approval"


def test_missing_packages_are_named_with_what_installs_them(direct: Direct, repos: Repos, place: Path) -> None:
    needed = {"not-there": ">=1.5", "numpy": "", "pillow": "<1"}
    blocks.write(place / "needy", "block.Block", {"block.py": code()}, requirements=needed)
    repos.approvals.approve("needy", ANY_COMMIT)
    assert refusal(direct, repo="needy") == (
        "missing_requirements", "repo", "Install them where Blockloom runs: pip install 'not-there>=1.5'",
    )  # fmt: skip
    blocks.write(place / "needy", "block.Block", {"block.py": code()}, requirements={"pillow": "<1"})
    (warning,) = direct.resolve(CUSTOM, {"repo": "needy"}, {}).warnings
    assert warning.message.startswith("The code of the block asks for pillow<1; ")


def test_a_repo_without_blocks_is_refused(direct: Direct, place: Path) -> None:
    (place / "empty").mkdir()
    assert refusal(direct, repo="empty")[:2] == ("not_a_pipeline", "repo")
    assert refusal(direct, repo="../out")[:2] == ("missing_repo", "repo")


# Ports


def test_a_block_without_config_shows_all_its_inputs(direct: Direct, repos: Repos, place: Path) -> None:
    inputs = ", ".join([
        'InputParam("image", type_hint=Image.Image, required=True)',
        'InputParam("amount", default=0.5)',
        'InputParam("mode", default="soft", metadata={"mellon": "textbox"})',
        'InputParam("anything")',
        'InputParam("repo", type_hint=str, default="x")',
    ])  # fmt: skip
    outputs = 'OutputParam("image", type_hint=Image.Image), OutputParam("said", type_hint=str)'
    local(repos, place, "plain", code(inputs, outputs, "b.said = f'{b.amount} {b.mode} {b.repo} {b.anything}'"))
    resolved = direct.resolve(CUSTOM, {"repo": "plain"}, {})
    shown = {port.name: (port.type, port.widget and port.widget.kind) for port in resolved.interface.inputs}
    assert shown == {
        "repo": ("string", "repo"), "image": ("image", None), "amount": ("float", "number"),
        "mode": ("string", "multiline"), "anything": ("any", shown["anything"][1]), "repo_": ("string", "text"),
        "pipeline": ("pipeline", None),
    }  # fmt: skip
    assert [port.name for port in resolved.interface.inputs if port.advanced] == ["pipeline"]
    made, _ = direct.run(CUSTOM, {"repo": "plain", "image": picture(), "repo_": "y", "anything": [1]})
    assert made["said"] == "0.5 soft y [1]"
    assert made["image"].tobytes() == picture().tobytes()


def test_a_malformed_config_is_a_warning(direct: Direct, repos: Repos, place: Path) -> None:
    blocks.expander(place / "odd", config={"node_params": []})
    repos.approvals.approve("odd", ANY_COMMIT)
    resolved = direct.resolve(CUSTOM, {"repo": "odd"}, {})
    assert [warning.message for warning in resolved.warnings] == [
        "mellon_pipeline_config.json is ignored: it has no `node_params`."
    ]
    assert len(resolved.interface.inputs) == 5


def test_a_whole_pipeline_takes_the_workflow_that_fits_what_is_connected(direct: Direct) -> None:
    def chosen(params: dict[str, Any], *connected: str) -> Any:
        resolved = direct.resolve(CUSTOM, {"repo": "tiny/sdxl", **params}, {}, connected)
        return resolved.bound["source"]["workflow"]

    assert chosen({}) == "text2image"
    assert chosen({"prompt": "a"}, "image") == "image2image"
    assert chosen({"prompt": "a"}, "image", "mask_image") == "inpainting"
    assert chosen({"prompt": "a", "workflow": "text2image"}, "image") == "text2image"


def test_of_the_workflows_that_can_run_the_one_that_uses_most_is_taken() -> None:
    asks = {"a": ["prompt"], "b": ["prompt", "image"], "c": ["prompt", "image", "mask"], "d": []}
    assert [fitting_workflow(asks, given) for given in ([], ["image"], ["prompt"], ["prompt", "image", "x"])] == [
        None, None, "a", "b",
    ]  # fmt: skip


def test_a_whole_pipeline_equals_the_block_node(direct: Direct) -> None:
    given = {"prompt": "a large red circle", "num_inference_steps": 2, "seed": 3, "height": 128, "width": 128}
    own, _ = direct.run(CUSTOM, {"repo": "tiny/sdxl", "workflow": "text2image", **given})
    same = direct.block(direct.ref("tiny/sdxl", workflow="text2image"), "", **given)
    assert own["images"][0].tobytes() == same["images"][0].tobytes()


def test_names_that_the_node_has_itself_stay_the_blocks(direct: Direct, repos: Repos, place: Path) -> None:
    names = [
        "repo",
        "pipeline",
        "workflow",
        "source",
        "context",
        "block",
        "parts",
        "commits",
        "components",
        "path",
        "ref",
    ]
    inputs = ", ".join(f'InputParam("{name}", type_hint=str, default="")' for name in names)
    body = f"b.said = [getattr(b, name) for name in {names}]"
    local(repos, place, "names", code(inputs, 'OutputParam("said", type_hint=list)', body))
    ports = [port.name for port in direct.resolve(CUSTOM, {"repo": "names"}, {}).interface.inputs]
    own = [name for name in ports if name not in ("repo", "pipeline")]
    made, _ = direct.run(CUSTOM, {"repo": "names", **{name: name.rstrip("_") for name in own}})
    assert made["said"] == names


def test_a_seed_reaches_blocks_that_take_one(direct: Direct, repos: Repos, place: Path) -> None:
    out = 'OutputParam("drawn", type_hint=list)'
    both = 'InputParam("seed", type_hint=int), InputParam("generator")'
    local(repos, place, "seeded", code(both, out, "b.drawn = [b.seed, b.generator.initial_seed()]"))
    inputs = direct.resolve(CUSTOM, {"repo": "seeded"}, {}).interface.inputs
    assert [port.name for port in inputs] == ["repo", "seed", "generator", "pipeline"]
    assert direct.run(CUSTOM, {"repo": "seeded", "seed": 7})[0]["drawn"] == [7, 7]


def test_choices_in_a_hint_are_a_select(direct: Direct, repos: Repos, place: Path) -> None:
    inputs = 'InputParam("mode", type_hint=Literal["a", "b"]), InputParam("size", type_hint=Literal[1, 2], default=2)'
    local(repos, place, "chooses", code(inputs, before="from typing import Literal"))
    interface = direct.resolve(CUSTOM, {"repo": "chooses"}, {}).interface
    found = [(port.type, port.widget and (port.widget.kind, port.widget.options)) for port in interface.inputs[1:3]]
    assert found == [("string", ("select", ("a", "b"))), ("int", ("select", (1, 2)))]


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ('InputParam("my input")', "'my input', which is no name"),
        ('"text"', "AttributeError"),
        ("1 / 0", "ZeroDivision"),
    ],
)
def test_inputs_that_are_none_are_told(direct: Direct, repos: Repos, place: Path, inputs: str, says: str) -> None:
    local(repos, place, "bad-inputs", code(inputs))
    with pytest.raises(NodeError, match=says):
        direct.resolve(CUSTOM, {"repo": "bad-inputs"}, {})


# Components

VAE = 'expected_components = [ComponentSpec("vae", AutoencoderKL{where})]'
SHAPE = 'OutputParam("shape", type_hint=list)'


def test_a_component_without_a_place_comes_from_the_connected_pipeline(
    direct: Direct, repos: Repos, place: Path
) -> None:
    local(repos, place, "shares", code("", SHAPE, "b.shape = list(components.vae.post_quant_conv.weight.shape)",
                                       extra=VAE.format(where="")))  # fmt: skip
    port = direct.resolve(CUSTOM, {"repo": "shares"}, {}).interface.input("pipeline")
    assert port is not None and port.required and not port.advanced
    loads = direct.side.states["components"].loads()
    for repo in ("tiny/sdxl", "tiny/sdxl", "tiny/flux"):
        made, _ = direct.run(CUSTOM, {"repo": "shares", "pipeline": direct.ref(repo)})
        assert made["shape"] == [4, 4, 1, 1]
    assert direct.side.states["components"].loads() - loads <= 2


def test_a_component_that_no_one_has_is_named(direct: Direct, repos: Repos, place: Path) -> None:
    local(repos, place, "lacks", code(extra=VAE.format(where="").replace('"vae"', '"other_vae"')))
    with pytest.raises(NodeError, match="needs a component 'other_vae', which 'tiny/sdxl' has not either") as caught:
        direct.run(CUSTOM, {"repo": "lacks", "pipeline": direct.ref("tiny/sdxl")})
    assert caught.value.problems[0].code == "missing_component"


def test_a_component_may_come_from_another_repo(
    direct: Direct, repos: Repos, place: Path, hub: FakeHub, models: Path
) -> None:
    files = {f"parts/{path.name}": path.read_bytes() for path in (models / "tiny" / "sdxl" / "vae").iterdir()}
    commit = hub.commit("org/weights", dict(files))
    where = ', pretrained_model_name_or_path="org/weights", subfolder="parts"'
    local(repos, place, "points", code("", SHAPE, "b.shape = [1, components.vae.config.latent_channels]",
                                       extra=VAE.format(where=where)))  # fmt: skip
    resolved = direct.resolve(CUSTOM, {"repo": "points"}, {})
    assert resolved.repos == {"points": repos.locate("points").commit, "org/weights": commit}
    assert direct.run(CUSTOM, {"repo": "points"})[0]["shape"] == [1, 4]


def test_code_of_another_repo_is_not_run_along(direct: Direct, repos: Repos, place: Path, hub: FakeHub) -> None:
    mark = place / "ran"
    model = f"open({str(mark)!r}, 'w').close()\nclass Model: pass"
    config = '{"auto_map": {"AutoModel": "model.Model"}, "_class_name": "Model"}'
    hub.commit("evil/model", {"model.py": model, "config.json": config, "model.safetensors": b"\x02\0\0\0\0\0\0\0{}"})
    spec = 'expected_components = [ComponentSpec("m", None, pretrained_model_name_or_path="evil/model")]'
    local(repos, place, "trusting", code(extra=spec))
    with pytest.raises(NodeError):
        direct.run(CUSTOM, {"repo": "trusting"})
    assert not mark.exists()


# What blocks do wrong


def test_an_error_in_a_block_is_told_with_its_place(direct: Direct, repos: Repos, place: Path) -> None:
    local(repos, place, "raises", code(outputs='OutputParam("x", type_hint=int)', body="b.x = {}['no']"))
    with pytest.raises(NodeError, match=r"The code of repo 'raises' failed: KeyError: 'no' \(block.py, line 16\)"):
        direct.run(CUSTOM, {"repo": "raises"})


def test_inputs_are_left_as_they_were(direct: Direct, repos: Repos, place: Path) -> None:
    inputs = 'InputParam("image", type_hint=Image.Image), InputParam("data", type_hint=dict)'
    local(repos, place, "paints", code(inputs, body="b.image.paste(0, (0, 0, 99, 99)); b.data['a'].append(2)"))
    image, data = picture(), {"a": [1]}
    direct.run(CUSTOM, {"repo": "paints", "image": image, "data": data})
    assert image.tobytes() == picture().tobytes()
    assert data == {"a": [1]}


def test_more_pictures_than_the_output_says_are_refused(direct: Direct, repos: Repos, place: Path) -> None:
    block = code('InputParam("n", default=1)', 'OutputParam("image", type_hint=Image.Image)',
                 'b.image = [Image.new("RGB", (8, 8))] * b.n')  # fmt: skip
    local(repos, place, "many", block)
    assert isinstance(direct.run(CUSTOM, {"repo": "many"})[0]["image"], Image.Image)
    with pytest.raises(NodeError, match="made 2 pictures where its output 'image' is one"):
        direct.run(CUSTOM, {"repo": "many", "n": 2})


def test_code_that_never_ends_its_import_is_given_up(
    direct: Direct, repos: Repos, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local(repos, place, "warm", code())
    direct.resolve(CUSTOM, {"repo": "warm"}, {})  # what all blocks need is imported before
    monkeypatch.setattr("nodes.diffusion.runtime.custom.DESCRIBE_SECONDS", 0.5)
    local(repos, place, "endless", code(before="while True: pass"))
    assert refusal(direct, repo="endless")[:2] == ("block_hangs", "repo")
    local(repos, place, "next", code())
    assert direct.resolve(CUSTOM, {"repo": "next"}, {}).interface.input("pipeline")
