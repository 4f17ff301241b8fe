"""Whether a plain value fits a port: typed, in range, among the options."""

import math
from collections.abc import Callable
from typing import Any

from engine.catalogue.plain import MAX_INT, MIN_INT, flaw, shown
from engine.catalogue.spec import Port, Widget
from engine.catalogue.types import ITEM_TYPES, REFS, is_list, item_type


class Misfit(ValueError):
    """A value does not fit a port.

    `code` is stable; the text goes on after the port's name ("takes text; it got 1.").
    """

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def accept(port: Port, value: Any) -> Any:
    """`value` in the port's type: an integer for a float port becomes a float, everything else stays as it is.

    Bounds and options hold for each item of a list. Raises Misfit. Values that are not plain data (pictures, tensors)
    come only over edges, so such ports accept no value.
    """
    kind = item_type(port.type)
    read = _READERS.get(kind)
    if read is None:
        raise Misfit("wrong_type", f"takes {kind} from another node; a value cannot be set.")
    if not is_list(port.type):
        return _checked(read(value), port.widget)
    if not isinstance(value, list):
        raise Misfit("wrong_type", f"takes a list; it got {shown(value)}.")
    return [_checked(read(item), port.widget) for item in value]


def _checked(value: Any, widget: Widget | None) -> Any:
    if widget is None:
        return value
    if widget.kind == "select" and not any(_same(option, value) for option in widget.options):
        options = ", ".join(shown(option) for option in widget.options[:12])
        more = ", …" if len(widget.options) > 12 else ""
        raise Misfit("not_an_option", f"takes one of {options}{more}; it got {shown(value)}.")
    if widget.min is not None and _is_number(value) and value < widget.min:
        raise Misfit("out_of_range", f"takes at least {widget.min:g}; it got {shown(value)}.")
    if widget.max is not None and _is_number(value) and value > widget.max:
        raise Misfit("out_of_range", f"takes at most {widget.max:g}; it got {shown(value)}.")
    return value


def _same(option: Any, value: Any) -> bool:
    return isinstance(option, bool) == isinstance(value, bool) and bool(option == value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misfit("wrong_type", f"takes a whole number; it got {shown(value)}.")
    if not MIN_INT <= value <= MAX_INT:
        raise Misfit("out_of_range", "takes a whole number of at most 64 bits; it got a larger one.")
    return value


def _number(value: Any) -> Any:
    if not _is_number(value):
        raise Misfit("wrong_type", f"takes a number; it got {shown(value)}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Misfit("not_finite", f"takes a finite number; it got {shown(value)}.")
    return float(_integer(value) if isinstance(value, int) else value)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise Misfit("wrong_type", f"takes text; it got {shown(value)}.")
    return _plain(value)


def _boolean(value: Any) -> Any:
    if not isinstance(value, bool):
        raise Misfit("wrong_type", f"takes true or false; it got {shown(value)}.")
    return value


def _file(value: Any) -> Any:
    if not isinstance(value, str | dict):
        raise Misfit("wrong_type", f"takes the name of a file; it got {shown(value)}.")
    return _plain(value)


def _ref(value: Any) -> Any:
    if not isinstance(value, dict):
        raise Misfit("wrong_type", f"takes an object; it got {shown(value)}.")
    return _plain(value)


def _plain(value: Any) -> Any:
    if found := flaw(value):
        place = "".join(f"[{shown(step)}]" for step in found.path[:6])
        raise Misfit(found.code, f"takes plain JSON data; its value{place} {found.what}.")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _integer, "float": _number, "string": _text, "bool": _boolean, "json": _plain, "any": _plain, "file": _file,
    **dict.fromkeys(REFS, _ref),
}  # fmt: skip

PLAIN_TYPES = frozenset(_READERS) - {"any"}
"""Item types whose values are always plain data: what an `inline` node may take and give."""

assert set(_READERS) <= ITEM_TYPES
