"""Mellon's Modular Diffusers nodes: stages of a pipeline, and what goes into them."""

from dataclasses import replace
from typing import Any

from nodes.diffusion.mellon.families import CONTROL_STAGE, GUIDED_BY_INPUT, PACKED, UNGUIDED, WORKFLOWS
from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.translation import Made, Ref, Rule, Translation, given, placeholder

PIPELINE_PARTS = frozenset({"unet", "vae", "text_encoders", "image_encoder", "transformer", "pipeline"})
"""Inputs of a block's node that Mellon feeds from its loader; here all of them are the one input `pipeline`."""
IN_PIPELINE = frozenset({"scheduler", "guider", "controlnet", "ip_adapter"})
"""Inputs for which a block's node has none: the pipeline brings these along."""
NO_CHOICE = frozenset({"doc", "output_type", "device", "auto_offload", "trust_remote_code", "latents_preview"})

CONTROL_SETTINGS = ("controlnet_conditioning_scale", "control_guidance_start", "control_guidance_end")


def stage(path: str) -> Rule:
    """Of the node that runs the stage `path`."""
    return lambda node, file: stage_of(node, file, path)


def stage_of(node: MellonNode, file: MellonFile, path: str, left_out: frozenset[str] = frozenset()) -> Translation:
    params = {"block": path} | _values(node, left_out | NO_CHOICE)
    return Translation(
        "mapped", f"{node.label} is Pipeline block, {path}.",
        (Made("diffusion.block", params, extra=seeds(node)),),
        inputs=_inputs(node, file), outputs=_outputs(node), covered=IN_PIPELINE | {"controlnet_bundle"},
    )  # fmt: skip


def denoise(node: MellonNode, file: MellonFile) -> Translation:
    family, control = family_of(node, file), file.source(node, "controlnet_bundle")
    own_scale = family in GUIDED_BY_INPUT and file.source(node, "guider") is None
    found = stage_of(node, file, "denoise", frozenset() if own_scale else frozenset({"guidance_scale"}))
    remarks: list[str] = []
    if family in UNGUIDED and node.value("guidance_scale") not in (None, 1):
        remarks.append("This model is distilled and takes no guidance scale.")
    inputs = dict(found.inputs)
    made = found.nodes[0]
    if control:
        params = dict(made.params) | {
            name: value for name in CONTROL_SETTINGS if (value := control[0].value(name)) is not None
        }
        made = replace(made, params=params)
        inputs["controlnet_bundle"] = (Ref(node.id, "control_image_latents"),)
    return replace(found, nodes=(made,), inputs=inputs, remarks=tuple(remarks))


def decode(node: MellonNode, file: MellonFile) -> Translation:
    found = stage_of(node, file, "decode")
    if family_of(node, file) not in PACKED or (giver := file.source(node, "latents")) is None:
        return found
    made = found.nodes[0]
    size = given(width=giver[0].value("width"), height=giver[0].value("height"))
    return replace(found, nodes=(replace(made, params=dict(made.params) | size),))


def controlnet(node: MellonNode, file: MellonFile) -> Translation:
    takers = [target for _, target, handle in file.targets(node) if handle == "controlnet_bundle"]
    family = next((found for taker in takers if (found := family_of(taker, file))), "")
    model = _replacement(node, takers, file)
    if own_stage := CONTROL_STAGE.get(family):
        encoder = stage_of(node, file, own_stage, frozenset({"model_type", *CONTROL_SETTINGS}))
        outputs = {"controlnet_bundle": Ref(node.id, "control_image_latents")}
        return replace(encoder, outputs=outputs, inputs={**encoder.inputs, **model})
    return Translation(
        "mapped" if takers else "dropped", "Its picture and settings are on the denoise node, which takes them itself.",
        inputs={"control_image": tuple(Ref(taker.id, "control_image") for taker in takers), **model},
        covered=IN_PIPELINE | {"controlnet_bundle"},
    )  # fmt: skip


def _replacement(node: MellonNode, takers: list[MellonNode], file: MellonFile) -> dict[str, tuple[Ref, ...]]:
    """Where the ControlNet's model goes: into the pipelines of the denoise nodes that it steers."""
    loaders = [source[0] for taker in takers if (source := file.source(taker, "unet"))]
    modular = dict.fromkeys(loader.id for loader in loaders if loader.action == "ModelsLoader")
    return {"controlnet": tuple(Ref(loader, "component", "controlnet") for loader in modular)}


def guider(node: MellonNode, file: MellonFile) -> Translation:
    plain = node.text("guider") == "ClassifierFreeGuidance"
    changed = [name for name, usual in GUIDER_DEFAULTS.items() if node.value(name) not in (None, usual)]
    if plain and not changed:
        return Translation(
            "mapped", "Its guidance scale is on Load pipeline.", covered=frozenset({"layers_config"}),
        )  # fmt: skip
    why = "of the guider only the guidance scale is used, on Load pipeline."
    return replace(placeholder(node, why), covered=frozenset({"guider"}))


GUIDER_DEFAULTS = {"guidance_rescale": 0, "use_original_formulation": False, "start": 0, "stop": 1}


def dynamic_block(node: MellonNode, file: MellonFile) -> Translation:
    params = given(repo=node.text("repo_id") or None) | _values(node, NO_CHOICE | {"repo_id"})
    remarks = () if params.get("repo") else ("No repo is chosen.",)
    return Translation(
        "mapped", "Dynamic Block Node is Custom block.", (Made("diffusion.custom", params, extra=seeds(node)),),
        inputs=_inputs(node, file), outputs=_outputs(node), covered=IN_PIPELINE, remarks=remarks,
    )  # fmt: skip


def _values(node: MellonNode, left_out: frozenset[str]) -> dict[str, Any]:
    """The values that are set and shown."""
    names = (name for name, field in node.fields.items() if field.role == "value" and name not in left_out)
    return {name: value for name in names if (value := node.value(name)) is not None}


def _inputs(node: MellonNode, file: MellonFile) -> dict[str, tuple[Ref, ...]]:
    """Each input under its own name, but for parts of a pipeline. Values can have edges too."""
    names = {name for name, field in node.fields.items() if field.role in ("input", "value")} - IN_PIPELINE
    parts = PIPELINE_PARTS | {field.name for field in node.fields.values() if field.is_model} - IN_PIPELINE
    inputs: dict[str, tuple[Ref, ...]] = {name: (Ref(node.id, name),) for name in names - {"controlnet_bundle"}}
    single = {name for name in parts if _is_single(file.source(node, name))}  # a model alone is no pipeline
    inputs = {name: refs for name, refs in inputs.items() if name not in single}
    if single and not any(file.source(node, name) for name in parts - single):
        parts |= {"scheduler"}  # of a whole pipeline, if it is connected at all
    return inputs | {name: (Ref(node.id, "pipeline"),) for name in parts - single}


def _is_single(source: tuple[MellonNode, str] | None) -> bool:
    return source is not None and source[0].action == "AutoModelLoader"


def _outputs(node: MellonNode) -> dict[str, Ref]:
    names = (name for name, field in node.fields.items() if field.role == "output" and name not in NO_CHOICE)
    return {name: Ref(node.id, name) for name in names}


def seeds(node: MellonNode) -> dict[str, Any]:
    """How the canvas knows that a seed is drawn anew after each run."""
    drawn = {field.name: "random" for field in node.fields.values() if field.random}
    return {"seed_control": drawn} if drawn else {}


def family_of(node: MellonNode, file: MellonFile) -> str:
    """The class of the pipeline that the node belongs to: Mellon saves it with the inputs, else its loader says it."""
    for name in (*sorted(PIPELINE_PARTS), "controlnet_bundle"):
        signal = node.fields[name].raw.get("signal") if name in node.fields else None
        if isinstance(signal, dict) and isinstance(signal.get("value"), str) and signal["value"]:
            return str(signal["value"])
        if (giver := file.source(node, name)) and (family := giver[0].text("model_type")) in WORKFLOWS:
            return family
    return ""
