"""Objects that blocks take and hand each other, such as a condition of a video: dataclasses, as plain data and back.

Which classes an input takes is read from its type hint or, where that says too little, from the names that its
description quotes. No class is known by name here.
"""

import contextlib
import dataclasses
import functools
import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks
from diffusers.utils import BaseOutput

from engine.errors import NodeError
from nodes.diffusion.heavy import importing
from nodes.diffusion.objects import KIND, object_value
from nodes.diffusion.runtime.hints import hint_text, plain
from nodes.diffusion.runtime.sounds import missing_rates

PACKAGES = ("diffusers", "blockloom_blocks")
"""Where classes of objects come from: diffusers, and code that was approved and is loaded; see `runtime/code.py`."""

_VAGUE = re.compile(r"|list|(typing\.)?(List|Any)|dict|object")
"""Type hints that leave the class open."""


def classes_of(block: ModularPipelineBlocks, param: Any, hint: str) -> tuple[type, ...]:
    """The classes of which an input of `block` takes objects, or lists of them; `hint` is its type hint as text."""
    if found := tuple(_in_hint(param.type_hint)):
        return found if all(map(is_object_class, found)) else ()
    if not _VAGUE.fullmatch(hint):
        return ()
    known: dict[str, Any] = vars(sys.modules[type(block).__module__])
    named: list[Any] = [known.get(name) for name in re.findall(r"`(\w+)`", str(param.description or ""))]
    return tuple(dict.fromkeys(cls for cls in named if is_object_class(cls)))


def is_object_class(cls: Any) -> bool:
    """Whether it is a dataclass that people make objects of; those that models return are none."""
    return isinstance(cls, type) and dataclasses.is_dataclass(cls) and not issubclass(cls, BaseOutput)


def class_facts(cls: type) -> dict[str, Any]:
    """A class as plain data: `{class, name, description, fields}`; fields are described as inputs of blocks are."""
    said = inspect.cleandoc(cls.__doc__ or "")
    return {
        "class": f"{cls.__module__}:{cls.__qualname__}",
        "name": cls.__name__,
        "description": said.partition("\n\n")[0].replace("\n", " "),
        "fields": list(_fields(cls).values()),
    }


def is_object(value: Any) -> bool:
    return is_object_class(type(value))


def as_value(thing: Any, inner: Callable[[Any], Any]) -> dict[str, Any]:
    """An object as a value that can be kept; `inner` makes values of what its fields hold."""
    fields = {field.name: inner(getattr(thing, field.name)) for field in dataclasses.fields(thing) if field.init}
    return object_value(f"{type(thing).__module__}:{type(thing).__qualname__}", fields)


def from_value(value: Mapping[str, Any], port: str, inner: Callable[[Mapping[str, Any], Any], Any]) -> Any:
    """The object of which `as_value` made `value`; `inner` makes of a field, as described, and its value what it holds.

    Raises NodeError, for the input `port`, if there is no such class or its fields are refused.
    """
    cls = _class(str(value[KIND]), port)
    described = _fields(cls)
    given = {name: item for name, item in value["fields"].items() if item is not None}
    given |= missing_rates(described, given)
    if unknown := given.keys() - described.keys():
        raise NodeError(f"{cls.__name__} has no field {min(unknown)!r}.", remedy="Make the object anew.", port=port)
    try:
        return cls(**{name: _tensor(described[name], inner(described[name], item)) for name, item in given.items()})
    except NodeError as error:  # of a field, which is no input of the block
        told = error.problems[0]
        raise NodeError(dataclasses.replace(told, message=f"{cls.__name__}: {told.message}", port=port)) from error
    except (TypeError, ValueError) as error:
        raise NodeError(f"{cls.__name__} says: {error}", remedy="Change the object's node.", port=port) from error


def _in_hint(hint: Any) -> Iterator[Any]:
    """The types in a hint without None and lists; of a class that is only the base of others, those."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) in (typing.Union, list, tuple):
        for part in typing.get_args(hint):
            yield from _in_hint(part)
    elif is_object_class(hint) and not dataclasses.fields(hint):
        for part in hint.__subclasses__():
            yield from _in_hint(part)
    elif hint not in (None, type(None), ..., list, tuple, dict, Any, object):
        yield hint


@functools.cache
def _fields(cls: Any) -> dict[str, dict[str, Any]]:
    try:
        hints = typing.get_type_hints(cls)
    except Exception:  # a name in a hint that is not there at run time
        hints = {}
    texts = _texts(cls)
    found = {}
    for field in dataclasses.fields(cls):
        default = None if field.default is dataclasses.MISSING else field.default
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if field.init:
            found[field.name] = {
                "name": field.name,
                "type": hint_text(hints.get(field.name, field.type)),
                "default": plain(default),
                "tuple": isinstance(default, tuple),
                "required": needed,
                "description": texts.get(field.name, ""),
                "group": "",
                "upstream": False,
            }
    return found


def _texts(cls: type) -> dict[str, str]:
    """What the docstring says of fields: lines `name (type):`, each with an indented text below."""
    found: dict[str, list[str]] = {}
    name, depth = "", 0
    for line in inspect.cleandoc(cls.__doc__ or "").splitlines():
        indent = len(line) - len(line.lstrip())
        if match := re.match(r"\s*(\w+)\s*\(.*\):\s*$", line):
            name, depth = match[1], indent
        elif name and line.strip() and indent > depth:
            found.setdefault(name, []).append(line.strip())
        elif line.strip():
            name = ""
    return {name: " ".join(lines) for name, lines in found.items()}


def _class(path: str, port: str) -> Any:
    """The class at `module:name`. Only dataclasses of `PACKAGES`: a graph may name any."""
    module, _, name = path.partition(":")
    if module.partition(".")[0] == PACKAGES[0]:
        with contextlib.suppress(ImportError), importing():
            importlib.import_module(module)
    cls = getattr(sys.modules.get(module), name, None) if module.partition(".")[0] in PACKAGES else None
    if not is_object_class(cls):
        raise NodeError(f"There are no objects {path!r}.", remedy="Connect a Make object node.", port=port)
    return cls


def _tensor(field: Mapping[str, Any], value: Any) -> Any:
    """Numbers that a person typed as the tensor that a field holds."""
    only_tensor = "Tensor" in field["type"] and not re.search(r"\b[lL]ist\b", field["type"])
    return torch.tensor(value, dtype=torch.float32) if only_tensor and isinstance(value, list) else value
