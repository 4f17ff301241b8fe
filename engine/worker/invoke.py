"""Calls a node's function: wraps and maps its inputs, and checks what it returned. Shared by worker and server."""

import os
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.catalogue.context import Context
from engine.catalogue.define import NodeDefinition
from engine.catalogue.types import REFS, is_list, item_type
from engine.errors import BlockloomError, NodeError, Problem

MAX_DETAILS = 16_000
"""Characters of a traceback."""
OUT_OF_MEMORY = "out_of_memory"
_NO_MEMORY = ("out of memory", "can't allocate memory", "ALLOC_FAILED")
_ENGINE = str(Path(__file__).parent.parent) + os.sep

_OBJECTS = frozenset({"image", "mask", "video", "audio", "latents", "tensor"})
"""Types whose values are never None nor plain scalars."""


def invoke(
    definition: NodeDefinition,
    inputs: Mapping[str, Any],
    *,
    ports: Mapping[str, str],
    mapped: Collection[str] = (),
    wrapped: Collection[str] = (),
    context: Context | None = None,
) -> dict[str, Any]:
    """The outputs of the node by name: exactly those in `ports` (name → type before mapping).

    `wrapped` inputs are made lists of one. Over `mapped` inputs, which are lists, the function is called item by item
    and each output becomes a list (outputs that are lists are joined to one); several go together, and a list of one
    goes with each item of the others. `context` is for functions that want one, and stops a mapping when the run is
    cancelled.

    Raises NodeError for lists of different lengths and for outputs that do not fit their ports; whatever the function
    raises passes through.
    """
    ready = dict(inputs)
    for name in wrapped:
        ready[name] = [inputs[name]]
    _int_to_float(definition, ready, mapped)
    if not mapped:
        return _call(definition, ready, ports, context)
    results = []
    for item in _items(ready, mapped):
        if context is not None:
            context.check()
        results.append(_call(definition, item, ports, context))
    return {name: _gathered([result[name] for result in results], port_type) for name, port_type in ports.items()}


def collect(values: Sequence[Any]) -> list[Any]:
    """What several edges bring, as one list in edge order; a list that came over an edge brings its items."""
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _gathered(values: list[Any], port_type: str) -> list[Any]:
    """One list of all items: lists do not nest."""
    return [item for value in values for item in value] if is_list(port_type) else values


def _call(
    definition: NodeDefinition, inputs: dict[str, Any], ports: Mapping[str, str], context: Context | None
) -> dict[str, Any]:
    if definition.function is None:
        raise NodeError("This node has nothing to run.", code="bad_node", remedy="Report it to the author of the pack.")
    if definition.context_parameter is not None:
        inputs = inputs | {definition.context_parameter: context}
    return _checked(definition.function(**inputs), ports)


def _items(inputs: dict[str, Any], mapped: Collection[str]) -> Sequence[dict[str, Any]]:
    """The inputs of each call."""
    lists: dict[str, Sequence[Any]] = {}
    for name in sorted(mapped):
        if not isinstance(inputs.get(name), list | tuple):
            raise NodeError(f"Input {name!r} should have been given a list.", port=name, code="bad_input")
        lists[name] = inputs[name]
    lengths = {name: len(items) for name, items in lists.items()}
    several = {length for length in lengths.values() if length != 1}
    if len(several) > 1:
        named = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        remedy = "Connect lists of the same length; a list of one goes with any length."
        raise NodeError(
            f"The lists differ in length: {named}.", port=next(iter(lists)), remedy=remedy, code="bad_input"
        )
    count = several.pop() if several else 1
    return [
        inputs | {name: items[0 if len(items) == 1 else index] for name, items in lists.items()}
        for index in range(count)
    ]


def _int_to_float(definition: NodeDefinition, inputs: dict[str, Any], mapped: Collection[str]) -> None:
    """A whole number is welcome where a float is: the function gets the float its annotation says."""
    for port in definition.float_inputs:
        if port.name in inputs:
            value = inputs[port.name]
            if isinstance(value, list) and (port.many or port.name in mapped or is_list(port.type)):
                inputs[port.name] = [_as_float(item) for item in value]
            else:
                inputs[port.name] = _as_float(value)


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked(outputs: Any, ports: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(outputs, Mapping):
        raise _bad_output(None, f"The node returned {_describe(outputs)} where its outputs by name were expected.")
    for name in ports:
        if name not in outputs:
            raise _bad_output(name, f"The node did not return its output {name!r}.")
    return {name: _fitting(outputs[name], name, port_type) for name, port_type in ports.items()}


def _fitting(value: Any, name: str, port_type: str) -> Any:
    """`value` as a value of `port_type`."""
    if not is_list(port_type):
        return _fitting_item(value, name, port_type)
    if not isinstance(value, list | tuple):
        raise _bad_output(name, f"Output {name!r} should be a list, but the node returned {_describe(value)}.")
    return [_fitting_item(item, name, item_type(port_type)) for item in value]


def _fitting_item(value: Any, name: str, port_type: str) -> Any:
    if port_type == "float":
        value = _as_float(value)
    if not _FITS.get(port_type, _anything)(value):
        raise _bad_output(
            name, f"Output {name!r} should be of type {port_type}, but the node returned {_describe(value)}."
        )
    return value


def _anything(value: Any) -> bool:
    return True


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return value is not None and not isinstance(value, bool | int | float | str | bytes)


_FITS: dict[str, Callable[[Any], bool]] = {
    "int": _is_int,
    "float": lambda value: isinstance(value, float),
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "embeddings": lambda value: isinstance(value, Mapping),
    "file": lambda value: value is not None,
    **dict.fromkeys(_OBJECTS, _is_object),
    **dict.fromkeys(REFS, _is_object),
}


def _describe(value: Any) -> str:
    return "nothing (None)" if value is None else f"a value of type {type(value).__name__}"


def _bad_output(port: str | None, message: str) -> NodeError:
    return NodeError(
        message, port=port, code="bad_output", remedy="This is a fault of the node; report it to its author."
    )


def problem_from(error: BaseException, node: str) -> Problem:
    """What a person is told of what `node` raised: its own problem, or its name and text, with a traceback."""
    details = _details(error)
    if isinstance(error, BlockloomError) and error.problems:
        return replace(error.problems[0], node=node, details=error.problems[0].details or details)
    if _ran_out_of_memory(error):
        remedy = "Use smaller pictures or a smaller batch, free loaded models, or allow less memory for models."
        text = _first_line(error)
        message = f"There was not enough memory{f': {text}' if text else '.'}"
        return Problem(code=OUT_OF_MEMORY, message=message, node=node, remedy=remedy, details=details)
    text = _first_line(error)
    message = f"{type(error).__name__}: {text}" if text else f"The node raised {type(error).__name__}."
    return Problem(code="node_failed", message=message, node=node, details=details)


def _ran_out_of_memory(error: BaseException) -> bool:
    """torch says so by an error of its own for its allocator, and in words for CUDA, cuBLAS and the CPU."""
    if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__:
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:500].encode(errors="replace").decode()


def _details(error: BaseException) -> str:
    """The traceback without the engine's frames, its end if it is long."""
    summary = traceback.TracebackException.from_exception(error, limit=-50)
    kept = [frame for frame in summary.stack if not frame.filename.startswith(_ENGINE)]
    summary.stack = traceback.StackSummary.from_list(kept)
    return "".join(summary.format())[-MAX_DETAILS:].encode(errors="replace").decode()
