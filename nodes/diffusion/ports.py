"""Block descriptions → ports: by name first, then the default's type, then the type hint; an odd hint becomes `any`.

To teach Blockloom a new name, add a row to `LOOKS` (and to `TITLES` or `DOCS`, where the name says too little). Nothing
here knows a model family.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from engine.catalogue.spec import MAX_EXACT_INT, Port, Widget

GROUP = "denoiser_input_fields"
"""The `kwargs_type` by which Modular Diffusers groups the denoiser's conditioning; here the bundle `embeddings`."""

HANDLED: Mapping[str, str] = {
    "output_type": "Pictures always come as pictures, sounds as sounds.",
    "generator": "Made from the seed, or from the state of another block's.",
}
"""Inputs that the node gives its block by itself, and how."""

HIDDEN = frozenset(HANDLED)

FILLED = frozenset({"dtype", "device"})
"""Inputs that follow from the pipeline where they are not given, even if the block requires them."""

BOOKKEEPING = FILLED | {"batch_size"}
"""What blocks tell each other beside the matter: folded away wherever it may be left out."""

RESULTS = re.compile(r"images?|videos?|audios?|sound|action|sampling_rate")
"""Outputs that a pipeline is run for, by name, whichever block makes them."""


class Form(NamedTuple):
    """What plain data has to be: in words, and as a test of what was read from JSON."""

    words: str
    fits: Callable[[Any], bool]


class Look(NamedTuple):
    """How a port of a certain name looks. `main` ports are not folded away; `many` take several edges. Plain data has
    the `form`; what comes from other blocks may be more.
    """

    type: str
    widget: Widget | None = None
    main: bool = False
    default: Any = None
    many: bool = False
    form: Form | None = None


def _are_numbers(value: Any, count: int | None = None) -> bool:
    numbers = isinstance(value, list) and all(isinstance(item, int | float) for item in value)
    return numbers and count in (None, len(value))


def _number(low: float, high: float, step: float = 1) -> Widget:
    return Widget(kind="number", min=low, max=high, step=step)


def _slider(low: float, high: float, step: float = 1) -> Widget:
    return Widget(kind="slider", min=low, max=high, step=step)


def _choice(*options: str) -> Widget:
    """Suggestions, since other values may be right for a block that we do not know."""
    return Widget(kind="combobox", options=options)


_TEXT = Widget(kind="multiline")
_SEEDS = Widget(kind="seed", min=0, max=MAX_EXACT_INT, step=1)
_TEXTS = Widget(kind="json", placeholder='["…", "…"]')
_LINE = Widget(kind="text")
_CHECK = Widget(kind="checkbox")
_JSON = Widget(kind="json")
_LIST = Widget(kind="json", placeholder="[…]")
_PAIR = Widget(kind="json", placeholder="[h, w]")
_CORNER = Widget(kind="json", placeholder="[top, left]")
_SIZE = Form("two numbers, [height, width]", lambda value: _are_numbers(value, 2))
_PLACE = Form("two numbers, [top, left]", lambda value: _are_numbers(value, 2))
_SOME_NUMBERS = Form("a list of numbers", lambda value: _are_numbers(value) and value != [])
_NAMED = Form('names with values, {"…": …}', lambda value: isinstance(value, dict))
_PIXELS = _number(16, 8192, 8)
_FRAMES = _number(1, 10_000)
_SECONDS = _number(0, 3600, 0.1)
_DTYPES = _choice("float32", "float16", "bfloat16")

LOOKS: tuple[tuple[str, Look], ...] = (
    # What a person says
    (r"prompt", Look("string", _TEXT, True, "")),
    (r"negative_prompt", Look("string", _TEXT, True)),
    (r"lyrics", Look("string", _TEXT, True)),
    (r"(negative_)?prompt_(\d|ref)", Look("string", _TEXT)),
    # How it is made
    (r"num_inference_steps", Look("int", _slider(1, 1000), True)),
    (r"(true_cfg_|embedded_)?(guidance|cfg)_scale", Look("float", _slider(0, 30, 0.1), True)),
    (r"seed", Look("int", _SEEDS, True, 0)),
    (r"strength", Look("float", _slider(0, 1, 0.01), True)),
    (r"\w+_strength", Look("float", _number(0, 10, 0.01))),
    (r"eta|denoising_(start|end)|control_guidance_(start|end)", Look("float", _number(0, 1, 0.01))),
    (r"(controlnet_)?conditioning_scale", Look("float", _slider(0, 2, 0.01))),
    (r"motion_speed", Look("float", _number(0.05, 10, 0.05))),
    (r"decode_(timestep|noise_scale)|noise_scale", Look("float", _number(0, 1, 0.005))),
    (r"\w*_noise_sigma_(min|max)", Look("float", _number(0, 10, 0.001))),
    (r"guess_mode", Look("bool", _CHECK)),
    (r"control_mode", Look("json", Widget(kind="json", placeholder="[0]"))),
    (r"clip_skip", Look("int", _number(0, 64))),
    (r"(negative_)?aesthetic_score", Look("float", _number(0, 10, 0.1))),
    (r"layers", Look("int", _number(1, 64), True)),
    (r"condition_video_keep", Look("string", _choice("first", "last"))),
    # How large, how many, how long
    (r"height|width", Look("int", _PIXELS, True)),
    (r"(output_)?resolution", Look("int", _number(16, 8192, 16))),
    (r"num_(images|videos)_per_prompt", Look("int", _number(1, 64))),
    (r"batch_size", Look("int", _number(1, 4096))),
    (r"num_frames", Look("int", _FRAMES, True)),
    (r"frame_rate|fps", Look("float", _number(1, 240, 0.001), True)),
    (r"\w+_(frame_rate|fps)|fps_\w+", Look("float", _number(1, 240, 0.001))),
    (r"audio_duration", Look("float", _SECONDS, True)),
    (r"(min|max)_seconds", Look("float", _SECONDS)),
    (r"max_(sequence_length|new_tokens)", Look("int", _number(1, 65_536))),
    (r"padding_mask_crop", Look("int", _number(0, 4096))),
    (r"original_size|target_size|negative_(original|target)_size", Look("json", _PAIR, form=_SIZE)),
    (r"(negative_)?crops_coords_top_left", Look("json", _CORNER, form=_PLACE)),
    (r"crops_coords|timesteps|sigmas", Look("json", _LIST, form=_SOME_NUMBERS)),
    (r"\w*_kwargs", Look("json", _JSON, form=_NAMED)),
    # Pictures, videos and sound
    (r"mask_image", Look("mask", None, True)),
    (r"processed_\w+", Look("tensor")),
    (r"ip_adapter_image", Look("list[image]", None, True, many=True)),
    (r"(\w+_)?image", Look("image", None, True)),
    (r"images|videos|(\w+_)?video|mask_video|(reference|memory)_images|keyframes", Look("list[image]", None, True)),
    (r"audios?|sound", Look("audio", None, True)),
    (r"(\w+_)?waveforms", Look("list[audio]", None, True)),
    (r"sampling_rate|audio_sample_rate", Look("int", _number(1, 1_000_000))),
    # What blocks hand each other
    (r"(?!num_)\w*latents", Look("latents")),
    (r"(latent_chunks|segment_frames)", Look("list[tensor]")),
    (r"(negative_)?(\w+_)?embeds(_\d)?", Look("tensor")),
    (r"mask", Look("tensor", None, True)),
    (r"dtype", Look("string", _DTYPES)),
    (r"device", Look("string", _choice("cpu", "cuda"))),
)  # fmt: skip
"""By name, the first row that matches all of it."""

DOCS: tuple[tuple[str, str], ...] = (
    (r"prompt", "What to make."),
    (r"negative_prompt", "What to keep away from."),
    (r"lyrics", "The words to sing."),
    (r"(negative_)?prompt_(\d|ref)", "For another of the model's text encoders; empty: the prompt."),
    (r"num_inference_steps", "More steps take longer and add detail."),
    (r"(true_cfg_|embedded_)?(guidance|cfg)_scale", "How closely to follow the prompt."),
    (r"strength", "How much of the picture to make anew; 1 is all of it."),
    (r"\w+_strength", "How strongly it counts."),
    (r"eta|denoising_(start|end)|control_guidance_(start|end)", "As a part of the whole, from 0 to 1."),
    (r"(controlnet_)?conditioning_scale", "How strongly it counts."),
    (r"decode_(timestep|noise_scale)|noise_scale", "Noise that the decoder starts from."),
    (r"guess_mode", "Let the control picture alone decide."),
    (r"control_mode", "Which kind of control picture it is, by its number."),
    (r"clip_skip", "How many of the text encoder's last layers to leave out."),
    (r"(negative_)?aesthetic_score", "How good pictures of this kind were judged."),
    (r"height|width", "In pixels."),
    (r"(output_)?resolution", "In pixels."),
    (r"num_(images|videos)_per_prompt", "How many to make at once."),
    (r"batch_size", "How many prompts there are; a stage counts them itself."),
    (r"num_frames", "How many frames to make."),
    (r"frame_rate|fps", "In frames per second."),
    (r"\w+_(frame_rate|fps)|fps_\w+", "In frames per second."),
    (r"audio_duration", "In seconds."),
    (r"(min|max)_seconds", "In seconds."),
    (r"max_(sequence_length|new_tokens)", "In tokens."),
    (r"padding_mask_crop", "Margin around the mask that is enlarged, in pixels."),
    (r"original_size|target_size|negative_(original|target)_size", "Told to the model, in pixels."),
    (r"(negative_)?crops_coords(_top_left)?", "Told to the model, in pixels."),
    (r"timesteps|sigmas", "Of the denoising, in place of a number of steps."),
    (r"\w*_kwargs", "Further options, by name."),
    (r"mask_image", "White where the picture is made anew."),
    (r"audios?|sound", "The sound."),
    (r"(\w+_)?waveforms", "Sounds, in order."),
    (r"sampling_rate|audio_sample_rate", "In samples per second."),
    (r"\w*latents", "Compressed pictures, as the model works on them."),
    (r"dtype", "Number format; empty: that of the pipeline."),
    (r"device", "Where tensors are; empty: where the pipeline is."),
)  # fmt: skip
"""What is said of ports whose blocks say nothing; by name, the first row that matches all of it."""

TITLES: Mapping[str, str] = {
    "num_inference_steps": "Steps",
    "num_frames": "Frames",
    "mask_image": "Mask",
    "ip_adapter_image": "IP-Adapter image",
    "image_crf": "Image CRF",
    "fps": "Frames per second",
    "eta": "Eta (η)",
    "guess_mode": "Guess mode",
    "dtype": "Number format",
}
"""Where a name reads badly as a title."""

_SMALL = {
    "fps": "FPS", "vae": "VAE", "crf": "CRF", "ip": "IP", "kv": "KV", "id": "ID", "ids": "IDs", "clip": "CLIP",
    "controlnet": "ControlNet",
}  # fmt: skip

_PLAIN = r"(dict|Dict|list|List|tuple|Tuple|str|int|float|bool|Any|None|typing\.|\.\.\.|[\[\], |])+"
_BARE = r"\b(dict|Dict|list|List|tuple|Tuple)\b(?!\[)|\bAny\b"
_ONE_PICTURE = r"PIL\.Image\.Image"
_PICTURES = rf"(list|List)\[{_ONE_PICTURE}\]"

_BY_HINT: tuple[tuple[str, Look], ...] = (
    (rf"({_PICTURES}|(list|List)\[{_PICTURES}\])( \| .*)?", Look("list[image]", None, True)),
    (rf".*{_ONE_PICTURE}.*", Look("image", None, True)),
    (r"(list|List)\[torch\.Tensor\]", Look("list[tensor]")),
    (r"(torch\.)?\w*Tensor( \| numpy\.ndarray)?", Look("tensor")),
    (r"torch\.dtype", Look("string", _DTYPES)),
    (r"torch\.device", Look("string", _choice("cpu", "cuda"))),
    (r"str", Look("string", _LINE)),
    (r"bool", Look("bool", _CHECK)),
    (r"int", Look("int", Widget(kind="number", step=1))),
    (r"float|int \| float|float \| int", Look("float", Widget(kind="number"))),
    (rf"(?!.*[\[,|] *$){_PLAIN}", Look("json", _JSON)),
)

_BY_DEFAULT: tuple[tuple[type, Look], ...] = (
    (bool, Look("bool", _CHECK)),
    (int, Look("int", Widget(kind="number", step=1))),
    (float, Look("float", Widget(kind="number"))),
    (str, Look("string", _LINE)),
    (list, Look("json", _JSON)),
    (dict, Look("json", _JSON)),
)

_OF_PEOPLE = frozenset({"json", "image", "mask", "list[image]"})
"""Types in which people give what blocks hand each other as tensors: there, the hint of what is `made` counts first."""

_TEXT_OR_NUMBER = frozenset({"string", "int", "float", "bool"})

_ANY = Look("any")
_ANYTHING = Look("any", _JSON)
"""Of a block that says nothing: JSON can be typed in."""
_OBJECT, _OBJECTS = Look("any", None, True), Look("list[any]", None, True, many=True)
"""Of Make object nodes; several edges make the list."""
_NUMBERS = Look("any", Widget(kind="json", placeholder="[[…], …]"), True)

_SEED = Port(
    name="seed", type="int", title="Seed", default=0, widget=_SEEDS,
    description="Start of the random numbers; the same seed gives the same result.",
)  # fmt: skip
_STATE = Port(
    name="generator", type="tensor", title="Generator state", advanced=True,
    description="Goes on with the random numbers where another stage stopped, in place of the seed.",
)  # fmt: skip
_SCHEDULER = Port(
    name="scheduler_state", type="any", title="Scheduler state", advanced=True,
    description="Goes on with the scheduler as another block of the stage left it: its timesteps, and where it stands.",
)  # fmt: skip
_SCHEDULER_AFTER = _SCHEDULER.model_copy(update={"description": "The state of the scheduler after this block."})
_STATE_AFTER = _STATE.model_copy(update={"description": "The state of the random numbers after this block."})
_EMBEDDINGS = Port(
    name="embeddings", type="embeddings", title="Embeddings",
    description="The conditioning of the denoiser as one bundle, such as prompt embeddings.",
)  # fmt: skip


def input_ports(description: Mapping[str, Any], connected: Iterable[str] = ()) -> tuple[Port, ...]:
    """The input ports of a described block; `connected` are inputs with an edge.

    Each group of inputs, such as the conditioning, comes as one bundle: required, where the block needs a part of it,
    unless a part is connected by itself. Its parts are there too, folded away.
    """
    inputs: list[Mapping[str, Any]] = description["inputs"]
    sizes: Mapping[str, int] = description.get("sizes", {})
    groups = dict.fromkeys(item["group"] for item in inputs if item["group"])
    plain = [item for item in inputs if item["name"] and not item["group"]]
    ports = [_bundle_port(group, inputs, frozenset(connected)) for group in groups]
    ports += [_input_port(item, sizes) for item in plain if item["name"] not in HIDDEN]
    ports += [_part_port(item, sizes) for item in inputs if item["name"] and item["group"]]
    if _takes_generator(description):
        own = {port.name for port in ports}
        ports += [port for port in (_SEED, _STATE) if port.name not in own]
    if description.get("scheduler"):
        ports.append(_SCHEDULER)
    return tuple(sorted(ports, key=lambda port: port.advanced))


def field_ports(fields: Iterable[Mapping[str, Any]]) -> tuple[Port, ...]:
    """The input ports for the fields of an object; none is folded away."""
    return tuple(_input_port(item, {}, field_look(item)).model_copy(update={"advanced": False}) for item in fields)


def field_look(item: Mapping[str, Any]) -> Look:
    """How the port of an object's field looks: pictures come as a list where it may hold several, numbers as JSON."""
    hint, found = _bare_hint(item["type"]), look(item)
    if found.type == "image" and re.search(_PICTURES, hint):
        return found._replace(type="list[image]")
    return _NUMBERS if found.type == "tensor" else found


def output_ports(description: Mapping[str, Any]) -> tuple[Port, ...]:
    """The output ports of a described block: what later stages use first, the rest folded away.

    A block with a denoising loop hands the conditioning on only where something after it takes a part of it.
    """
    outputs = [item for item in description["outputs"] if item["name"] not in HIDDEN]
    ports = [_output_port(item) for item in outputs]
    for group in dict.fromkeys(item["group"] for item in outputs if _in_bundle(item)):
        if hands_on(description, group):
            parts = [item for item in outputs if item["group"] == group]
            news = not any(item["group"] == group for item in description["inputs"])
            main = news or any(item["final"] for item in parts)
            ports.insert(0, _bundle(group).model_copy(update={"advanced": not main}))
    if _takes_generator(description):
        ports.append(_STATE_AFTER)
    if description.get("scheduler"):
        ports.append(_SCHEDULER_AFTER)
    return tuple(sorted(ports, key=lambda port: port.advanced))


def hands_on(description: Mapping[str, Any], group: str) -> bool:
    """Whether the block has the bundle of a group as an output."""
    parts = [item for item in description["outputs"] if item["group"] == group and _in_bundle(item)]
    return any(item["final"] for item in parts) if description["loops"] else bool(parts)


def look(item: Mapping[str, Any]) -> Look:
    """How the port of a described input or output looks. Never fails: what is not understood is `any`."""
    hint, default = _bare_hint(item["type"]), item.get("default")
    made = bool(item.get("upstream")) or "final" in item
    if item.get("objects") and not made:
        return _OBJECTS if re.match(r"(typing\.)?[lL]ist\b", hint) else _OBJECT
    for pattern, found in LOOKS:
        if re.fullmatch(pattern, item["name"]) and (not found.many or re.search(_PICTURES, hint)):
            if found.type == "audio" and made:
                return _sound_made(item, found)
            hinted = _by_hint(hint, made) if made and found.type in _OF_PEOPLE else None
            one_of_many = found.type == "list[image]" and hinted is not None and hinted.type == "image"
            if made and found.type in _TEXT_OR_NUMBER and re.search(r"\| (list|tuple)\b", hint):
                return _ANY  # one or several
            return hinted if hinted and not one_of_many else _with_list(found, hint)
    if choices := _choices(hint):
        return choices
    for kind, found in _BY_DEFAULT:
        if isinstance(default, kind):
            return found
    return _by_hint(hint, made) or (_ANY if hint or made else _ANYTHING)


def title(name: str) -> str:
    """`num_inference_steps` → `Steps`, `prompt_2` → `Prompt 2`, `num_latent_frames` → `Number of latent frames`."""
    if name in TITLES:
        return TITLES[name]
    words = re.sub(r"^num_(?!\w+_per_)", "number_of_", name).removeprefix("num_").split("_")
    text = " ".join(_SMALL.get(word, word) for word in words if word)
    return text[:1].upper() + text[1:]


def _by_hint(hint: str, made: bool) -> Look | None:
    """`made` by a block, a bare list or dict may hold anything; set by a person, it is JSON."""
    if made and re.search(_BARE, hint):
        return None
    return next((found for pattern, found in _BY_HINT if re.fullmatch(pattern, hint)), None)


def _choices(hint: str) -> Look | None:
    """`Literal['a', 'b']` as a select; None for other hints, and for choices of several types."""
    if not (inside := re.fullmatch(r"Literal\[(.*)\]", hint)):
        return None
    try:
        options = ast.literal_eval(f"({inside[1]},)")
    except (ValueError, SyntaxError):
        return None
    kinds = {type(option) for option in options}
    kind = {str: "string", int: "int", float: "float"}.get(kinds.pop()) if len(kinds) == 1 else None
    return Look(kind, Widget(kind="select", options=options), True) if kind else None


def _with_list(found: Look, hint: str) -> Look:
    """Several pictures, tensors or texts, where the hint allows nothing else."""
    if found.type in ("image", "mask", "tensor") and re.fullmatch(_PICTURES, hint):
        return found._replace(type="list[image]", widget=None)
    if found.type == "tensor" and re.fullmatch(r"(list|List)(\[torch\.Tensor\])?", hint):
        return found._replace(type="list[tensor]")
    if found.type == "string" and re.fullmatch(r"(list|List)(\[str\])?", hint):
        return found._replace(type="list[string]", widget=_TEXTS, default=None)
    return found


def _sound_made(item: Mapping[str, Any], found: Look) -> Look:
    """The sounds of a batch in a list, as its pictures; between blocks, the tensor that they are."""
    if item.get("upstream") or item.get("handed_on") or not re.search(r"Tensor|ndarray|^$", item["type"]):
        return _by_hint(_bare_hint(item["type"]), made=True) or _ANY
    return found._replace(type="list[audio]")


def _bare_hint(hint: str) -> str:
    """`torch.Tensor | None` → `torch.Tensor`."""
    return re.sub(r"^(?:typing\.)?Optional\[(.*)\]$", r"\1", re.sub(r" \| None|None \| ", "", hint))


def _input_port(item: Mapping[str, Any], sizes: Mapping[str, int], found: Look | None = None) -> Port:
    found = found or look(item)
    default = found.default if item["default"] is None else item["default"]
    needed = item["required"] and default is None and item["name"] not in FILLED
    return Port(
        name=item["name"],
        type=found.type,
        title=title(item["name"]),
        description=_documented(item, found),
        required=needed,
        default=default,
        widget=_fitting(item, found.widget, default, sizes),
        advanced=not needed and (item["name"] in BOOKKEEPING or not (found.main or item["upstream"])),
        many=found.many,
    )


def _part_port(item: Mapping[str, Any], sizes: Mapping[str, int]) -> Port:
    port = _input_port(item, sizes)
    description = f"{port.description} Takes the place of this part of the embeddings.".strip()
    return port.model_copy(update={"required": False, "advanced": True, "description": description})


def _output_port(item: Mapping[str, Any]) -> Port:
    found = look(item)
    return Port(
        name=item["name"],
        type=found.type,
        title=title(item["name"]),
        description=_documented(item, found),
        optional=not item["final"] or bool(item["group"]) or "None" in item["type"] or _beside(item["name"], found),
        advanced=not item["final"] or _in_bundle(item) or item["name"] in FILLED,
    )


def _beside(name: str, found: Look) -> bool:
    """Whether an output is a result beside the pictures, such as a sound: not every run has one."""
    return bool(RESULTS.fullmatch(name)) and found.type not in ("image", "list[image]")


def bundle_name(group: str) -> str:
    """The name of the port that has a group of inputs, or outputs, as one bundle."""
    return _EMBEDDINGS.name if group == GROUP else group


def _bundle(group: str) -> Port:
    if group == GROUP:
        return _EMBEDDINGS
    text = "Values that belong together, as one bundle."
    return Port(name=bundle_name(group), type="embeddings", title=title(group), description=text)


def _bundle_port(group: str, inputs: Iterable[Mapping[str, Any]], connected: frozenset[str]) -> Port:
    """It takes several edges, since several stages may make parts; later ones win."""
    items = [item for item in inputs if item["group"] == group]
    required = any(item["required"] for item in items)
    single = any(item["name"] in connected for item in items)
    main = required or any(item["upstream"] for item in items)
    settings = {"type": "list[embeddings]", "many": True, "required": required and not single, "advanced": not main}
    return _bundle(group).model_copy(update=settings)


def _in_bundle(item: Mapping[str, Any]) -> bool:
    """Latents stay ports of their own even where they count as conditioning."""
    return bool(item["group"]) and not item["name"].endswith("latents")


def _takes_generator(description: Mapping[str, Any]) -> bool:
    return any(item["name"] == "generator" for item in description["inputs"])


def _documented(item: Mapping[str, Any], found: Look) -> str:
    text = (item["description"] or "").strip() or _usual_doc(item["name"])
    hint = f"({item['type']})" if found == _ANY and item["type"] else ""
    if found in (_OBJECT, _OBJECTS):
        hint = f"From Make object: {', '.join(taken['name'] for taken in item['objects'])}."
    by_block = item.get("by_block", {})
    defaults = f"Defaults: {', '.join(f'{value} in {name}' for name, value in by_block.items())}." if by_block else ""
    return " ".join(part for part in (text, hint, defaults) if part)


def _usual_doc(name: str) -> str:
    return next((text for pattern, text in DOCS if re.fullmatch(pattern, name)), "")


def _fitting(item: Mapping[str, Any], widget: Widget | None, default: Any, sizes: Mapping[str, int]) -> Widget | None:
    """The widget with the pipeline's steps and default sizes, and bounds that hold the block's own default."""
    if widget is None or (item["upstream"] and item["required"]):
        return widget
    name, changes = item["name"], dict[str, Any]()
    if name in ("height", "width") and (step := sizes.get("step")):
        changes = {"min": step, "step": step}
    if name == "num_frames" and (step := sizes.get("frame_step")) and ((default or 1) - 1) % step == 0:
        changes = {"step": step}
    if default is None and not widget.placeholder:
        changes["placeholder"] = str(sizes.get(name) or item.get("text", ""))
    widget = widget.model_copy(update=changes) if changes else widget
    if isinstance(default, bool) or not isinstance(default, int | float):
        return widget
    low = widget.min if widget.min is None else min(widget.min, default)
    high = widget.max if widget.max is None else max(widget.max, default)
    return widget.model_copy(update={"min": low, "max": high})
