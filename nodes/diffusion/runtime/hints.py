"""Type hints and defaults of foreign code as plain data; whatever they are, nothing crashes."""

import re
import typing
from typing import Any


def hint_text(hint: Any) -> str:
    """A type hint as text, whatever it is: `torch.Tensor`, `list[float]`, "" for none."""
    if hint is None:
        return ""
    if isinstance(hint, type) and not typing.get_args(hint):
        module = "" if hint.__module__ == "builtins" else f"{hint.__module__}."
        return f"{module}{hint.__qualname__}"
    try:
        text = str(hint)
    except Exception:  # whatever someone put there, it has no text
        return type(hint).__name__
    return re.sub(r"<class '([^']*)'>", r"\1", re.sub(r" at 0x[0-9a-f]+", "", text)).replace("typing.", "")


def plain(value: Any) -> Any:
    """A default as JSON data; None for what JSON cannot say, such as a dtype or a function."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if isinstance(value, str | int | bool) else None
