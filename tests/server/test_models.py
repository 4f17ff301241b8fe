"""Model repos on this machine, and which files a download takes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from server.models import local_models, wanted_files

REPO = [
    "README.md", "model_index.json", "single_file.safetensors", "unet/config.json", "unet/model.safetensors",
    "unet/model.fp16.safetensors", "unet/model.bin", "vae/model-00001-of-00002.safetensors",
    "vae/model-00002-of-00002.safetensors", "vae/model.safetensors.index.json", "tokenizer/vocab.txt",
]  # fmt: skip


def test_a_pipeline_s_configs_and_safetensors_are_wanted():
    assert wanted_files(REPO) == [
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


class Hub(BaseHTTPRequestHandler):
    """As much of the hub's API as a download of one small repo takes."""

    FILES: ClassVar = {"model_index.json": b"{}", "unet/model.safetensors": b"w" * 5000}

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        if self.path.startswith("/api/models/org/small"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in self.FILES.items()]
            data = json.dumps({"id": "org/small", "sha": "c" * 40, "siblings": siblings}).encode()
        elif (name := self.path.partition(f"/resolve/{'c' * 40}/")[2]) in self.FILES:
            data = self.FILES[name]
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        for header, value in {"ETag": f'"{len(data)}"', "X-Repo-Commit": "c" * 40, "Content-Length": len(data)}.items():
            self.send_header(header, str(value))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub():
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        thread = threading.Thread(target=hub.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{hub.server_port}"
        hub.shutdown()
        thread.join()


def test_a_repo_is_downloaded_listed_and_deleted(hub, tmp_path, root):
    """In a process of its own, since the hub client reads its environment when it is imported."""
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", DOWNLOAD], cwd=root, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    good, bad, listed, freed = json.loads(done.stdout)
    assert (good[-1]["state"], good[-1]["done"], good[-1]["total"]) == ("finished", 5002, 5002)
    assert (bad[-1]["state"], bad[-1]["problem"]["code"]) == ("failed", "missing_repo")
    assert {"repo": "org/small", "source": "cache", "pipeline": True}.items() <= listed[-1].items()
    assert freed == 5002


DOWNLOAD = """
import asyncio, json, sys
from pathlib import Path
from server.models import Downloads, delete_cached, local_models

async def download(repo):
    heard = []
    downloads = Downloads(heard.append, offline=False)
    assert downloads.start(repo, None, None) and not downloads.start(repo, None, None)
    while not heard or heard[-1].state == "running":
        await asyncio.sleep(0.01)
    return [event.model_dump() for event in heard]

good, bad = asyncio.run(download("org/small")), asyncio.run(download("org/none"))
listed = [model.model_dump() for model in local_models(Path("/nowhere"))]
assert "torch" not in sys.modules
print(json.dumps([good, bad, listed, delete_cached("org/small")], default=vars))
"""
