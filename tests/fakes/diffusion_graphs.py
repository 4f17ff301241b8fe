"""Graphs for each workflow, as stages and as one node, and the same by calling ModularPipeline directly."""

from pathlib import Path
from typing import Any

import torch
from diffusers import ClassifierFreeGuidance, ModularPipeline
from PIL import Image

from engine.run.record import Run
from engine.service import Engine
from tests.fakes.pictures import mask, picture

WORKFLOWS = ("text2image", "image2image", "inpainting")
PROMPT = "a large red circle on a blue background"
SEED, STEPS, GUIDANCE, STRENGTH, SIZE = 7, 4, 3.0, 0.75, 128


def as_stages(repo: str, workflow: str) -> dict[str, Any]:
    """load → encode → denoise → decode, with the picture's latents and the generator's state carried to denoise."""
    size = {"height": SIZE, "width": SIZE}
    denoise: dict[str, Any] = {"block": "denoise", "seed": SEED, "num_inference_steps": STEPS}
    denoise |= size if workflow == "text2image" else {"strength": STRENGTH}
    nodes = [
        _load(repo, workflow),
        *_pictures(workflow),
        _block("encode", block="text_encoder", prompt=PROMPT),
        *([] if workflow == "text2image" else [_block("encode_image", block="vae_encoder", seed=SEED, **size)]),
        _block("denoise", **denoise),
        _block("decode", block="decode"),
    ]
    carried = {"text2image": (), "image2image": ("image_latents", "generator")}.get(
        workflow, ("image_latents", "mask", "masked_image_latents", "generator")
    )
    edges = [
        *(f"load.pipeline {node}.pipeline" for node in ("encode", "denoise", "decode")),
        "encode.embeddings denoise.embeddings",
        *(f"encode_image.{name} denoise.{name}" for name in carried),
        *(["load.pipeline encode_image.pipeline"] if carried else []),
        *_picture_edges(workflow, "encode_image"),
        "denoise.latents decode.latents",
    ]
    return _graph(nodes, edges)


def as_one_node(repo: str, workflow: str) -> dict[str, Any]:
    """load → the whole pipeline; its id is `decode` as that of the last stage."""
    params: dict[str, Any] = {"block": "", "prompt": PROMPT, "seed": SEED, "num_inference_steps": STEPS}
    params |= {"height": SIZE, "width": SIZE} | ({} if workflow == "text2image" else {"strength": STRENGTH})
    nodes = [_load(repo, workflow), *_pictures(workflow), _block("decode", **params)]
    return _graph(nodes, ["load.pipeline decode.pipeline", *_picture_edges(workflow, "decode")])


def by_modular_pipeline(
    folder: Path, workflow: str, *, device: str = "cpu", dtype: str = "float32"
) -> list[Image.Image]:
    """What a person writes who calls diffusers in a script."""
    pipeline = ModularPipeline.from_pretrained(str(folder), workflow=workflow)
    pipeline.load_components(dtype=getattr(torch, dtype))
    pipeline.to(device)
    pipeline.update_components(guider=ClassifierFreeGuidance(guidance_scale=GUIDANCE))
    given: dict[str, Any] = {"height": SIZE, "width": SIZE}
    given |= {} if workflow == "text2image" else {"image": picture(), "strength": STRENGTH}
    given |= {"mask_image": mask()} if workflow == "inpainting" else {}
    generator = torch.Generator().manual_seed(SEED)
    images = pipeline(prompt=PROMPT, num_inference_steps=STEPS, generator=generator, output="images", **given)
    return list(images)


def pictures(engine: Engine, run: Run, node: str = "decode") -> list[bytes]:
    """The pixels of the pictures that a run's target made."""
    assert run.state == "succeeded", run.problem
    items = run.outputs[node]["images"].items or []
    files = [engine.artifacts.path(item.artifact.id) for item in items if item.artifact]
    return [Image.open(file).tobytes() for file in files]


def _load(repo: str, workflow: str) -> dict[str, Any]:
    params = {"repo": repo, "workflow": workflow, "guidance_scale": GUIDANCE}
    return {"id": "load", "type": "diffusion.pipeline", "params": params}


def _block(id: str, **params: Any) -> dict[str, Any]:
    return {"id": id, "type": "diffusion.block", "params": params}


def _pictures(workflow: str) -> list[dict[str, Any]]:
    found = {"text2image": [], "image2image": ["picture"]}.get(workflow, ["picture", "mask"])
    return [{"id": name, "type": f"test.{name}"} for name in found]


def _picture_edges(workflow: str, target: str) -> list[str]:
    edges = [f"picture.image {target}.image", f"mask.mask {target}.mask_image"]
    return edges[: {"text2image": 0, "image2image": 1, "inpainting": 2}[workflow]]


def _graph(nodes: list[dict[str, Any]], edges: list[str]) -> dict[str, Any]:
    return {"format": "blockloom/1", "nodes": nodes, "edges": [_edge(edge) for edge in edges]}


def _edge(text: str) -> dict[str, str]:
    (source, source_port), (target, target_port) = (end.split(".") for end in text.split())
    return {"source": source, "sourceHandle": source_port, "target": target, "targetHandle": target_port}
