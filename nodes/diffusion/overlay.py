"""Reads and writes `mellon_pipeline_config.json`: what a block's author says of labels, widgets and order of its ports.

    {"label": "Prompt expander", "node_params": {"custom": {
        "params": {"style": {"label": "Style", "type": "string", "options": ["plain", "rich"], "default": "rich"}},
        "input_names": ["style"], "output_names": ["prompt"], "model_input_names": [], "block_name": "custom"}}}

The format is that of diffusers' `MellonPipelineConfig`. It is laid over what the block itself declares: a port that it
leaves out is folded away, none is lost, and what does not fit is left alone with a warning.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue.accept import Misfit, accept
from engine.catalogue.define import check_type
from engine.catalogue.spec import Interface, NodeType, Port, Widget
from engine.catalogue.types import item_type
from engine.errors import DefinitionError
from nodes.diffusion.names import block_name

FILE = "mellon_pipeline_config.json"
CUSTOM = "custom"
"""How such a config names the block of a repo that holds one block only."""

_TYPES = {
    "string": "string", "str": "string", "text": "string", "int": "int", "integer": "int", "float": "float",
    "boolean": "bool", "bool": "bool", "json": "json", "dict": "json", "list": "json", "image": "image",
    "mask": "mask", "latents": "latents", "latent": "latents", "tensor": "tensor", "video": "list[image]",
}  # fmt: skip
_ALIKE = (frozenset({"string", "int", "float", "bool", "json"}), frozenset({"latents", "tensor"}),
          frozenset({"image", "mask"}))  # fmt: skip
"""A config may turn types of one group into each other; Python's values stay of the same kind."""

_KINDS = {
    "textarea": "multiline", "text": "text", "textbox": "text", "slider": "slider", "number": "number",
    "random": "seed", "dropdown": "select", "select": "select", "radio": "select", "autocomplete": "combobox",
    "modelselect": "repo", "checkbox": "checkbox", "switch": "checkbox", "toggle": "checkbox", "color": "color",
    "colorpicker": "color", "filebrowser": "file", "file": "file", "json": "json",
}  # fmt: skip
_BY_TYPE = {"int": "number", "float": "number", "bool": "checkbox", "string": "text", "json": "json"}
_NO_PORT = "ui_"
"""Displays that begin so decorate the node: labels, buttons, pictures."""
_REQUIRED = " *"
"""Follows the label of a required param."""
_DOC = "doc"
"""An output that every Mellon node has."""
_RENAMED = "out_"
"""Goes before the name of an output that is an input, too."""


@dataclass(frozen=True)
class Laid:
    """Ports after a config was laid over them, and what of it did not fit, in sentences."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    warnings: tuple[str, ...] = ()


def read_config(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The config of a repo's folder, empty where there is none; a damaged one is ignored, and a sentence says why."""
    path = folder / FILE
    if not path.is_file():
        return {}, []
    try:
        config = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return {}, [f"{FILE} is ignored: it is no JSON ({error})."]
    if flaw := _flaw(config):
        return {}, [f"{FILE} is ignored: {flaw}."]
    return dict(config), []


def node_config(config: Mapping[str, Any], block: str = "") -> dict[str, Any]:
    """What a config says of the stage named `block`, or of a repo's only block; empty if it says nothing."""
    nodes: dict[str, Any] = {name: node for name, node in config.get("node_params", {}).items() if node}
    wanted = block or CUSTOM
    for name, node in nodes.items():
        if wanted in (name, node.get("block_name")):
            return dict(node)
    return dict(next(iter(nodes.values()))) if not block and len(nodes) == 1 else {}


def lay_over(
    inputs: Iterable[Port], outputs: Iterable[Port], node: Mapping[str, Any], *, of_stage: bool = False
) -> Laid:
    """The ports with the config of one node laid over them: its titles, widgets, defaults and order.

    A stage of a pipeline (`of_stage`) is not warned of what it has not: Mellon's nodes for stages have ports beside
    those of the blocks, for models, guiders and sizes.
    """
    inputs, outputs = tuple(inputs), tuple(outputs)
    if not node:
        return Laid(inputs, outputs)
    warnings: list[str] = []
    entries: Mapping[str, Mapping[str, Any]] = node["params"]
    into = _names(node, "input_names", entries, outputs=False)
    out_of = _names(node, "output_names", entries, outputs=True)
    own = _by_name(outputs)
    made = {name if name in own else name.removeprefix(_RENAMED): name for name in out_of}
    strangers = [name for name in into if name not in _by_name(inputs)]
    strangers += [name for ours, name in made.items() if ours not in own and name != _DOC]
    warnings += [f"{FILE} names {name!r}, which the block has not." for name in strangers if not of_stage]
    return Laid(
        _ordered(tuple(_laid(port, entries.get(port.name), warnings) for port in inputs), into),
        _ordered(tuple(_titled(port, entries.get(made.get(port.name, port.name))) for port in outputs), list(made)),
        tuple(warnings),
    )


Said = dict[str, dict[str, dict[str, Any]]]
"""What is said of ports one by one: `{"inputs": {name: entry}, "outputs": {name: entry}}`."""


def said_of_parts(parts: Iterable[tuple[Mapping[str, Any], Iterable[str], Iterable[str]]]) -> Said:
    """What the configs of blocks that run as one node say of its ports; of each block its inputs and outputs, in order.

    Of an input that several take, the first decides. One that its config leaves out is folded away, as by itself.
    """
    inputs: dict[str, dict[str, Any] | None] = {}
    outputs: dict[str, dict[str, Any] | None] = {}
    for node, takes, makes in parts:
        entries: Mapping[str, dict[str, Any]] = node.get("params", {})
        for name in takes:
            inputs.setdefault(name, entries.get(name, {"hidden": True}) if node else None)
        for name in makes:
            entry = entries.get(f"{_RENAMED}{name}", entries.get(name, {"hidden": True}))
            outputs[name] = entry if node else None
    known = {"inputs": inputs, "outputs": outputs}
    return {kind: {name: entry for name, entry in each.items() if entry is not None} for kind, each in known.items()}


def lay_parts_over(inputs: Iterable[Port], outputs: Iterable[Port], said: Said) -> Laid:
    """The ports with what `said_of_parts` says of some of them; the others, and the order, stay as they are."""
    warnings: list[str] = []
    entries, made = said["inputs"], said["outputs"]
    laid = [_laid(port, entries[port.name], warnings) if port.name in entries else port for port in inputs]
    titled = [_titled(port, made[port.name]) if port.name in made else port for port in outputs]
    folded = [tuple(sorted(ports, key=lambda port: port.advanced)) for ports in (laid, titled)]
    return Laid(folded[0], folded[1], tuple(warnings))


def declared(inputs: Iterable[Port], metadata: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[Port, ...], list[str]]:
    """The ports with what the block's own `InputParam.metadata` says of their widgets, and what did not fit."""
    warnings: list[str] = []
    ports = [_laid(port, metadata[port.name], warnings) if port.name in metadata else port for port in inputs]
    return tuple(ports), warnings


def fold_away(
    inputs: tuple[Port, ...], node: Mapping[str, Any], values: Mapping[str, Any], connected: Collection[str]
) -> tuple[Port, ...]:
    """The ports as the config's `onChange` shows them for these values: what no choice shows is folded away.

    `{"true": ["strength"], "false": ["height", "width"]}` at an input goes by whether it is connected, at a param by
    its value. The ports, `values` and `connected` are named as in the node.
    """
    shown: dict[str, bool] = {}
    ports = {block_name(port.name): port for port in inputs}
    for name, entry in node.get("params", {}).items():
        if (port := ports.get(name)) is None:
            continue
        state = _state(port, values.get(port.name, port.default), port.name in connected)
        for choices in _choices(entry.get("onChange")):
            for choice, names in choices.items():
                for each in names:
                    shown[each] = shown.get(each, False) or choice == state
    return tuple(
        port.model_copy(update={"advanced": not shown[name]}) if name in shown and not _asks(port) else port
        for name, port in ports.items()
    )


# One port


def _laid(port: Port, entry: Mapping[str, Any] | None, warnings: list[str]) -> Port:
    if entry is None:
        return port.model_copy(update={"advanced": not _asks(port)})
    titled = _titled(port, entry)
    kind = _type(port.type, entry.get("type"))
    changed = titled.model_copy(update={"type": kind, "widget": _widget(kind, port, entry)})
    if (default := _default(entry)) is not None and changed.widget is not None:
        changed = changed.model_copy(update={"default": _as(kind, default), "required": False})
    if flaw := _unfit(changed):
        warnings.append(f"What {FILE} says of {port.name!r} does not fit and is left out: it {flaw}.")
        return titled
    return changed


def _titled(port: Port, entry: Mapping[str, Any] | None) -> Port:
    if entry is None:
        return port.model_copy(update={"advanced": True})
    label = str(entry.get("label") or "").removesuffix(_REQUIRED).strip()
    return port.model_copy(
        update={"title": label or port.title, "advanced": bool(entry.get("hidden")) and not _asks(port)}
    )


def _type(own: str, said: Any) -> str:
    wanted = _TYPES.get(said) if isinstance(said, str) else None
    if wanted is None or own == wanted:
        return own
    return wanted if own == "any" or any({own, wanted} <= group for group in _ALIKE) else own


def _widget(kind: str, port: Port, entry: Mapping[str, Any]) -> Widget | None:
    """The widget that the entry asks for, else the block's own. Bounds that the entry leaves out are the block's."""
    if kind not in _BY_TYPE:
        return port.widget if kind == port.type else None
    own = port.widget if kind == port.type else None
    said = entry.get("fieldOptions")
    fields: Mapping[str, Any] = said if isinstance(said, dict) else {}
    options = _options(entry.get("options"))
    display = entry.get("display")
    found = _KINDS.get(display) if isinstance(display, str) else None
    if len(options) > 1 and found not in ("combobox", "repo"):
        found = "combobox" if fields.get("noValidation") else "select"
    elif options and found in (None, "select"):
        found = "combobox"
    if found is None or (found == "select" and not options):
        found = own.kind if own is not None else _BY_TYPE[kind]
    if found == "file" and fields.get("fileTypes") == ["image"]:
        found = "image"
    numbers = {name: _number(entry.get(name)) for name in ("min", "max", "step")} if kind in ("int", "float") else {}
    if own is not None and found in ("number", "slider", "seed"):
        numbers = {name: getattr(own, name) if value is None else value for name, value in numbers.items()}
    if found == "slider" and None in (numbers.get("min"), numbers.get("max")):
        found = "number"
    placeholder = fields.get("placeholder") or (own.placeholder if own is not None else "")
    return Widget.model_validate({"kind": found, "options": options, "placeholder": str(placeholder), **numbers})


def _default(entry: Mapping[str, Any]) -> Any:
    return entry["value"] if entry.get("value") is not None else entry.get("default")


def _as(kind: str, value: Any) -> Any:
    """A default as the port's type takes it: `5.0` for a whole number is 5."""
    whole = kind == "int" and isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def _options(said: Any) -> tuple[Any, ...]:
    if isinstance(said, dict):  # value → label
        return tuple(said)
    return tuple(said) if isinstance(said, list) else ()


def _number(said: Any) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def _unfit(port: Port) -> str:
    """Why a port can't be as it is, "" if it can."""
    try:
        if port.default is not None:
            accept(port, port.default)
        check_type(NodeType(type="x", title="x", category="x", description="x", interface=Interface(inputs=(port,))))
    except Misfit as misfit:
        return str(misfit).rstrip(".")
    except DefinitionError as error:
        return error.problems[0].message.rstrip(".")
    return ""


# All ports


def _names(node: Mapping[str, Any], key: str, entries: Mapping[str, Mapping[str, Any]], *, outputs: bool) -> list[str]:
    """The names in order; an older config has no lists, then the entries' displays tell."""
    if isinstance(node.get(key), list):
        return list(node[key])
    return [
        name for name, entry in entries.items()
        if (entry.get("display") == "output") == outputs and not str(entry.get("display")).startswith(_NO_PORT)
    ]  # fmt: skip


def _ordered(ports: tuple[Port, ...], names: list[str]) -> tuple[Port, ...]:
    """As the config orders them, then the others; those that are folded away last."""
    place = {name: index for index, name in enumerate(names)}
    return tuple(sorted(ports, key=lambda port: (port.advanced, place.get(port.name, len(place)))))


def _by_name(ports: Iterable[Port]) -> dict[str, Port]:
    return {port.name: port for port in ports}


def _asks(port: Port) -> bool:
    """Whether a person must give the port something: it can't be folded away."""
    return port.required and port.default is None


# Conditions


def _choices(said: Any) -> list[Mapping[str, list[str]]]:
    """The choices in an `onChange`: a mapping, `{"action": "show", "data": mapping}`, or a list with such in it."""
    if isinstance(said, list):
        return [found for each in said for found in _choices(each)]
    if not isinstance(said, dict):
        return []
    data = said.get("data") if said.get("action") == "show" else said
    if not isinstance(data, dict) or not all(isinstance(names, list) for names in data.values()):
        return []
    return [{_text(choice): [str(name) for name in names] for choice, names in data.items()}]


def _state(port: Port, value: Any, connected: bool) -> str:
    if port.widget is None or connected:
        return _text(connected)
    return _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) or value in ("True", "False") else str(value)


# Damage


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _flaw(config: Any) -> str:
    """What keeps the config from being one; "" if nothing does."""
    if not isinstance(config, dict) or not isinstance(config.get("node_params"), dict):
        return "it has no `node_params`"
    for name, node in config["node_params"].items():
        if node is None:
            continue
        if not isinstance(node, dict) or not isinstance(node.get("params"), dict):
            return f"its node {name!r} has no `params`"
        for key in ("input_names", "model_input_names", "output_names"):
            if not isinstance(names := node.get(key) or [], list) or not all(isinstance(each, str) for each in names):
                return f"`{key}` of its node {name!r} is no list of names"
        if wrong := [param for param, entry in node["params"].items() if not isinstance(entry, dict)]:
            return f"its param {wrong[0]!r} of node {name!r} is no object"
    return ""


# Writing


def write_node(
    inputs: Iterable[Port], outputs: Iterable[Port], components: Iterable[str], block: str = CUSTOM
) -> dict[str, Any]:
    """The config of one node that says what the ports are, all of them: what an author starts from."""
    inputs, outputs = tuple(inputs), tuple(outputs)
    params = {port.name: _entry(port) for port in inputs}
    params |= {
        name: {"label": name.replace("_", " ").capitalize(), "type": "diffusers_auto_model", "display": "input"}
        for name in components
    }
    named = {port.name: f"{_RENAMED}{port.name}" if port.name in params else port.name for port in outputs}
    params |= {
        named[port.name]: {"label": port.title or port.name, "type": _said(port.type), "display": "output"}
        | ({"hidden": True} if port.advanced else {})
        for port in outputs
    }
    return {
        "params": params,
        "input_names": [port.name for port in inputs],
        "model_input_names": list(components),
        "output_names": list(named.values()),
        "block_name": block,
        "node_type": block,
    }


def merged(own: Mapping[str, Any], edited: Mapping[str, Any]) -> dict[str, Any]:
    """A node's config written anew, with what its author has changed in an earlier one: entries, and their order."""
    earlier = edited.get("params", {})
    params = {name: earlier.get(name, entry) for name, entry in own["params"].items()}
    lists = {}
    for key in ("input_names", "model_input_names", "output_names"):
        kept = [name for name in edited.get(key) or () if name in own[key]]
        lists[key] = kept + [name for name in own[key] if name not in kept]
    return {**own, "params": params, **lists}


_DISPLAYS = {
    "multiline": "textarea", "slider": "slider", "seed": "random", "combobox": "autocomplete", "repo": "modelselect",
    "color": "color", "file": "filebrowser", "image": "filebrowser", "json": "json", "checkbox": "checkbox",
}  # fmt: skip


def _entry(port: Port) -> dict[str, Any]:
    """A port as the config says it, so that reading it gives the same port."""
    entry: dict[str, Any] = {"label": port.title or port.name, "type": _said(port.type)}
    if port.required:
        entry["label"] += _REQUIRED
    if port.advanced:
        entry["hidden"] = True
    if (widget := port.widget) is None:
        return entry | {"display": "input"}
    if widget.kind in _DISPLAYS:
        entry["display"] = _DISPLAYS[widget.kind]
    if widget.options:
        entry["options"] = list(widget.options)
    bounds = {name: getattr(widget, name) for name in ("min", "max", "step")}
    entry |= {name: value for name, value in bounds.items() if value is not None}
    fields: dict[str, Any] = {"placeholder": widget.placeholder} if widget.placeholder else {}
    fields |= {"fileTypes": ["image"]} if widget.kind == "image" else {}
    entry |= {"fieldOptions": fields} if fields else {}
    return entry | ({"default": port.default} if port.default is not None else {})


def _said(kind: str) -> str:
    """Our type as Mellon calls it."""
    kind = item_type(kind)
    return {"bool": "boolean", "any": "custom"}.get(kind, kind)
