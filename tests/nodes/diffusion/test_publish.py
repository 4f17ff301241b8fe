"""Published blocks: plain diffusers loads them, our canvas loads them, and both make the same pictures, bit by bit."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import ModularPipelineBlocks
from PIL import Image

from engine.errors import NodeError
from engine.graph.document import Graph, load_graph
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.block_edits import Editor
from tests.fakes.diffusion import Direct
from tests.fakes.diffusion_graphs import (
    PROMPT,
    SEED,
    SIZE,
    STEPS,
    STRENGTH,
    WORKFLOWS,
    as_one_node,
    as_stages,
    by_modular_pipeline,
)
from tests.fakes.hub import TOKEN, FakeHub
from tests.fakes.pictures import mask, picture

REPO = "tiny/sdxl"


@pytest.fixture
def editor(models: Path, tmp_path: Path) -> Editor:
    return Editor(Direct(tmp_path, models))


def block_nodes(graph: Graph) -> list[str]:
    return [node.id for node in graph.nodes if node.type.startswith("diffusion.block")]


def by_plain_diffusers(folder: str, models: Path, workflow: str) -> list[bytes]:
    """The pictures that published blocks make when they are called from a script."""
    pipe = ModularPipelineBlocks.from_pretrained(folder, trust_remote_code=True).init_pipeline(str(models / REPO))
    pipe.load_components(dtype=torch.float32)
    given: dict[str, Any] = {"prompt": PROMPT, "num_inference_steps": STEPS, "height": SIZE, "width": SIZE}
    given |= {} if workflow == "text2image" else {"image": picture(), "strength": STRENGTH}
    given |= {"mask_image": mask()} if workflow == "inpainting" else {}
    images = pipe(generator=torch.Generator().manual_seed(SEED), output="images", **given)
    return [image.tobytes() for image in images]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_plain_diffusers_makes_the_same_pictures_of_published_stages(
    editor: Editor, models: Path, workflow: str
) -> None:
    graph = load_graph(as_stages(REPO, workflow))
    published = editor.publish(graph, block_nodes(graph), f"all-{workflow}")
    expected = [image.tobytes() for image in by_modular_pipeline(models / REPO, workflow)]
    assert by_plain_diffusers(published.folder, models, workflow) == expected


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_on_the_canvas_a_published_pipeline_makes_the_same_pictures(
    editor: Editor, models: Path, workflow: str
) -> None:
    graph = load_graph(as_one_node(REPO, workflow))
    editor.publish(graph, ["decode"], "whole")
    custom = as_one_node(REPO, workflow)
    custom["nodes"][-1] |= {"type": "diffusion.custom", "params": {"repo": "whole", "seed": SEED}}
    custom["edges"] = [edge for edge in custom["edges"] if edge["source"] != "load"]
    expected = [image.tobytes() for image in by_modular_pipeline(models / REPO, workflow)]
    assert editor.pictures(load_graph(custom), "decode") == expected


def test_what_is_not_at_its_default_in_the_node_is_the_default_of_the_published_one(editor: Editor) -> None:
    editor.publish(load_graph(as_stages(REPO, "text2image")), ["denoise"], "steps")
    found = editor.direct.resolve("diffusion.custom", {"repo": "steps"}, {}).interface
    defaults = {name: getattr(found.input(name), "default", None) for name in ("num_inference_steps", "height", "seed")}
    assert defaults == {"num_inference_steps": STEPS, "height": SIZE, "seed": SEED}


def test_stages_published_apart_make_the_same_picture_together(editor: Editor, models: Path) -> None:
    graph = as_stages(REPO, "text2image")
    editor.publish(load_graph(graph), ["encode", "denoise"], "latents")
    editor.publish(load_graph(graph), ["decode"], "pixels")
    nodes = [
        {"id": "latents", "type": "diffusion.custom", "params": {"repo": "latents"}},
        {"id": "pixels", "type": "diffusion.custom", "params": {"repo": "pixels"}},
    ]
    edge = {"source": "latents", "sourceHandle": "latents", "target": "pixels", "targetHandle": "latents"}
    made = editor.pictures(load_graph({"format": "blockloom/1", "nodes": nodes, "edges": [edge]}), "pixels")
    assert made == [image.tobytes() for image in by_modular_pipeline(models / REPO, "text2image")]


def test_code_of_other_repos_goes_along_with_its_helpers(editor: Editor, models: Path, tmp_path: Path) -> None:
    graph = expanded_prompt(editor, tmp_path)
    folder = Path(editor.publish(graph, ["decode"], "expanded").folder)
    assert {path.name for path in folder.glob("*.py")} == {"block.py", "expander_block.py", "expander_styles.py"}
    script = f"""
import torch
from diffusers import ModularPipelineBlocks
pipe = ModularPipelineBlocks.from_pretrained({str(folder)!r}, trust_remote_code=True)
pipe = pipe.init_pipeline({str(models / REPO)!r})
pipe.load_components(dtype=torch.float32)
images = pipe(old_prompt="a large red circle", style="rich", num_inference_steps={STEPS}, height={SIZE}, width={SIZE},
              generator=torch.Generator().manual_seed({SEED}), output="images")
images[0].save({str(tmp_path / "made.png")!r})
"""
    environment = os.environ | {"HF_MODULES_CACHE": str(tmp_path / "modules"), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environment, timeout=300)
    with Image.open(tmp_path / "made.png") as made:
        assert [made.tobytes()] == editor.pictures(graph, "decode")


def expanded_prompt(editor: Editor, data: Path) -> Graph:
    """A whole pipeline with a prompt expander of another repo put in front."""
    blocks.expander(data / "blocks" / "expander")
    editor.repos.approvals.approve("expander", ANY_COMMIT)
    graph = as_one_node(REPO, "text2image")
    graph["nodes"][-1]["params"] |= {"prompt": None, "old_prompt": "a large red circle", "style": "rich"}
    whole = load_graph(graph)
    return editor.insert(whole, "decode", "expander", before="text_encoder").applied(whole)


def test_a_folder_that_holds_something_else_is_not_written_over(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "blocks" / "mine").mkdir(parents=True)
    (tmp_path / "blocks" / "mine" / "block.py").write_text("MINE = True")
    with pytest.raises(NodeError) as refused:
        editor.publish(load_graph(as_stages(REPO, "text2image")), ["denoise"], "mine")
    assert refused.value.problems[0].code == "name_taken"


def test_publishing_again_writes_it_anew(editor: Editor) -> None:
    graph = load_graph(as_stages(REPO, "text2image"))
    first = editor.publish(graph, ["decode"], "again")
    second = editor.publish(graph, ["denoise"], "again")
    assert "DenoiseStep" in (Path(second.folder) / "block.py").read_text() and second.folder == first.folder


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_pushing_puts_the_files_on_the_hub(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache", token=TOKEN)
        editor = Editor(Direct(tmp_path / "data", models, settings={"offline": False}))
        graph = load_graph(as_stages(REPO, "text2image"))
        published = editor.publish(graph, ["denoise"], "mine", push_to="org/mine", private=True)
        assert published.url and published.url.endswith("org/mine") and published.local == [REPO]
        files = hub.repos["org/mine"].commits[hub.repos["org/mine"].refs["main"]]
        assert set(published.files) <= files.keys() and hub.repos["org/mine"].private


@pytest.mark.parametrize(("token", "down", "code"), [(None, False, "no_token"), (TOKEN, True, "push_failed")])
def test_why_the_hub_did_not_take_it_is_said_plainly(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None, down: bool, code: str
) -> None:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache", token=token)
        hub.down = down
        editor = Editor(Direct(tmp_path / "data", models, settings={"offline": False}))
        with pytest.raises(NodeError) as refused:
            editor.publish(load_graph(as_stages(REPO, "text2image")), ["denoise"], "mine", push_to="org/mine")
    problem = refused.value.problems[0]
    assert problem.code == code and problem.remedy and (tmp_path / "data" / "blocks" / "mine" / "block.py").is_file()
