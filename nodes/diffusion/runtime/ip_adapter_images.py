"""The pictures that IP-Adapters are given: one for each, and none without an adapter."""

from engine.errors import NodeError
from nodes.diffusion.ip_adapter import IMAGE, missing_adapter
from nodes.diffusion.ref import ADAPTED, PipelineRef
from nodes.diffusion.runtime.arguments import Arguments
from nodes.diffusion.runtime.built import Built

EMBEDDINGS = "ip_adapter_embeds"
"""What blocks make of the pictures, and the denoiser takes."""


def hand_out_pictures(ref: PipelineRef, given: Arguments) -> None:
    """One picture for each adapter, or all for the only one. Raises NodeError if there are too few or too many."""
    if (pictures := given.named.get(IMAGE)) is None:
        return
    each = pictures if isinstance(pictures, list) else [pictures]
    count = len(ref.ip_adapters)
    if count == 1:
        given.named[IMAGE] = each if len(each) == 1 else [each]
    elif count and len(each) != count:
        raise NodeError(
            f"The pipeline has {count} IP-Adapters and pictures for {len(each)}.",
            remedy="Connect one picture for each, in the order in which the adapters were loaded.", port=IMAGE,
        )  # fmt: skip


def require_both(ref: PipelineRef, subject: Built, given: Arguments) -> None:
    """Raise NodeError for a UNet with adapters and no pictures for them, or the other way around.

    diffusers would stop at the one with words about its innards, and not notice the other.
    """
    item = subject.inputs.get(EMBEDDINGS)
    if ADAPTED not in subject.pipe.component_names:
        return
    if IMAGE in subject.inputs:
        if not ref.ip_adapters and subject.requires(IMAGE):
            raise missing_adapter(IMAGE)
        return
    if item is None:
        return
    found = (given.bundles.get(item["group"], {}) if item["group"] else given.named).get(EMBEDDINGS)
    if found is not None and not ref.ip_adapters:
        raise missing_adapter("embeddings")
    if found is None and ref.ip_adapters:
        raise NodeError(
            "The pipeline has an IP-Adapter, and there is no picture for it in the embeddings.",
            remedy="Connect the embeddings of the block ip_adapter as well, or leave Load IP-Adapter out.",
            port="embeddings", code="missing_ip_adapter_image",
        )  # fmt: skip
