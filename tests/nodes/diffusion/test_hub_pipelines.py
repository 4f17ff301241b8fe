"""Pipelines from a hub, through the whole engine: commits, components elsewhere, shared ones, downloads, changes."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from engine.errors import GraphError
from engine.graph.document import Graph, load_graph
from engine.run.events import DownloadProgress
from engine.run.record import Run
from engine.service import Engine, EngineConfig
from tests.fakes.diffusion_graphs import as_stages, by_modular_pipeline
from tests.fakes.hub import FakeHub

pytestmark = pytest.mark.asyncio(loop_scope="module")
SDXL = {"_class_name": "StableDiffusionXLModularPipeline", "_blocks_class_name": "StableDiffusionXLAutoBlocks"}
CLASSES = {
    "text_encoder": ("transformers", "CLIPTextModel"),
    "text_encoder_2": ("transformers", "CLIPTextModelWithProjection"),
    "tokenizer": ("transformers", "CLIPTokenizer"),
    "tokenizer_2": ("transformers", "CLIPTokenizer"),
    "unet": ("diffusers", "UNet2DConditionModel"),
    "vae": ("diffusers", "AutoencoderKL"),
    "scheduler": ("diffusers", "EulerDiscreteScheduler"),
}
ENCODERS = ("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")


def index(repos: dict[str, tuple[str, str | None]]) -> str:
    """A `modular_model_index.json` whose components are in other repos: name → repo and revision."""
    entries = {
        name: [
            None, None,
            {"pretrained_model_name_or_path": repo, "revision": revision, "subfolder": name, "variant": None,
             "type_hint": list(CLASSES[name])},
        ]
        for name, (repo, revision) in repos.items()
    }  # fmt: skip
    return json.dumps(SDXL | entries)


def files(folder: Path, *names: str) -> dict[str, str | bytes | None]:
    """The components of a pipeline's folder, as files of a repo."""
    paths = [path for name in names for path in (folder / name).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def other_weights(folder: Path, name: str) -> dict[str, str | bytes | None]:
    """The same component with other weights: the sign of the last number is turned."""
    changed = dict(files(folder, name))
    (path,) = [path for path in changed if path.endswith(".safetensors")]
    data = changed[path]
    assert isinstance(data, bytes)
    changed[path] = data[:-1] + bytes([data[-1] ^ 0x80])
    return changed


@pytest.fixture(scope="module")
def sdxl(models: Path) -> Path:
    return models / "tiny" / "sdxl"


@pytest.fixture(scope="module")
def hub(sdxl: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    """Three repos with components and one with an index only; the UNet is pinned to a tag that `main` has left."""
    with FakeHub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.use(patch, tmp_path_factory.mktemp("cache"))
        hub.commit("org/encoders", files(sdxl, *ENCODERS))
        hub.tag("org/unet", "v1", hub.commit("org/unet", files(sdxl, "unet")))
        hub.commit("org/unet", other_weights(sdxl, "unet"))
        hub.commit("org/rest", files(sdxl, "vae", "scheduler"))
        places = {name: ("org/encoders", None) for name in ENCODERS}
        places |= {"unet": ("org/unet", "v1"), "vae": ("org/rest", None), "scheduler": ("org/rest", None)}
        hub.commit("org/modular", {"modular_model_index.json": index(places)})
        hub.upload("org/whole", sdxl)
        yield hub


def open_engine(folder: Path, **settings: Any) -> Engine:
    return Engine(
        EngineConfig(
            data_dir=folder, input_dir=folder / "input", output_dir=folder / "output",
            builtin_packs=("nodes:load", "tests.fakes.pictures:load"), settings=settings,
        )
    )  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(hub: FakeHub, models: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with open_engine(tmp_path_factory.mktemp("engine"), models=str(models)) as engine:
        yield engine


async def run(engine: Engine, graph: dict[str, Any] | Graph) -> Run:
    submitted = await engine.submit(graph if isinstance(graph, Graph) else load_graph(graph))
    return await engine.wait(submitted.id)


def pictures(engine: Engine, run: Run, node: str = "decode") -> list[bytes]:
    assert run.state == "succeeded", run.problem
    kept = [item.artifact for item in run.outputs[node]["images"].items or [] if item.artifact]
    return [Image.open(engine.artifacts.path(artifact.id)).tobytes() for artifact in kept]


async def test_a_pipeline_without_weights_of_its_own_runs_with_those_of_three_repos(
    engine: Engine, hub: FakeHub, sdxl: Path
) -> None:
    done = await run(engine, as_stages("org/modular", "text2image"))
    assert pictures(engine, done) == [image.tobytes() for image in by_modular_pipeline(sdxl, "text2image")]
    assert done.graph is not None
    assert {repo: locked.commit for repo, locked in done.graph.lock.repos.items()} == {
        "org/modular": hub.repos["org/modular"].refs["main"],
        "org/encoders": hub.repos["org/encoders"].refs["main"],
        "org/unet@v1": hub.repos["org/unet"].refs["v1"],
        "org/rest": hub.repos["org/rest"].refs["main"],
    }


def with_other_unet(repo: str) -> dict[str, Any]:
    """Two pipelines: the repo's own, and the same with the UNet of `org/unet` as it is now."""
    graph = as_stages(repo, "text2image")
    second = json.loads(json.dumps(graph))
    for node in second["nodes"]:
        node["id"] += "_2"
    for edge in second["edges"]:
        edge["source"], edge["target"] = f"{edge['source']}_2", f"{edge['target']}_2"
    second["nodes"] = [node for node in second["nodes"] if node["id"] != "load_2"]
    for edge in second["edges"]:
        edge["source"] = "swap" if edge["source"] == "load_2" else edge["source"]
    other = {"id": "other", "type": "diffusion.component", "params": {"repo": "org/unet", "subfolder": "unet"}}
    swap = {"id": "swap", "type": "diffusion.with_component", "params": {"name": "unet"}}
    wires = [("load", "pipeline", "swap", "pipeline"), ("other", "component", "swap", "component")]
    graph["nodes"] += [other, swap, *second["nodes"]]
    names = ("source", "sourceHandle", "target", "targetHandle")
    graph["edges"] += [*(dict(zip(names, wire, strict=True)) for wire in wires), *second["edges"]]
    return graph


async def test_two_pipelines_that_differ_in_one_component_share_the_others(
    hub: FakeHub, models: Path, tmp_path: Path
) -> None:
    async with open_engine(tmp_path, models=str(models)) as engine:
        done = await run(engine, with_other_unet("org/whole"))
        own, other = pictures(engine, done), pictures(engine, done, "decode_2")
        assert own != other
        loaded = [(model.repo, model.name) for model in engine.worker.models]
        shared = [("org/whole", name) for name in ("text_encoder", "text_encoder_2", "vae")]
        assert sorted(loaded) == sorted([*shared, ("org/whole", "unet"), ("org/unet", "unet")])
        assert engine.worker.loads == 5
        assert done.graph is not None
        assert done.graph.lock.repos["org/unet"].commit == hub.repos["org/unet"].refs["main"]


async def test_a_component_is_checked_against_its_repo_and_the_pipeline(engine: Engine) -> None:
    def broken(node: str, **params: Any) -> Graph:
        graph = with_other_unet("org/whole")
        next(item for item in graph["nodes"] if item["id"] == node)["params"] |= params
        return load_graph(graph)

    cases = {
        "subfolder": broken("other", subfolder="vae"),
        "repo": broken("other", repo="org/none"),
        "name": broken("swap", name="transformer"),
    }
    for port, graph in cases.items():
        errors = (await engine.settle(graph)).errors
        assert port in {problem.port for problem in errors} and all(problem.remedy for problem in errors), errors


async def test_a_graph_keeps_to_its_lock_until_it_is_updated(engine: Engine, hub: FakeHub, sdxl: Path) -> None:
    first = hub.upload("org/moving", sdxl)
    graph = load_graph(as_stages("org/moving", "text2image"))
    before = await run(engine, graph)
    second = hub.commit("org/moving", other_weights(sdxl, "unet"))
    again = await run(engine, graph)  # without a lock, what was seen last counts
    assert again.graph is not None and again.graph.lock.repos["org/moving"].commit == first
    asked = len(hub.requests)
    assert again.graph.lock == (await engine.settle(again.graph)).graph.lock and len(hub.requests) == asked
    latest = await engine.compile_latest(again.graph)
    assert not latest.errors and latest.graph.lock.repos["org/moving"].commit == second
    updated = await run(engine, latest.graph)
    assert pictures(engine, updated) != pictures(engine, before)
    assert pictures(engine, await run(engine, again.graph)) == pictures(engine, before)


async def test_what_was_downloaded_runs_without_the_hub(
    engine: Engine, hub: FakeHub, models: Path, tmp_path: Path
) -> None:
    here = pictures(engine, await run(engine, as_stages("org/modular", "text2image")))
    asked = len(hub.requests)
    async with open_engine(tmp_path, models=str(models), offline=True) as offline:
        assert pictures(offline, await run(offline, as_stages("org/modular", "text2image"))) == here
    assert len(hub.requests) == asked


async def test_weights_that_a_node_needs_are_fetched_with_progress(engine: Engine, hub: FakeHub, sdxl: Path) -> None:
    hub.upload("org/fetched", sdxl)
    hub.break_off("unet/diffusion_pytorch_model.safetensors", after=10_000)  # it goes on by itself
    heard: list[DownloadProgress] = []
    stop = engine.subscribe(lambda event: heard.append(event) if isinstance(event, DownloadProgress) else None)
    assert (await run(engine, as_stages("org/fetched", "text2image"))).state == "succeeded"
    stop()
    assert {event.repo for event in heard} == {"org/fetched"} and "finished" in {event.state for event in heard}
    sizes = {name: len(data) for name, data in hub.files("org/fetched").items() if name.endswith(".safetensors")}
    assert sum(event.total for event in heard if event.state == "finished") >= sum(sizes.values())


async def test_a_download_that_hangs_is_cancelled_with_its_run(engine: Engine, hub: FakeHub, sdxl: Path) -> None:
    hub.commit("org/slow", {**files(sdxl, *CLASSES), "model_index.json": (sdxl / "model_index.json").read_bytes()})
    weights = "text_encoder/model.safetensors"
    held = hub.hold(weights, after=1000)
    submitted = await engine.submit(load_graph(as_stages("org/slow", "text2image")))
    assert await asyncio.to_thread(held.reached.wait, 30)
    cancelled = await engine.cancel(submitted.id)
    held.release()
    assert cancelled.state == "cancelled" and cancelled.nodes["encode"].state == "cancelled"
    assert (await run(engine, as_stages("org/slow", "text2image"))).state == "succeeded"


async def test_a_download_that_a_person_stops_fails_the_node_that_waits_and_goes_on_later(
    engine: Engine, hub: FakeHub, sdxl: Path
) -> None:
    hub.commit("org/long", {**files(sdxl, *CLASSES), "model_index.json": (sdxl / "model_index.json").read_bytes()})
    heard: list[DownloadProgress] = []
    unsubscribe = engine.subscribe(lambda event: heard.append(event) if isinstance(event, DownloadProgress) else None)
    held = hub.hold("text_encoder/model.safetensors", after=1000)
    submitted = await engine.submit(load_graph(as_stages("org/long", "text2image")))
    assert await asyncio.to_thread(held.reached.wait, 30)
    engine.stop_download("org/other")
    engine.stop_download("org/long")
    stopped = await engine.wait(submitted.id)
    held.release()
    unsubscribe()
    problem = stopped.nodes["encode"].problem
    assert stopped.state == "failed" and problem is not None and problem.code == "download_stopped"
    assert (heard[-1].state, heard[-1].file) == ("failed", "text_encoder/model.safetensors")
    assert (await run(engine, as_stages("org/long", "text2image"))).state == "succeeded"


async def test_a_local_folder_that_has_changed_is_said_so(engine: Engine, models: Path, sdxl: Path) -> None:
    folder = Path(shutil.copytree(sdxl, models / "tiny" / "edited"))
    graph = (await engine.settle(load_graph(as_stages("tiny/edited", "text2image")))).graph
    (path,) = (folder / "unet").glob("*.safetensors")
    data = other_weights(sdxl, "unet")[f"unet/{path.name}"]
    assert isinstance(data, bytes)
    path.write_bytes(data)
    engine.ask_anew()
    problems = (await engine.settle(graph)).problems
    assert [(problem.code, problem.severity, problem.node) for problem in problems] == [
        ("lock_changed", "warning", "load")
    ]
    assert "'tiny/edited'" in problems[0].message


@pytest.mark.parametrize(("repo", "code"), [("org/gone", "missing_repo"), ("org/closed", "gated")])
async def test_why_a_repo_is_not_to_be_had(engine: Engine, hub: FakeHub, repo: str, code: str) -> None:
    hub.commit("org/closed", {"model_index.json": "{}"})
    hub.repos["org/closed"].gated = True
    with pytest.raises(GraphError) as error:
        await run(engine, as_stages(repo, "text2image"))
    problem = error.value.problems[0]
    assert (problem.code, problem.node, problem.port) == (code, "load", "repo") and repo in problem.message
