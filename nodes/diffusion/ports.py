"""Block descriptions → ports: by name first, then the default's type, then the type hint; an odd hint becomes `any`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine.catalogue.spec import MAX_EXACT_INT, Port, Widget

GROUP = "denoiser_input_fields"
"""The `kwargs_type` by which Modular Diffusers groups the denoiser's conditioning; here the bundle `embeddings`."""

HIDDEN = frozenset({"output_type", "dtype", "device", "generator", "batch_size"})
"""Inputs that are no one's choice here: pictures always come as pictures, precision comes with the pipeline."""


class Look(NamedTuple):
    """How a port of a certain name looks."""

    type: str
    widget: Widget | None = None
    main: bool = False
    default: Any = None


def _number(low: float, high: float, step: float = 1) -> Widget:
    return Widget(kind="number", min=low, max=high, step=step)


def _slider(low: float, high: float, step: float = 1) -> Widget:
    return Widget(kind="slider", min=low, max=high, step=step)


_TEXT = Widget(kind="multiline")
_SIZE = _number(16, 4096, 8)

LOOKS: tuple[tuple[str, Look], ...] = (
    (r"prompt", Look("string", _TEXT, True, "")),
    (r"negative_prompt", Look("string", _TEXT, True)),
    (r"(negative_)?prompt_\d", Look("string", _TEXT)),
    (r"num_inference_steps", Look("int", _slider(1, 1000), True)),
    (r"(true_cfg_|embedded_)?(guidance|cfg)_scale", Look("float", _slider(0, 30, 0.1), True)),
    (r"strength", Look("float", _slider(0, 1, 0.01), True)),
    (r"height|width", Look("int", _SIZE, True)),
    (r"num_images_per_prompt|num_videos_per_prompt", Look("int", _number(1, 64))),
    (r"num_frames", Look("int", _number(1, 10_000), True)),
    (r"frame_rate|fps", Look("float", _number(1, 240, 0.001), True)),
    (r"max_sequence_length", Look("int", _number(1, 65_536))),
    (r"clip_skip", Look("int", _number(0, 64))),
    (r"layers", Look("int", _number(1, 64), True)),
    (r"eta|denoising_(start|end)|control_guidance_(start|end)", Look("float", _number(0, 1, 0.01))),
    (r"(negative_)?aesthetic_score", Look("float", _number(0, 10, 0.1))),
    (r"(controlnet_)?conditioning_scale|controlnet_conditioning_scale", Look("float", _slider(0, 2, 0.01))),
    (r"padding_mask_crop", Look("int", _number(0, 4096))),
    (r"mask_image", Look("mask", None, True)),
    (r"(control_|ip_adapter_|last_|first_|reference_|source_)?image", Look("image", None, True)),
    (r"images|videos", Look("list[image]", None, True)),
    (r"video|control_video|mask_video|reference_images", Look("list[image]", None, True)),
    (r"latents", Look("latents")),
    (r"\w*latents", Look("latents", None, True)),
    (r"mask", Look("tensor", None, True)),
    (r"timesteps|sigmas", Look("json", Widget(kind="json", placeholder="[…]"))),
    (r"\w*_(size|coords|coords_top_left)", Look("json", Widget(kind="json", placeholder="[height, width]"))),
    (r"\w*_kwargs", Look("json", Widget(kind="json"))),
)  # fmt: skip

_PLAIN = r"(dict|Dict|list|List|tuple|Tuple)(\[(str|int|float|bool|Any|, |\.\.\.|None|typing\.)+\])?"
_BY_HINT: tuple[tuple[str, Look], ...] = (
    (r"(list|List)\[(PIL\.)?Image.*\]", Look("list[image]", None, True)),
    (r".*PIL\.Image.*", Look("image", None, True)),
    (r"(list|List)\[torch\.Tensor\]", Look("list[tensor]")),
    (r"torch\.Tensor|.*(Float|Int|Long|Bool)Tensor", Look("tensor")),
    (r"str", Look("string", Widget(kind="text"))),
    (r"bool", Look("bool", Widget(kind="checkbox"))),
    (r"int", Look("int", Widget(kind="number", step=1))),
    (r"float", Look("float", Widget(kind="number"))),
    (_PLAIN, Look("json", Widget(kind="json"))),
)  # fmt: skip

_BY_DEFAULT: tuple[tuple[type, Look], ...] = (
    (bool, Look("bool", Widget(kind="checkbox"))),
    (int, Look("int", Widget(kind="number", step=1))),
    (float, Look("float", Widget(kind="number"))),
    (str, Look("string", Widget(kind="text"))),
    (list, Look("json", Widget(kind="json"))),
    (dict, Look("json", Widget(kind="json"))),
)

_SEED = Port(
    name="seed", type="int", title="Seed", default=0, widget=Widget(kind="seed", min=0, max=MAX_EXACT_INT, step=1),
    description="Start of the random numbers; the same seed gives the same result.",
)  # fmt: skip
_STATE = Port(
    name="generator", type="tensor", title="Generator state", advanced=True,
    description="Goes on with the random numbers where another stage stopped, in place of the seed.",
)  # fmt: skip
_STATE_AFTER = _STATE.model_copy(update={"description": "The state of the random numbers after this block."})


def input_ports(description: Mapping[str, Any], connected: Iterable[str] = ()) -> tuple[Port, ...]:
    """The input ports of a described block; `connected` are inputs with an edge.

    The conditioning comes as one bundle `embeddings`. It is required, where the block needs a part of it, unless a
    part is connected by itself.
    """
    inputs: list[Mapping[str, Any]] = description["inputs"]
    grouped = [item for item in inputs if item["group"]]
    if not description["block"] and not any(item["required"] for item in grouped):
        grouped = []  # a whole pipeline makes its own
    plain = [item for item in inputs if item["name"] and not item["group"]]
    ports = [_input_port(item) for item in plain if item["name"] not in HIDDEN]
    if grouped:
        parts = [_part_port(item) for item in grouped if item["name"]]
        single = any(part.name in connected for part in parts)
        ports = [_bundle(required=any(item["required"] for item in grouped) and not single), *ports, *parts]
    if any(item["name"] == "generator" for item in inputs):
        ports += [_SEED, _STATE]
    return tuple(sorted(ports, key=lambda port: port.advanced))


def output_ports(description: Mapping[str, Any]) -> tuple[Port, ...]:
    """The output ports of a described block: what later stages use first, the rest folded away.

    A block with a denoising loop does not hand the conditioning on: nothing after it needs that.
    """
    outputs: list[Mapping[str, Any]] = description["outputs"]
    ports = [
        _output_port(item)
        for item in outputs
        if not _in_bundle(item) and item["name"] not in HIDDEN and (description["block"] or _of_pipeline(item))
    ]
    if hands_on_embeddings(description):
        takes = any(item["group"] for item in description["inputs"])
        ports.insert(0, _bundle(required=False).model_copy(update={"advanced": takes}))
    if any(item["name"] == "generator" for item in description["inputs"]):
        ports.append(_STATE_AFTER)
    return tuple(sorted(ports, key=lambda port: port.advanced))


def hands_on_embeddings(description: Mapping[str, Any]) -> bool:
    """Whether the block has the output `embeddings`."""
    return not description["loops"] and any(_in_bundle(item) for item in description["outputs"])


def look(item: Mapping[str, Any]) -> Look:
    """How the port of a described input or output looks. Never fails: what is not understood is `any`."""
    name, hint, default = item["name"], _bare_hint(item["type"]), item.get("default")
    for pattern, found in LOOKS:
        if re.fullmatch(pattern, name):
            return _with_list(found, hint)
    for kind, found in _BY_DEFAULT:
        if isinstance(default, kind):
            return found
    for pattern, found in _BY_HINT:
        if re.fullmatch(pattern, hint):
            return found
    return Look("any")


def title(name: str) -> str:
    """`num_inference_steps` → `Steps`, `prompt_2` → `Prompt 2`."""
    words = {"num_inference_steps": "Steps", "mask_image": "Mask"}.get(name, name)
    words = words.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _with_list(found: Look, hint: str) -> Look:
    """Several reference pictures, where the hint allows nothing else."""
    if found.type == "image" and re.fullmatch(r"(list|List)\[PIL\.Image\.Image\]", hint):
        return found._replace(type="list[image]")
    return found


def _bare_hint(hint: str) -> str:
    """`torch.Tensor | None` → `torch.Tensor`."""
    return re.sub(r"^(typing\.)?Optional\[(.*)\]$", r"\2", re.sub(r" \| None|None \| ", "", hint))


def _input_port(item: Mapping[str, Any]) -> Port:
    found = look(item)
    default = found.default if item["default"] is None else item["default"]
    return Port(
        name=item["name"],
        type=found.type,
        title=title(item["name"]),
        description=_documented(item, found),
        required=item["required"] and default is None,
        default=default,
        widget=_around(found.widget, default),
        advanced=not (found.main or item["required"] or item["upstream"]),
    )


def _part_port(item: Mapping[str, Any]) -> Port:
    port = _input_port(item)
    description = f"{port.description} Takes the place of this part of the embeddings.".strip()
    return port.model_copy(update={"required": False, "advanced": True, "description": description})


def _output_port(item: Mapping[str, Any]) -> Port:
    found = look(item)
    return Port(
        name=item["name"],
        type=found.type if item["final"] or item["name"] == "latents" else "any",  # what no one needs may be None
        title=title(item["name"]),
        description=_documented(item, found),
        advanced=not item["final"],
    )


def _bundle(*, required: bool) -> Port:
    return Port(
        name="embeddings", type="embeddings", title="Embeddings", required=required,
        description="The conditioning of the denoiser as one bundle, such as prompt embeddings.",
    )  # fmt: skip


def _in_bundle(item: Mapping[str, Any]) -> bool:
    """Latents stay ports of their own even where they count as conditioning."""
    return bool(item["group"]) and not item["name"].endswith("latents")


def _of_pipeline(item: Mapping[str, Any]) -> bool:
    """Whether an output is worth a port on a whole pipeline, whose stages' inner outputs no one takes."""
    return bool(item["final"]) or item["name"] == "latents"


def _documented(item: Mapping[str, Any], found: Look) -> str:
    text = (item["description"] or "").strip()
    hint = f"({item['type']})" if found.type == "any" and item["type"] else ""
    return " ".join(part for part in (text, hint) if part)


def _around(widget: Widget | None, default: Any) -> Widget | None:
    """The widget with bounds that hold the block's own default."""
    if widget is None or isinstance(default, bool) or not isinstance(default, int | float):
        return widget
    low = widget.min if widget.min is None else min(widget.min, default)
    high = widget.max if widget.max is None else max(widget.max, default)
    return widget.model_copy(update={"min": low, "max": high})
