"""A family that makes video, on tiny weights: its frames become a video that is shown."""

import os
from pathlib import Path
from typing import Any

import pytest

from engine.graph.document import load_graph
from engine.service import Engine, EngineConfig
from nodes.video.coding import first_frame
from tests.fakes.tiny import TINY

GRAPH: dict[str, Any] = {
    "format": "blockloom/1",
    "nodes": [
        {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "tiny/wan"}},
        {"id": "wan", "type": "diffusion.block", "params": {
            "block": "", "prompt": "a cat", "num_frames": 5, "num_inference_steps": 2, "width": 64, "height": 48}},
        {"id": "join", "type": "video.from_frames", "params": {"fps": 8}},
        {"id": "show", "type": "video.preview"},
    ],
    "edges": [
        {"source": "load", "sourceHandle": "pipeline", "target": "wan", "targetHandle": "pipeline"},
        {"source": "wan", "sourceHandle": "videos", "target": "join", "targetHandle": "images"},
        {"source": "join", "sourceHandle": "video", "target": "show", "targetHandle": "video"},
    ],
}  # fmt: skip


@pytest.mark.asyncio
async def test_the_frames_of_a_video_family_become_a_video(tmp_path: Path) -> None:
    models = tmp_path / "models"
    TINY["wan"].build(models / "tiny" / "wan")
    os.environ["OMP_NUM_THREADS"] = "1"
    config = EngineConfig(
        data_dir=tmp_path, input_dir=tmp_path / "input", output_dir=tmp_path / "output", builtin_packs=("nodes:load",),
        settings={"models": str(models), "offline": True},
    )  # fmt: skip
    async with Engine(config) as engine:
        ended = await engine.wait((await engine.submit(load_graph(GRAPH))).id)
        assert ended.state == "succeeded", ended.problem
        video = ended.outputs["show"]["video"]
        assert (video.type, video.width, video.height, video.length) == ("video", 64, 48, 5)
        assert video.artifact and video.artifact.mime == "video/mp4"
        assert first_frame(engine.artifacts.path(video.artifact.id)).size == (64, 48)
