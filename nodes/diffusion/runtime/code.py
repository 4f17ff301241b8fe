"""Imports the code of a repo's blocks: each repo and commit is a package of its own, so that no two share a helper.

Python finds the package of `org/name` at a commit, `blockloom_blocks.org_name_<commit>`, in the repo's folder. Imports
of siblings, relative or not, resolve in that folder only. Nothing is copied, nothing enters `sys.path`, and no compiled
files are written, so a file that its author has just saved is read as it is now.
"""

import builtins
import glob
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from engine.errors import BlockloomError, NodeError, Problem
from nodes.diffusion.heavy import runtime
from nodes.diffusion.missing import missing_packages, missing_problem
from nodes.diffusion.own_code import bad_block, named_class
from nodes.diffusion.repos import BLOCK_CONFIG, PICKLED, Located, Repos

PACKAGE = "blockloom_blocks"
KEPT_EDITS = 2
"""Packages kept of a local folder that is edited: what runs, and what was described since."""
SMALL = 4 * 2**20
"""Bytes: files up to this size come along with the code that may read them."""
PATIENCE = 30.0
"""Seconds that one repo's import keeps others waiting at most: code that never ends must not hold them up for ever."""


def own_blocks(located: Located, repos: Repos) -> ModularPipelineBlocks:
    """An instance of the repo's own blocks. Raises NodeError if they may not run, can't be imported or made."""
    cls = blocks_class(located, repos)
    with problems_of(located):
        return cls()


def blocks_class(located: Located, repos: Repos) -> type[ModularPipelineBlocks]:
    """The class that `modular_config.json` names. Raises NodeError if it may not run or can't be imported."""
    module_name, class_name = named_class(located)
    repos.require_approval(located)
    package = package_of(located)
    if f"{package}.{module_name}" not in sys.modules:
        fetch_beside(located, repos)
    with _one_at_a_time(), problems_of(located):
        module = importlib.import_module(f"{package}.{module_name}")
    found = getattr(module, class_name, None)
    if not (isinstance(found, type) and issubclass(found, ModularPipelineBlocks)):
        what = "there is no such class" if found is None else "it is no ModularPipelineBlocks"
        raise bad_block(f"{BLOCK_CONFIG} of repo {located.repo!r} names {module_name}.{class_name}, but {what}.")
    return found


class problems_of:
    """Whatever the repo's code raises inside becomes a NodeError that names file and line."""

    def __init__(self, located: Located) -> None:
        self._located = located

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, BlockloomError) or not isinstance(error, Exception | SystemExit):
            return
        raise NodeError(_problem(self._located, error)) from error


def fetch_beside(located: Located, repos: Repos) -> None:
    """Have at hand what the code may read beside itself: a table, a font, a list of words; no weights."""
    small = [
        glob.escape(name)
        for name, size in repos.files(located).items()
        if size <= SMALL and not name.endswith((".safetensors", *PICKLED))
    ]
    if located.on_hub and small:
        repos.fetch(located, small)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Blocks import parts of diffusers, which import each other in rings: see `heavy.runtime`."""
    runtime("run")  # what all blocks need is there before, so that code which never ends holds no lock of that
    mine = _importing.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if mine:
            _importing.release()


_importing = threading.RLock()


# Packages

_packages: dict[str, Located] = {}
_lock = threading.RLock()


def package_of(located: Located) -> str:
    """The name of the repo's package at this commit, made known to Python."""
    slug = re.sub(r"\W+", "_", located.repo)
    commit = re.sub(r"^local|\W", "", located.commit)[:12]
    base = name = f"{PACKAGE}.{slug}_{commit}"
    with _lock:
        number = 2
        while _packages.get(name, located).folder != located.folder:  # a copy, or another name with the same slug
            name, number = f"{base}_{number}", number + 1
        if name not in _packages:
            if not located.on_hub:
                _forget_edits(located.folder)
            _packages[name] = located
            if _finder not in sys.meta_path:
                sys.meta_path.insert(0, _finder)
    return name


def _forget_edits(folder: Path) -> None:
    """Let go of what a local folder held before its last edits; instances that still run keep working."""
    earlier = [name for name, located in _packages.items() if located.folder == folder]
    for package in earlier[: max(0, len(earlier) + 1 - KEPT_EDITS)]:
        del _packages[package]
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the packages of repos, and their modules in the repo's folder and nowhere else."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name == PACKAGE:
            return _namespace(name, ())
        if not name.startswith(f"{PACKAGE}."):
            return None
        package = ".".join(name.split(".")[:2])
        with _lock:
            located = _packages.get(package)
        if located is None:
            return None
        folder = located.folder
        place = folder.joinpath(*name.split(".")[2:])
        if name == package:
            return _namespace(name, (place,))
        if (init := place / "__init__.py").is_file():
            return _spec(name, _own(located, init), package, folder, inside=place)
        if (module := place.with_suffix(".py")).is_file():
            return _spec(name, _own(located, module), package, folder)
        return _namespace(name, (_own(located, place),)) if _holds_code(place) else None


_finder = _Finder()


def _own(located: Located, path: Path) -> Path:
    """`path`, if it is the repo's own: a link out of its folder would run code that nobody was shown."""
    if not located.holds(path):
        raise ImportError(f"{path.relative_to(located.folder)} leads out of the repo's folder")
    return path


def _namespace(name: str, places: Sequence[Path]) -> importlib.machinery.ModuleSpec:
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(place) for place in places]
    return spec


def _spec(
    name: str, file: Path, package: str, folder: Path, inside: Path | None = None
) -> importlib.machinery.ModuleSpec | None:
    places = None if inside is None else [str(inside)]
    loader = _Loader(name, str(file), package, folder)
    return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs a module's source as it is now, with an `import` that finds the module's siblings."""

    def __init__(self, name: str, path: str, package: str, folder: Path) -> None:
        super().__init__(name, path)
        self._package, self._folder = package, folder

    def get_code(self, fullname: str) -> CodeType:
        try:
            code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        except SyntaxError as error:
            error.filename = error.filename or self.path  # of null bytes Python does not say where they are
            raise
        return code

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": _import_within(self._package, self._folder)}
        super().exec_module(module)


def _import_within(package: str, folder: Path) -> Callable[..., Any]:
    """`import` as modules in `folder` know it: `import helper` finds `helper.py` there. Python's own names stay its."""

    def import_(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        top = name.partition(".")[0]
        if level or top in sys.stdlib_module_names or not _is_module(folder / top):
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        found = builtins.__import__(f"{package}.{name}", globals, locals, fromlist or ("__name__",), 0)
        return found if fromlist else sys.modules[f"{package}.{top}"]

    return import_


def _is_module(place: Path) -> bool:
    return place.with_suffix(".py").is_file() or _holds_code(place)


def _holds_code(folder: Path) -> bool:
    """Whether Python code is in the folder: those of weights have none."""
    return folder.is_dir() and any(path.suffix == ".py" for path in folder.iterdir())


# What went wrong


def _problem(located: Located, error: BaseException) -> Problem:
    """What a person must know of an error in the repo's code, the frames in its folder as details."""
    details = "".join(traceback.format_exception(error))
    if packages := missing_packages(error):
        return missing_problem(f"The code of repo {located.repo!r}", packages, port="repo", details=details)
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(located.folder):
        place = str(Path(error.filename).relative_to(located.folder))
        place += f", line {error.lineno}" if error.lineno else ""
        return Problem(
            code="bad_block", port="repo", details=details, remedy="Mend the code.",
            message=f"The code of repo {located.repo!r} is no Python: {error.msg} ({place}).",
        )  # fmt: skip
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _within(frame.filename, located.folder)]
    place = f" ({Path(frames[-1].filename).relative_to(located.folder)}, line {frames[-1].lineno})" if frames else ""
    return Problem(
        code="block_failed", port="repo", details=details, remedy="Mend the code, or ask its author.",
        message=f"The code of repo {located.repo!r} failed: {type(error).__name__}: {error}{place}.",
    )  # fmt: skip


def _within(filename: str, folder: Path) -> bool:
    return Path(filename).is_relative_to(folder)
