"""Code of block repos, and what it reads beside itself, as files of another repo: flat, with names of their own.

`lib/helper.py` of `org/depth` becomes `depth_lib_helper.py`, see `imports`. diffusers copies nothing but code that is
imported; so the files beside that code, a table or a list of words, go into one more module, `depth_files.py`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from engine.errors import NodeError
from nodes.diffusion.own_code import has_code, named_class
from nodes.diffusion.parts import part_name
from nodes.diffusion.repos import Located, Repos
from nodes.diffusion.runtime.code import package_of
from nodes.diffusion.runtime.files_module import files_module, licences
from nodes.diffusion.runtime.imports import PLACE, Modules, Rewritten, Unwritable, after_head, rewritten

MOST_MODULES = 1000


@dataclass
class Copies:
    """The new files by name, and which module of a repo's package became which of them."""

    files: dict[str, str] = field(default_factory=dict)
    _modules: dict[str, str] = field(default_factory=dict)

    def module(self, name: str) -> str:
        """How the copy of a module, `blockloom_blocks.<repo>.<module>`, is imported beside it."""
        return f".{self._modules[name]}"

    def add(self, located: Located, repos: Repos, folders: Iterable[str]) -> None:
        """Copy the module that the repo's config names, all that it imports of the repo, and the files beside.

        `folders` hold components, which are no files of the code.
        """
        prefix = self._free_prefix(part_name(located.repo).replace("-", "_") or "blocks")
        names = _Names(prefix)
        modules = _copied_modules(located, names)
        for name, module in modules.items():
            text, new = module.text, names.of(name)
            if module.looks_beside:
                path = Modules(located.folder).file(name)
                assert path is not None  # a module without a file has no text
                beside = path.relative_to(located.folder).as_posix()
                text = after_head(
                    text, f"\nfrom .{prefix}_files import path_of\n\n{PLACE} = path_of({json.dumps(beside)})"
                )
            self.files[f"{new}.py"] = text
            self._modules[f"{package_of(located)}.{name}"] = new
        if any(module.looks_beside for module in modules.values()):
            code = [module.text for module in modules.values()]
            self.files[f"{prefix}_files.py"] = files_module(located, repos, folders, code)
        self.files |= {f"{prefix}_{name}": text for name, text in licences(located).items()}

    def _free_prefix(self, wanted: str) -> str:
        found, number = wanted, 1
        while any(name.startswith(f"{found}_") for name in self.files):
            number += 1
            found = f"{wanted}{number}"
        return found


def copied(repos: Repos, places: Mapping[Located, Iterable[str]]) -> Copies:
    """The code of those repos that bring some; of each, the folders with components. Raises NodeError.

    It can't be copied if it leads out of its folder, finds files in unusual ways, or has too many or too large ones.
    """
    copies = Copies()
    for located, folders in places.items():
        if has_code(located):
            copies.add(located, repos, folders)
    return copies


class _Names:
    """New names of a repo's modules, each its own."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._given = {"files": f"{prefix}_files"}  # taken by the module of files
        self._taken = set(self._given.values())

    def of(self, module: str) -> str:
        key = f".{module}"
        if key not in self._given:
            base = name = f"{self._prefix}_{module.replace('.', '_')}"
            number = 1
            while name in self._taken:
                number += 1
                name = f"{base}_{number}"
            self._taken.add(name)
            self._given[key] = name
        return self._given[key]


def _copied_modules(located: Located, names: _Names) -> dict[str, Rewritten]:
    """By name, the repo's main module and all that follow from it."""
    modules, found = Modules(located.folder), dict[str, Rewritten]()
    waiting = [named_class(located)[0]]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        file = modules.file(name)
        if file is not None and not located.holds(file):
            raise not_publishable(located, f"{name} lies outside of its folder")
        found[name] = module = _tried(located, name, lambda: rewritten(modules, name, names.of))  # noqa: B023
        waiting += module.needed
        if len(found) > MOST_MODULES:
            raise not_publishable(located, f"it has more than {MOST_MODULES} modules")
    return found


def _tried(located: Located, name: str, work: Callable[[], Rewritten]) -> Rewritten:
    try:
        return work()
    except Unwritable as error:
        raise not_publishable(located, f"{name} {error}") from error
    except (SyntaxError, ValueError, RecursionError) as error:
        raise not_publishable(located, f"{name} can't be read: {error}") from error


def not_publishable(located: Located, why: str) -> NodeError:
    return NodeError(
        f"The code of repo {located.repo!r} can't be published along: {why}.",
        remedy="Leave its block out, or mend the repo.", code="not_publishable",
    )  # fmt: skip
