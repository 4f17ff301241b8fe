"""Which of a repo's files are wanted: configs, code, and the safetensors weights of a variant."""

import fnmatch
from collections.abc import Iterable

from nodes.diffusion.repos import CONFIG_PATTERNS, INDEX_FILES, PICKLED

_NO_WEIGHTS = ("training_args", "optimizer", "scheduler", "random_states")
"""How pickles begin that training leaves behind and no pipeline loads."""


def wanted_files(names: Iterable[str], variant: str | None = None) -> list[str]:
    """Which files of a repo a pipeline loads: configs, tokenizers, code and safetensors of the variant, no pickles.

    The single-file checkpoint that often lies beside a diffusers folder layout is left out.
    """
    names = list(names)
    layout = any(name in INDEX_FILES for name in names)
    kept = [
        name
        for name in names
        if any(fnmatch.fnmatch(name, pattern) for pattern in (*CONFIG_PATTERNS, "*.safetensors"))
        and not (layout and "/" not in name and name.endswith(".safetensors"))
    ]
    weights = {name for name in kept if name.endswith(".safetensors")}
    return [name for name in kept if name not in weights or _of_variant(name, weights, variant)]


def weights_in(names: Iterable[str], subfolder: str, variant: str | None, *, pickles: bool = False) -> list[str]:
    """The weight files of the component in `subfolder`; only where there are no others, and if allowed, pickles."""
    inside = [name for name in names if name.rpartition("/")[0] == subfolder]
    weights = {name for name in inside if name.endswith(".safetensors")}
    if not weights and pickles:
        weights = set(pickles_in(inside, subfolder))
    return sorted(name for name in weights if _of_variant(name, weights, variant))


def pickles_in(names: Iterable[str], subfolder: str) -> list[str]:
    """The pickled weight files of the component in `subfolder`."""
    return [name for name in names if name.rpartition("/")[0] == subfolder and is_pickle(name)]


def is_pickle(name: str) -> bool:
    """Whether the file holds pickled weights, which can run code when they are loaded."""
    return name.endswith(PICKLED) and not name.rpartition("/")[2].startswith(_NO_WEIGHTS)


def _of_variant(name: str, weights: set[str], variant: str | None) -> bool:
    """Whether `name` is of the variant, or plain where its folder has no such variant."""
    folder = name.rpartition("/")[0]
    beside = {other for other in weights if other.rpartition("/")[0] == folder}
    chosen = {other for other in beside if (_variant(other) or None) == variant}
    if not chosen:
        chosen = {other for other in beside if _variant(other) == ""} or beside
    return name in chosen


def _variant(name: str) -> str:
    """`model.fp16-00001-of-00002.safetensors` → `fp16`; plain weights → ``."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return stem.partition(".")[2].partition("-0")[0]
