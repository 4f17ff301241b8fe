"""Mellon's nodes for pipelines that are not modular there: Flux Kontext and Stable Diffusion 3."""

from dataclasses import replace

from nodes.diffusion.mellon.families import SD3_EMBEDDINGS
from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.stages import seeds, stage_of
from nodes.diffusion.mellon.translation import Made, Ref, Translation, given, picture_size


def prompt_encoder(node: MellonNode, file: MellonFile) -> Translation:
    found = stage_of(node, file, "text_encoder")
    return replace(found, outputs={"embeds": _embeddings(node)})


def sampler(node: MellonNode, file: MellonFile) -> Translation:
    """A sampler; with a picture it encodes that itself, for which there is a stage here."""
    picture = file.source(node, "image") is not None
    size = picture_size(node) or given(width=node.value("width"), height=node.value("height"))
    params = (
        {"block": "denoise"}
        | size
        | given(
            seed=node.value("seed"),
            num_inference_steps=node.value("steps"),
            guidance_scale=node.value("cfg") if node.action.startswith("Flux") else None,
        )
    )
    made = [Made("diffusion.block", params, extra=seeds(node))]
    pipeline = [Ref(node.id, "pipeline")]
    if picture:
        made.append(Made("diffusion.block", {"block": "vae_encoder"}, key="encode", offset=(-340, 160)))
        pipeline.append(Ref(node.id, "pipeline", "encode"))
    remarks = [
        f"{node.fields[name].raw.get('label') or name} has no counterpart."
        for name, usual in (("cfg_cutoff", False), ("scheduler", "FlowMatchEulerDiscreteScheduler"))
        if name in node.fields and node.value(name) not in (None, usual)
    ]
    return Translation(
        "mapped",
        f"{node.label} is Pipeline block, denoise" + (", after one that encodes the picture." if picture else "."),
        tuple(made),
        inputs={
            "pipeline": tuple(pipeline),
            "embeds": _embeddings(node),
            "image": (Ref(node.id, "image", "encode"),) if picture else (),
        },
        outputs={"latents": Ref(node.id, "latents"), "latents_preview": Ref(node.id, "latents")},
        links=(("encode", "image_latents", "", "image_latents"),) if picture else (),
        remarks=tuple(remarks),
    )  # fmt: skip


def _embeddings(node: MellonNode) -> tuple[Ref, ...]:
    names = SD3_EMBEDDINGS if node.action.startswith("SD3") else ("embeddings",)
    return tuple(Ref(node.id, name) for name in names)
