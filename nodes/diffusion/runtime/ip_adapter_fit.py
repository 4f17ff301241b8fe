"""Whether IP-Adapters suit a pipeline, and which image encoder they take: told by configs and by the weights' headers.

So a wrong choice is told while the graph is edited, before anything large is downloaded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.loaders import ModularIPAdapterMixin
from diffusers.loaders.unet_loader_utils import _maybe_expand_lora_scales

from engine.errors import NodeError
from nodes.diffusion.files import is_pickle, weights_in
from nodes.diffusion.ip_adapter import ENCODER, IMAGE
from nodes.diffusion.ref import ADAPTED, ComponentRef, IPAdapterRef, PipelineRef, parse_component, parse_ref
from nodes.diffusion.repos import Located, Repos, require_commit
from nodes.diffusion.runtime.blocks import Pipeline, root_pipeline
from nodes.diffusion.runtime.foreign import home_of, own_components
from nodes.diffusion.runtime.ip_adapter import repo_of
from nodes.diffusion.runtime.weights import read_config, tensor_shapes

Shape = tuple[int, ...]

FACES = ("perceiver_resampler.proj_in.weight", "norm.weight")
"""What the projection of FaceID adapters has, where it has not `proj.weight`."""


@dataclass(frozen=True)
class _Weights:
    """`layers` are the shapes of the keys' projections, one for each layer of cross-attention.

    The encoder's `seen` (`projection_dim` or `hidden_size`) must be `width`. Of a pickle only the name is known.
    """

    adapter: IPAdapterRef
    layers: tuple[Shape, ...] | None = None
    seen: str = ""
    width: int | None = None


def described(repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{pipeline (a ref), adapters, image_encoder, layers, part}` → `{workflow, encoder}`: how the ref changes.

    The last adapter is the one that is put in. `workflow` is the ref's with a picture for it, `encoder` None if the
    pipeline has its own that fits. Raises NodeError if adapter, pipeline and encoder don't suit each other.
    """
    ref = parse_ref(request["pipeline"])
    located = repos.locate(ref.repo, ref.commit)
    require_commit(located, ref.commit, "pipeline")
    root = root_pipeline(located, repos)
    if not isinstance(root, ModularIPAdapterMixin):
        raise NodeError(
            f"The pipeline of {ref.repo!r} ({type(root).__name__}) takes no IP-Adapter.",
            remedy="Connect a pipeline of a family that does, such as SDXL.", port="pipeline", code="no_ip_adapter",
        )  # fmt: skip
    adapters = [_read(repos, IPAdapterRef.model_validate(each)) for each in request["adapters"]]
    if (unet := _without_weights(repos, ref, located, root)) is not None:
        _require_same_layers(ref, adapters[-1], unet)
        for port in ("layers", "part"):
            if port in request:
                _require_layers(request[port], unet, port)
    if request.get(ENCODER):
        encoder: ComponentRef | None = _checked(repos, parse_component(request[ENCODER]), adapters)
    else:
        encoder = _found(repos, ref, located, root, adapters)
    workflow = _with_picture(root._blocks._workflow_map or {}, ref.workflow)
    return {"workflow": workflow, "encoder": None if encoder is None else encoder.to_json()}


def _with_picture(asked: Mapping[str, Any], workflow: str) -> str:
    """The workflow that asks for a picture for the adapter as well; the same where there is no such."""
    way = asked.get(workflow)
    if isinstance(way, Mapping) and IMAGE not in way:
        return next((name for name, other in asked.items() if other == {**way, IMAGE: True}), workflow)
    return workflow


# Weights


def _read(repos: Repos, adapter: IPAdapterRef) -> _Weights:
    """What an adapter's weights say of themselves. Raises NodeError if they are none."""
    place = repo_of(repos, adapter, "weights")
    if is_pickle(adapter.file):
        return _Weights(adapter)
    shapes = {name: shape for name, shape in tensor_shapes(repos, place, adapter.file).items() if shape}
    projection = {name.removeprefix("image_proj."): shape for name, shape in shapes.items() if "image_proj." in name}
    layers = _by_number({
        name.removeprefix("ip_adapter."): shape
        for name, shape in shapes.items()
        if name.startswith("ip_adapter.") and name.endswith(".to_k_ip.weight")
    })  # fmt: skip
    for name, seen in (("proj.weight", "projection_dim"), ("proj.3.weight", "hidden_size")):
        if name in projection and layers:
            first = name if name == "proj.weight" else "proj.0.weight"
            return _Weights(adapter, layers, seen, projection.get(first, (0, 0))[-1])
    if any(name in projection for name in FACES):
        raise _wrong_file(adapter, "a FaceID adapter, which takes the embeddings of another program")
    if "latents" in projection and "proj_in.weight" in projection and layers:
        return _Weights(adapter, layers, "hidden_size", projection["proj_in.weight"][-1])
    raise _wrong_file(adapter, "no IP-Adapter: the weights image_proj and ip_adapter are missing")


def _by_number(shapes: Mapping[str, Shape]) -> tuple[Shape, ...]:
    """`1.to_k_ip.weight`, `3.to_k_ip.weight`, … in order."""
    return tuple(shapes[name] for name in sorted(shapes, key=lambda name: (len(name.partition(".")[0]), name)))


def _wrong_file(adapter: IPAdapterRef, what: str) -> NodeError:
    return NodeError(
        f"This is {what} ({adapter.file}).", remedy="Choose another file or repo.",
        port="weights", code="not_an_ip_adapter",
    )  # fmt: skip


# The UNet


def _without_weights(repos: Repos, ref: PipelineRef, located: Located, root: Pipeline) -> Any | None:
    """The pipeline's UNet as its config says, without memory; None if the repo has none.

    Raises NodeError if what is there is no UNet.
    """
    if ADAPTED not in root.pretrained_component_names:
        return None
    spec = root.get_component_spec(ADAPTED)
    config = read_config(home_of(repos, ref, located, spec).folder)
    if not config:
        return None
    try:
        with torch.device("meta"):
            return spec.type_hint.from_config(config)
    except Exception as error:  # a component of another kind took the UNet's place, or the config is broken
        raise NodeError(
            f"The component {ADAPTED} of the pipeline is no {spec.type_hint.__name__}, or damaged: {error}",
            remedy="Mend or replace it, or load the plain pipeline.", port="pipeline", code="ip_adapter_misfit",
        ) from error  # fmt: skip


def _require_same_layers(ref: PipelineRef, weights: _Weights, unet: Any) -> None:
    crossing = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    own = tuple(tuple(unet.get_submodule(name.removesuffix("processor") + "to_k").weight.shape) for name in crossing)
    if weights.layers in (None, own):
        return
    assert weights.layers is not None
    its, wanted = weights.layers[0][-1], own[0][-1] if own else 0
    if its != wanted:
        what = f"a cross-attention of {its}, and that of {ref.repo!r} is {wanted} wide"
    else:
        what = f"another UNet than that of {ref.repo!r}: its {len(weights.layers)} layers don't match"
    raise NodeError(
        f"The IP-Adapter is made for {what}.",
        remedy="Choose weights that are made for this kind of model.", port="weights", code="ip_adapter_misfit",
    )  # fmt: skip


def _require_layers(layers: Mapping[str, Any], unet: Any, port: str) -> None:
    crossing = {
        way: [f"block_{number}" for number, block in enumerate(blocks) if hasattr(block, "attentions")]
        for way, blocks in (("down", unet.down_blocks), ("up", unet.up_blocks))
    }
    known = {"mid", *crossing, *(f"{way}.{block}" for way, blocks in crossing.items() for block in blocks)}
    named = [*layers, *(f"{way}.{block}" for way, by in layers.items() if isinstance(by, dict) for block in by)]
    if unknown := [name for name in named if name not in known]:  # diffusers would leave them out without a word
        raise NodeError(
            f"The UNet has no layers {unknown[0]!r} that an IP-Adapter counts in.",
            remedy=f"It has {', '.join(sorted(known - {'down', 'up'}))}.", port=port, code="ip_adapter_misfit",
        )  # fmt: skip
    try:
        _maybe_expand_lora_scales(unet, [layers], default_scale=0.0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NodeError(
            f"The scales by layer don't fit the UNet: {error}",
            remedy='Write them as {"up": {"block_0": [0.0, 1.0, 0.0]}}, a number for each layer.',
            port=port, code="ip_adapter_misfit",
        ) from error  # fmt: skip


# The image encoder


def _checked(repos: Repos, encoder: ComponentRef, adapters: Iterable[_Weights]) -> ComponentRef:
    """The encoder. Raises NodeError if it does not suit one of the adapters."""
    config = _config(repos, encoder)
    for weights in adapters:
        if not _suits(config, weights):
            raise NodeError(
                f"The image encoder of {encoder.repo!r} does not fit {weights.adapter.file}, which needs one whose "
                f"{weights.seen} is {weights.width}.",
                remedy="Connect another, or choose weights that fit; several adapters share one image encoder.",
                port=ENCODER, code="ip_adapter_misfit",
            )  # fmt: skip
    return encoder


def _found(
    repos: Repos, ref: PipelineRef, located: Located, root: Pipeline, adapters: list[_Weights]
) -> ComponentRef | None:
    """The encoder that the ref names already, or one in the repo of the last adapter; None for the pipeline's own.

    Raises NodeError if there is none that suits.
    """
    if (named := ref.components.get(ENCODER)) is not None and _suits_all(_config(repos, named), adapters):
        return named
    adapter, names = adapters[-1].adapter, own_components(root, located)
    place = repos.locate(adapter.repo, adapter.commit)
    beside = adapter.file.rpartition("/")[0]
    folders = sorted(_encoders(repos, place), key=lambda folder: (folder.rpartition("/")[0] != beside, folder))
    for folder in folders:
        if _suits_all(read_config(place.folder / folder), adapters):
            return ComponentRef(repo=adapter.repo, commit=adapter.commit, subfolder=folder)
    if ENCODER in names and _suits_all(read_config(located.folder / names[ENCODER]["subfolder"]), adapters):
        return None
    raise NodeError(
        f"Neither {adapter.repo!r} nor {ref.repo!r} has an image encoder for {adapter.file}, which needs one whose "
        f"{adapters[-1].seen} is {adapters[-1].width}.",
        remedy="Connect a Load component node with one, such as models/image_encoder of h94/IP-Adapter.",
        port=ENCODER, code="missing_component",
    )  # fmt: skip


def _encoders(repos: Repos, place: Located) -> list[str]:
    """The folders of a repo that hold a model with weights; which sees pictures, and how, its config tells."""
    names = repos.files(place)
    folders = [name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == "config.json"]
    return [folder for folder in folders if weights_in(names, folder, None, pickles=repos.pickles)]


def _config(repos: Repos, encoder: ComponentRef) -> Mapping[str, Any]:
    place = repos.locate(encoder.repo, encoder.commit)
    require_commit(place, encoder.commit, ENCODER)
    return read_config(place.folder / encoder.subfolder)


def _suits_all(config: Mapping[str, Any], adapters: Iterable[_Weights]) -> bool:
    return all(_suits(config, weights) for weights in adapters)


def _suits(config: Mapping[str, Any], weights: _Weights) -> bool:
    """Whether a config is that of a CLIP, or of its part that sees, of the width that the weights take."""
    if config.get("model_type") not in ("clip", "clip_vision_model"):
        return False
    seeing = config.get("vision_config") or config
    widths = {"projection_dim": config.get("projection_dim", 512), "hidden_size": seeing.get("hidden_size", 768)}
    return weights.width is None or widths[weights.seen] == weights.width
