"""What the tests of custom blocks put on the canvas, and what they do to a repo before."""

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, expect

from tests.fakes import blocks
from tests.fakes.hub import FakeHub
from tests.web.canvas import Canvas

PIPELINE: dict[str, Any] = {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo"}}
SHOW: dict[str, Any] = {"id": "show", "type": "image.preview"}


def block(node: str, stage: str = "", **params: Any) -> dict[str, Any]:
    return {"id": node, "type": "diffusion.block", "params": {"block": stage, **params}}


def custom(node: str, repo: str, **params: Any) -> dict[str, Any]:
    return {"id": node, "type": "diffusion.custom", "params": {"repo": repo, **params}}


def picture(**prompt: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Nodes and edges that draw a picture with the demo model."""
    sampling = {"num_inference_steps": 2, "seed": 7, "height": 64, "width": 64}
    nodes = [PIPELINE, block("encode", "text_encoder", **prompt), block("denoise", "denoise", **sampling),
             block("decode", "decode"), SHOW]  # fmt: skip
    edges = (
        "load.pipeline->encode.pipeline", "load.pipeline->denoise.pipeline", "load.pipeline->decode.pipeline",
        "encode.embeddings->denoise.embeddings", "denoise.latents->decode.latents", "decode.images->show.images",
    )  # fmt: skip
    return nodes, edges


def expander(hub: FakeHub, into: Path, repo: str, **styles: str) -> str:
    """A prompt expander on the hub whose helper module holds these styles. Its commit."""
    made = blocks.expander(into)
    (made / "styles.py").write_text(f"STYLES = {styles!r}\n")
    return hub.upload(repo, made)


def approve(http: httpx.Client, repo: str) -> None:
    """Approve the newest commit of a repo, as another program does."""
    commit = http.get(f"/api/blocks/{repo}").raise_for_status().json()["commit"]
    http.post(f"/api/blocks/{repo}/approve", json={"commit": commit}).raise_for_status()


def review(canvas: Canvas, node: str) -> Locator:
    """Press "Review code" at a node; the dialog."""
    canvas.node(node).get_by_role("button", name="Review code").click()
    dialog = canvas.page.get_by_role("dialog", name=re.compile("^Review "))
    expect(dialog.get_by_role("navigation", name="Files").or_(dialog.get_by_role("list").first)).to_be_visible()
    return dialog


def artifact(run: dict[str, Any], node: str = "show") -> str:
    """The picture that a run made, by its content."""
    assert run["state"] == "succeeded", run.get("problem")
    found: str = run["outputs"][node]["images"]["items"][0]["artifact"]["id"]
    return found
