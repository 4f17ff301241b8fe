"""Mellon's loaders of pipelines."""

from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from nodes.diffusion.mellon.families import GUIDED_BY_INPUT, UNGUIDED, WITH_CONTROLNET, WORKFLOWS
from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.translation import Made, Ref, Rule, Translation, given


def models_loader(node: MellonNode, file: MellonFile) -> Translation:
    family = node.text("model_type")
    denoisers = [target for _, target, handle in file.targets(node) if (target.action, handle) == ("Denoise", "unet")]
    pictures = [has_picture(target, file) for target in denoisers]
    controls = [file.source(target, "controlnet_bundle") is not None for target in denoisers]
    remarks = []
    if len(set(zip(pictures, controls, strict=True))) > 1:
        remarks.append("It feeds stages with and without a picture; here each of the two needs a Load pipeline.")
    params = _repo(node, "repo_id", remarks) | given(dtype=node.text("dtype") or None)
    if family in WORKFLOWS:
        workflow = WORKFLOWS[family][any(pictures)]
        params["workflow"] = f"controlnet_{workflow}" if any(controls) and family in WITH_CONTROLNET else workflow
    if family not in GUIDED_BY_INPUT | UNGUIDED:
        params |= given(guidance_scale=_guidance(denoisers, file, remarks))
    if node.value("trust_remote_code") is True:
        remarks.append("Mellon was told to trust the repo's code; here a person approves the code of a repo once.")
    replaced = _replaced(node, file, denoisers)
    chain = ["", *replaced]
    parts = {"text_encoders", "unet_out", "vae_out", "scheduler", "image_encoder"}
    return Translation(
        "mapped", "Load Models is Load pipeline; its outputs are the one output pipeline.",
        (Made("diffusion.pipeline", params), *_replacing(replaced)),
        inputs={name: (Ref(node.id, "component", name),) for name in ("unet", "vae") if name in replaced},
        outputs={name: Ref(node.id, "pipeline", chain[-1]) for name in parts},
        links=tuple((before, "pipeline", after, "pipeline") for before, after in pairwise(chain)),
        remarks=tuple(remarks),
    )  # fmt: skip


def model_loader(node: MellonNode, file: MellonFile) -> Translation:
    """Of the loader of a single model, which takes the place of a pipeline's own."""
    remarks: list[str] = []
    params = _repo(node, "model_id", remarks)
    params |= given(subfolder=node.text("subfolder") or None, variant=node.text("variant") or None)
    return Translation(
        "mapped", "Load Model is Load component; the pipeline's precision counts.",
        (Made("diffusion.component", params),),
        outputs={"model": Ref(node.id, "component")}, remarks=tuple(remarks),
    )  # fmt: skip


def _replaced(node: MellonNode, file: MellonFile, denoisers: list[MellonNode]) -> dict[str, str]:
    """The components that come from elsewhere: a key, and their names in the pipeline.

    A ControlNet's model goes to the ControlNet in Mellon; here it is part of the pipeline.
    """
    found: dict[str, str] = {}
    if source := file.source(node, "unet"):
        found["unet"] = source[0].text("model_type")
    if file.source(node, "vae"):
        found["vae"] = "vae"
    controls = (file.source(denoise, "controlnet_bundle") for denoise in denoisers)
    if any(control and file.source(control[0], "controlnet") for control in controls):
        found["controlnet"] = "controlnet"
    return found


def _replacing(replaced: dict[str, str]) -> list[Made]:
    return [
        Made("diffusion.with_component", given(name=name or None), key=key, offset=(300, 160 * place))
        for place, (key, name) in enumerate(replaced.items(), start=1)
    ]


def pipeline_loader(family: str) -> Rule:
    """Of the loaders of whole pipelines that are not modular in Mellon."""

    def rule(node: MellonNode, file: MellonFile) -> Translation:
        remarks: list[str] = []
        samplers = [target for _, target, _ in file.targets(node) if "Sampler" in target.action]
        params = _repo(node, "model_id", remarks) | given(dtype=node.text("dtype") or None)
        params["workflow"] = WORKFLOWS[family][any(file.source(target, "image") for target in samplers)]
        if family not in GUIDED_BY_INPUT:
            scales = [target.value("cfg") for target in samplers]
            params |= given(guidance_scale=next((scale for scale in scales if scale is not None), None))
        return Translation(
            "mapped", f"{node.label} is Load pipeline.", (Made("diffusion.pipeline", params),),
            outputs={"pipeline": Ref(node.id, "pipeline")}, remarks=tuple(remarks),
        )  # fmt: skip

    return rule


def _repo(node: MellonNode, name: str, remarks: list[str]) -> dict[str, Any]:
    repo = node.text(name)
    if repo and (node.fields[name].source == "local" or repo.startswith(("/", "."))):
        remarks.append(f"Its model is a folder of Mellon's ({repo[:200]}); put that folder into the models folder.")
        repo = PurePosixPath(repo.replace("\\", "/")).name
    if not repo:
        remarks.append("No repo is chosen.")
    return given(repo=repo or None)


def _guidance(denoisers: list[MellonNode], file: MellonFile, remarks: list[str]) -> Any:
    found = []
    for denoise in denoisers:
        guider = file.source(denoise, "guider")
        giver = guider[0] if guider else denoise
        if (scale := giver.value("guidance_scale")) is not None:
            found.append(scale)
    if len(set(map(str, found))) > 1:
        remarks.append("Its denoise nodes have different guidance scales; the first one's is used.")
    return found[0] if found else None


def has_picture(denoise: MellonNode, file: MellonFile) -> bool:
    return any(file.source(denoise, name) for name in ("image_latents", "image_condition_latents"))
