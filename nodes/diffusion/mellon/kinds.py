"""Which rule translates which kind of Mellon node."""

from nodes.diffusion.mellon import classic, loaders, media, plain, stages
from nodes.diffusion.mellon.families import KONTEXT
from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.translation import Rule, Translation, placeholder, unused

_LOADED = "the pipeline runs without it, with the repo's own models as they are."

KINDS: dict[tuple[str, str], Rule] = {
    ("ModularDiffusers", "ModelsLoader"): loaders.models_loader,
    ("ModularDiffusers", "EncodePrompt"): stages.stage("text_encoder"),
    ("ModularDiffusers", "ImageEmbeddings"): stages.stage("image_encoder"),
    ("ModularDiffusers", "ImageEncode"): stages.stage("vae_encoder"),
    ("ModularDiffusers", "Denoise"): stages.denoise,
    ("ModularDiffusers", "DecodeLatents"): stages.decode,
    ("ModularDiffusers", "Controlnet"): stages.controlnet,
    ("ModularDiffusers", "Guider"): stages.guider,
    ("ModularDiffusers", "DynamicBlockNode"): stages.dynamic_block,
    ("ModularDiffusers", "LoadImage"): media.load_image,
    ("ModularDiffusers", "QuantizationConfigNode"): unused(_LOADED, frozenset({"quant_config"})),
    ("ModularDiffusers", "AutoModelLoader"): loaders.model_loader,
    ("ModularDiffusers", "Lora"): unused("the pipeline runs without this LoRA.", frozenset({"lora_list"})),
    ("ModularDiffusers", "Scheduler"): unused("the repo's own scheduler is used.", frozenset({"scheduler"})),
    ("ModularDiffusers", "Layers"): unused("the guider it is for has no counterpart.", frozenset({"layers_config"})),
    ("Experiments", "FluxPipelineLoader"): loaders.pipeline_loader(KONTEXT),
    ("Experiments", "FluxTextEncoder"): classic.prompt_encoder,
    ("Experiments", "FluxKontextSampler"): classic.sampler,
    ("Experiments", "SD3PipelineLoader"): loaders.pipeline_loader("StableDiffusion3ModularPipeline"),
    ("Experiments", "SD3PromptEncoder"): classic.prompt_encoder,
    ("Experiments", "SD3Sampler"): classic.sampler,
    ("Experiments", "FluxTransformerLoader"): unused(_LOADED, frozenset({"transformer"})),
    ("Experiments", "FluxTextEncoderLoader"): unused(_LOADED, frozenset({"encoders"})),
    ("Experiments", "NunchakuFluxTransformerLoader"): unused(_LOADED, frozenset({"transformer"})),
    ("Experiments", "NunchakuT5EncoderLoader"): unused(_LOADED, frozenset({"t5"})),
    ("Experiments", "SD3TransformerLoader"): unused(_LOADED, frozenset({"transformer"})),
    ("Experiments", "SD3TextEncodersLoader"): unused(_LOADED, frozenset({"text_encoders"})),
    ("Image", "Load"): media.load_image,
    ("Image", "Preview"): media.preview_image,
    ("Image", "Save"): media.save_image,
    ("Image", "Resize"): media.resize,
    ("Image", "Compare"): media.compare,
    ("Image", "Merge"): media.merge,
    ("Color", "Invert"): media.through("image.invert", "Invert"),
    ("ImageFilters", "GaussianBlur"): media.through("image.blur", "Blur", params={"amount": "radius"}),
    ("Video", "Load"): media.load_video,
    ("Video", "Export"): media.export_video,
    ("Primitive", "TextValue"): plain.text_value,
    ("Primitive", "ToList"): plain.to_list,
    ("Primitive", "DataViewer"): plain.data_viewer,
    ("Text", "TextToList"): plain.text_to_list,
}
"""By module and action. A kind that is not here becomes a placeholder."""


def translate(node: MellonNode, file: MellonFile) -> Translation:
    """What `node` becomes: by the table, else a placeholder that keeps its data."""
    rule = KINDS.get((node.module, node.action))
    return rule(node, file) if rule else placeholder(node, "Blockloom has no node for it.")
