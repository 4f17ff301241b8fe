"""Which Python packages an error is for want of, and the command that installs them; nothing is imported or installed.

Classes of transformers and diffusers need some packages only when they are used: they raise an ImportError of their own
then, or fail with a NameError, where a module imports a package only if it is there.
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from engine.errors import Problem

if TYPE_CHECKING:
    from packaging.version import Version

DISTRIBUTIONS: Mapping[str, str] = {
    "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python", "google": "protobuf", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "yaml": "pyyaml", "mistral_common": "mistral-common", "Levenshtein": "levenshtein",
    "k_diffusion": "k-diffusion", "flash_attn": "flash-attn", "invisible_watermark": "invisible-watermark",
}  # fmt: skip
"""What pip calls a package, where that is not as Python imports it."""

_BACKENDS: Mapping[str, str] = {
    "vision": "PIL", "speech": "torchaudio", "jinja": "jinja2", "protobuf": "google", "opencv": "cv2",
    "mistral-common": "mistral_common", "onnx": "onnxruntime", "levenshtein": "Levenshtein",
}  # fmt: skip
"""What transformers and diffusers call a package in `requires_backends`, where that is not as Python imports it."""

_ASKED = re.compile(r"pip3? install ((?:-\S+ )*)['\"]?([A-Za-z0-9][\w.-]*)|need to have (\w+)(?: or (\w+))? installed")
_WITH_TORCH = ("torchvision", "torchaudio")
_INDEX = "https://download.pytorch.org/whl"


def missing_packages(error: BaseException) -> list[str]:
    """The packages, as Python imports them, that are not installed and for want of which `error` came.

    Empty if it came of something else, as far as can be told.
    """
    found = dict.fromkeys(name for each in _chain(error) for name in _named(each))
    return [name for name in found if not is_installed(name)]


def is_installed(name: str) -> bool:
    """Whether Python finds a package of that name."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def install_command(names: Iterable[str]) -> str:
    """What installs packages, given as Python imports them, beside the torch that is here."""
    wanted, index = [], ""
    for name in names:
        wanted.append(DISTRIBUTIONS.get(name, name))
        if name in _WITH_TORCH and (torch := _torch_version()) is not None:
            wanted[-1] += f"=={_beside(name, torch)}.*"
            index = f" --extra-index-url {_INDEX}/{torch.local}" if torch.local else ""
    return f"pip install {shlex.join(wanted)}{index}"


def missing_problem(what: str, names: Iterable[str], **place: Any) -> Problem:
    """The problem that `what`, the beginning of a sentence, needs packages that are not installed."""
    names = list(names)
    told = ", ".join(DISTRIBUTIONS.get(name, name) for name in names)
    one = len(names) == 1
    lack = f"package {told}, which is not installed" if one else f"packages {told}, which are not installed"
    remedy = f"Install {'it' if one else 'them'} where Blockloom runs, then start it again: {install_command(names)}"
    return Problem(code="missing_requirements", message=f"{what} needs the Python {lack}.", remedy=remedy, **place)


def missing_of(packages: Mapping[str, Iterable[str]], components: Iterable[str]) -> dict[str, list[str]]:
    """Of the packages that `components` need, those that are still not installed, by component."""
    known = {name: packages.get(name, ()) for name in components}
    missing = {name: [each for each in needed if not is_installed(each)] for name, needed in known.items()}
    return {name: found for name, found in missing.items() if found}


def missing_warnings(missing: Mapping[str, Iterable[str]], port: str) -> tuple[Problem, ...]:
    """That components will not load, for people who have not run anything yet."""
    return tuple(
        missing_problem(f"The component {name!r}", packages, port=port, severity="warning")
        for name, packages in missing.items()
    )


# What an error says


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        following = following.__cause__ or following.__context__
    yield from seen


def _named(error: BaseException) -> Iterator[str]:
    """The packages that one error names, installed or not."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        yield error.name.partition(".")[0]
    if isinstance(error, NameError) and error.name:
        yield from _optional_import(error.__traceback__, error.name)
    if isinstance(error, ImportError | ValueError | OSError | RuntimeError):
        yield from _required(error.__traceback__)
        for options, asked, needed, other in _ASKED.findall(str(error)):
            named = (asked, needed, other)
            yield from (_import_name(name) for name in named if name and "upgrade" not in options)


def _import_name(distribution: str) -> str:
    found = next((name for name, known in DISTRIBUTIONS.items() if known == distribution.lower()), distribution)
    return found.replace("-", "_")


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _required(trace: TracebackType | None) -> Iterator[str]:
    """What `requires_backends`, of transformers or of diffusers, was called with."""
    for frame in _frames(trace):
        if frame.f_code.co_name == "requires_backends":
            asked = frame.f_locals.get("backends")
            names = asked if isinstance(asked, list | tuple) else [asked]
            yield from (_BACKENDS.get(name, name) for name in names if isinstance(name, str))


def _optional_import(trace: TracebackType | None, name: str) -> Iterator[str]:
    """The package that the module, in which a name is missing, imports under that name if it is there."""
    frames = list(_frames(trace))
    try:
        tree = ast.parse(Path(frames[-1].f_code.co_filename).read_bytes())
    except (IndexError, OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (alias.asname or alias.name.partition(".")[0]) == name:
                    yield alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = any((alias.asname or alias.name) == name for alias in node.names)
            yield from [node.module.partition(".")[0]] if named else []


# What fits the torch that is here


def _torch_version() -> "Version | None":
    from packaging.version import InvalidVersion, Version  # costs the start of the server, which never needs it

    try:
        return Version(version("torch"))
    except (PackageNotFoundError, InvalidVersion):
        return None


def _beside(name: str, torch: "Version") -> str:
    """The minor version that belongs to a version of torch: torchvision counts as torch does, from 0.15 for 2.0."""
    return f"{torch.major}.{torch.minor}" if name == "torchaudio" else f"0.{torch.minor + 15}"
