"""What the import must know of the model families that Mellon offers."""

SDXL, QWEN = "StableDiffusionXLModularPipeline", "QwenImageModularPipeline"
FLUX, KONTEXT = "FluxModularPipeline", "FluxKontextModularPipeline"
KLEIN = "Flux2KleinModularPipeline"

WORKFLOWS: dict[str, tuple[str, str]] = {
    SDXL: ("text2image", "image2image"),
    QWEN: ("text2image", "image2image"),
    "QwenImageEditModularPipeline": ("image_conditioned", "image_conditioned"),
    FLUX: ("text2image", "image2image"),
    KONTEXT: ("text2image", "image_conditioned"),
    KLEIN: ("text2image", "image_conditioned"),
    "Flux2ModularPipeline": ("text2image", "image_conditioned"),
    "ZImageModularPipeline": ("text2image", "image2image"),
    "StableDiffusion3ModularPipeline": ("text2image", "image2image"),
    "LTXModularPipeline": ("text2video", "image2video"),
    "WanImage2VideoModularPipeline": ("image2video", "image2video"),
}
"""Of the families for which Mellon has a model type: the workflow without a picture, and the one with it."""
WITH_CONTROLNET = frozenset({SDXL, QWEN})
"""Families whose workflows with a ControlNet are called `controlnet_` and the name of the one without."""
CONTROL_STAGE: dict[str, str] = {QWEN: "controlnet_vae_encoder"}
"""Where a stage of its own encodes the ControlNet's picture; elsewhere the denoise stage takes it."""
GUIDED_BY_INPUT = frozenset({FLUX, KONTEXT, "Flux2ModularPipeline"})
"""Families whose denoise stage takes the guidance scale; for all others it belongs to the pipeline."""
UNGUIDED = frozenset({KLEIN})
PACKED = frozenset({FLUX, KONTEXT})
"""Families whose decoder must be told the size of the picture."""

SD3_EMBEDDINGS = (
    "prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds",
)  # fmt: skip
"""Stable Diffusion 3 hands its embeddings on one by one, where other families have a bundle."""
