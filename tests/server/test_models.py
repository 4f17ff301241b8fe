"""Model repos on this machine, and which files a download takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nodes.diffusion.files import wanted_files
from server.models import local_models
from tests.fakes.hub import FakeHub

REPO = [
    "README.md", "model_index.json", "single_file.safetensors", "unet/config.json", "unet/model.safetensors",
    "unet/model.fp16.safetensors", "unet/model.bin", "vae/model-00001-of-00002.safetensors",
    "vae/model-00002-of-00002.safetensors", "vae/model.safetensors.index.json", "tokenizer/vocab.txt",
]  # fmt: skip


def test_a_pipeline_s_configs_and_safetensors_are_wanted():
    assert wanted_files(REPO[1:]) == [
        "model_index.json", "unet/config.json", "unet/model.safetensors", "vae/model-00001-of-00002.safetensors",
        "vae/model-00002-of-00002.safetensors", "vae/model.safetensors.index.json", "tokenizer/vocab.txt",
    ]  # fmt: skip


def test_a_variant_replaces_the_plain_weights_where_there_is_one():
    files = wanted_files(REPO, "fp16")
    assert "unet/model.fp16.safetensors" in files and "unet/model.safetensors" not in files
    assert "vae/model-00001-of-00002.safetensors" in files


def test_a_repo_without_a_pipeline_keeps_its_weights():
    assert wanted_files(["lora.safetensors", "config.json"]) == ["lora.safetensors", "config.json"]


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    """The Hugging Face cache in a folder that holds nothing."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.utils._cache_manager.HF_HUB_CACHE", str(tmp_path / "hub"), raising=False)


def test_folders_with_a_pipeline_are_listed_beside_the_demo_model(tmp_path, empty_cache):
    for name in ("mine", "org/theirs"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "model_index.json").write_text("{}")
    found = {model.repo: model.source for model in local_models(tmp_path / "models")}
    assert found == {"demo": "built-in", "mine": "folder", "org/theirs": "folder"}


def test_models_are_listed_over_http(server):
    assert "demo" in {model["repo"] for model in server.http.get("/api/models").json()["models"]}


def test_a_download_is_refused_offline_and_for_what_is_no_repo(helpers, tmp_path):
    with helpers.serving(tmp_path, offline=True) as server:
        answer = server.http.post("/api/models/download", json={"repo": "org/name"})
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (400, "offline")
        assert server.http.post("/api/models/download", json={"repo": "../../etc"}).status_code == 422


def downloads(hub: FakeHub, cache: Path, root: Path, program: str) -> Any:
    """What `program` prints, in a process of its own: the hub client reads its environment when it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + program],
        cwd=root, env=hub.environment(cache), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


def test_a_repo_is_downloaded_listed_and_deleted(hub: FakeHub, tmp_path: Path, root: Path) -> None:
    commit = hub.commit("org/small", {"model_index.json": "{}", "unet/model.safetensors": b"w" * 5000})
    good, bad, listed, freed = downloads(hub, tmp_path, root, DOWNLOAD)
    assert (good[-1]["state"], good[-1]["done"], good[-1]["total"]) == ("finished", 5002, 5002)
    assert (bad[-1]["state"], bad[-1]["problem"]["code"]) == ("failed", "missing_repo")
    found = {"repo": "org/small", "source": "cache", "pipeline": True, "commits": [commit]}
    assert found.items() <= listed[-1].items()
    assert freed == 5002


def test_a_download_that_breaks_off_goes_on_where_it_was(hub: FakeHub, tmp_path: Path, root: Path) -> None:
    size = 24 * 2**20  # more than the hub's client holds back
    hub.commit("org/large", {"model_index.json": "{}", "unet/model.safetensors": b"w" * size})
    hub.break_off("unet/model.safetensors", after=20 * 2**20)
    heard = downloads(hub, tmp_path, root, "print(json.dumps(asyncio.run(download('org/large')), default=vars))")
    assert (heard[-1]["state"], heard[-1]["done"]) == ("finished", size + 2)
    steps = [event["done"] for event in heard]
    assert steps == sorted(steps) and hub.served < 2 * size - 2**20


def test_a_download_that_is_stopped_ends_at_once_and_says_so(hub: FakeHub, tmp_path: Path, root: Path) -> None:
    hub.commit("org/slow", {"model_index.json": "{}", "unet/model.safetensors": b"w" * 2**20})
    hub.hold("unet/model.safetensors", after=2**19)
    heard = downloads(hub, tmp_path, root, STOP)
    assert heard[-2]["file"] == "unet/model.safetensors" and 0 < heard[-2]["done"] < heard[-2]["total"] == 2**20 + 2
    assert (heard[-1]["state"], heard[-1]["problem"]["code"]) == ("failed", "download_stopped")


def test_a_download_that_is_stopped_as_soon_as_it_began_does_not_go_on(
    hub: FakeHub, tmp_path: Path, root: Path
) -> None:
    hub.commit("org/slow", {"model_index.json": "{}", "unet/model.safetensors": b"w" * 2**20})
    hub.hold("unet/model.safetensors", after=2**19)
    heard = downloads(hub, tmp_path, root, STOP.replace("None, None)", 'None, None), downloads.stop("org/slow")'))
    assert (heard[-1]["state"], heard[-1]["problem"]["code"]) == ("failed", "download_stopped")


PREAMBLE = """
import asyncio, json, os, sys
from pathlib import Path
from server.models import Downloads, delete_cached, local_models

async def download(repo):
    heard = []
    downloads = Downloads(heard.append, offline=False)
    assert downloads.start(repo, None, None) and not downloads.start(repo, None, None)
    while not heard or heard[-1].state == "running":
        await asyncio.sleep(0.01)
    return [event.model_dump() for event in heard]
"""

STOP = """
async def stopped():
    heard = []

    def hear(event):
        heard.append(event)
        if event.done > 2:
            downloads.stop("org/slow")

    downloads = Downloads(hear, offline=False)
    downloads.start("org/slow", None, None)
    while not heard or heard[-1].state == "running":
        await asyncio.sleep(0.01)
    return [event.model_dump() for event in heard]

print(json.dumps(asyncio.run(stopped()), default=vars), flush=True)
os._exit(0)  # the hub's client still waits for the rest
"""

DOWNLOAD = """
good, bad = asyncio.run(download("org/small")), asyncio.run(download("org/none"))
listed = [model.model_dump() for model in local_models(Path("/nowhere"))]
assert "torch" not in sys.modules
print(json.dumps([good, bad, listed, delete_cached("org/small")], default=vars))
"""
