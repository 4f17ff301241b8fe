"""The imports of a repo's module, written anew for a place where all of the repo's modules lie flat beside each other.

diffusers loads the code of a repo from single files in one folder, and imports among them must be relative. So in
`lib/helper.py` of `org/depth`, `from ..words import WORDS` becomes `from .depth_words import WORDS`.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLACE = "__file__"
"""What code asks to find the files beside itself."""
_OTHER_WAYS = frozenset({"__path__", "__spec__", "__loader__"})
_OTHER_MODULES = frozenset({"importlib.resources", "importlib_resources", "pkg_resources"})


class Unwritable(Exception):
    """Why a module's imports can't be written anew, as the end of a sentence."""


@dataclass(frozen=True)
class Modules:
    """The modules below a folder, by dotted name; "" is the folder itself."""

    folder: Path

    def file(self, name: str) -> Path | None:
        """The file of a module; None for a folder of modules that has no `__init__.py`, and for what is none."""
        place = self.folder.joinpath(*name.split("."))
        if name and (init := place / "__init__.py").is_file():
            return init
        return file if name and (file := place.with_suffix(".py")).is_file() else None

    def is_package(self, name: str) -> bool:
        """Whether it is a folder with code in it."""
        place = self.folder.joinpath(*name.split(".")) if name else self.folder
        return place.is_dir() and any(place.glob("*.py"))

    def has(self, name: str) -> bool:
        return self.file(name) is not None or self.is_package(name)

    def binds(self, package: str, name: str) -> bool:
        """Whether a package's `__init__.py` gives a name a meaning, which then goes before a module of that name."""
        file = self.file(package)
        if file is None or file.name != "__init__.py":
            return False
        return name in set(_bound(ast.parse(file.read_bytes())))


@dataclass
class Rewritten:
    """A module's text for its new place, the modules that it imports, and whether it looks for files beside itself."""

    text: str
    needed: list[str] = field(default_factory=list)
    looks_beside: bool = False


def rewritten(modules: Modules, name: str, new_name: Callable[[str], str]) -> Rewritten:
    """The module `name`, in which `new_name(other)` stands for other modules. Raises Unwritable, SyntaxError."""
    file = modules.file(name)
    if file is None:  # a folder of modules
        return Rewritten("")
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    writer = _Writer(modules, package, new_name)
    lines = source.splitlines(keepends=True)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(imports, key=lambda each: (-each.lineno, -each.col_offset)):
        if (new := writer.statements(node)) is not None:
            _replace(lines, node, new)
    _refuse_other_ways(tree)
    beside = any(isinstance(node, ast.Name) and node.id == PLACE for node in ast.walk(tree))
    return Rewritten("".join(lines), list(dict.fromkeys(writer.needed)), beside)


def after_head(text: str, statement: str) -> str:
    """A module's text with a statement in front of all others, but for its docstring and `from __future__ import`."""
    body = ast.parse(text).body
    head = 0
    for index, node in enumerate(body):
        documents = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not documents and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        head = node.end_lineno or node.lineno
    lines = text.splitlines(keepends=True)
    before = "".join(lines[:head])
    return f"{before}{'' if before.endswith(chr(10)) or not before else chr(10)}{statement}\n{''.join(lines[head:])}"


class _Writer:
    """Writes import statements of a module in `package`, and notes which modules they need."""

    def __init__(self, modules: Modules, package: str, new_name: Callable[[str], str]) -> None:
        self.modules, self.package, self.new_name = modules, package, new_name
        self.needed: list[str] = []

    def statements(self, node: ast.Import | ast.ImportFrom) -> list[str] | None:
        """What stands in place of an import; None where it is not of the repo's own modules."""
        return self._import(node) if isinstance(node, ast.Import) else self._import_from(node)

    def _import(self, node: ast.Import) -> list[str] | None:
        own = [alias for alias in node.names if self._is_own(alias.name)]
        if not own:
            return None
        new = [statement for alias in own for statement in self._bind(alias)]
        others = [alias for alias in node.names if alias not in own]
        return new + ([ast.unparse(ast.Import(names=others))] if others else [])

    def _bind(self, alias: ast.alias) -> Iterator[str]:
        """`import lib.helper` binds `lib`, of which `helper` is then an attribute."""
        yield from self._packages_first(alias.name)
        if alias.asname or "." not in alias.name:
            yield f"from . import {self._new(alias.name)} as {alias.asname or alias.name}"
            return
        parts = alias.name.split(".")
        paths = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        yield f"from . import {self._new(paths[0])} as {paths[0]}"
        for path in paths[1:]:
            yield f"from . import {self._new(path)}"
            yield f"{path} = {self.new_name(path)}"

    def _import_from(self, node: ast.ImportFrom) -> list[str] | None:
        if not node.level and not self._is_own(node.module or ""):
            return None
        base = self._base(node)
        taken = [alias for alias in node.names if self._is_module(base, alias.name)]
        others = [alias for alias in node.names if alias not in taken]
        new = list(self._packages_first(base))
        for alias in taken:
            name = f"{base}.{alias.name}" if base else alias.name
            new.append(f"from . import {self._new(name)} as {alias.asname or alias.name}")
        if others:
            if self.modules.file(base) is None:
                raise Unwritable(
                    f"imports {others[0].name!r} from {base or 'its main folder'!r}, which has no such module"
                )
            new.append(ast.unparse(ast.ImportFrom(module=self._new(base), names=others, level=1)))
        return new

    def _base(self, node: ast.ImportFrom) -> str:
        """The module that names are imported from."""
        if not node.level:
            return node.module or ""
        above = self.package.split(".") if self.package else []
        if node.level - 1 > len(above):
            raise Unwritable("imports from above the repo's folder")
        kept = above[: len(above) - (node.level - 1)]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def _is_module(self, base: str, name: str) -> bool:
        full = f"{base}.{name}" if base else name
        return name != "*" and self.modules.has(full) and not self.modules.binds(base, name)

    def _packages_first(self, name: str) -> Iterator[str]:
        """Python runs the `__init__.py` of all packages around a module before it."""
        parts = name.split(".")
        for end in range(1, len(parts)):
            package = ".".join(parts[:end])
            inside = self.package == package or self.package.startswith(f"{package}.")
            if not inside and (file := self.modules.file(package)) is not None and file.read_text("utf-8").strip():
                yield f"from . import {self._new(package)}"

    def _is_own(self, name: str) -> bool:
        top = name.partition(".")[0]
        return top not in sys.stdlib_module_names and self.modules.has(top)

    def _new(self, name: str) -> str:
        if not self.modules.has(name):
            raise Unwritable(f"imports {name!r}, which is not there")
        self.needed.append(name)
        return self.new_name(name)


def _replace(lines: list[str], node: ast.stmt, new: list[str]) -> None:
    """Put statements in place of one; columns count bytes."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    glue = f"\n{before}" if not before.strip() else "; "
    lines[first : last + 1] = [before + glue.join(new) + after]


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that a module's own statements bind."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from (
                each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            )


def _refuse_other_ways(tree: ast.Module) -> None:
    """Raise Unwritable for ways to find files, or modules, that only a package of its own has."""
    for node in ast.walk(tree):
        names: Iterable[str] = ()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        if found := next((name for name in names if name in _OTHER_MODULES), None):
            raise Unwritable(f"finds its files with {found}; Path({PLACE}).parent works everywhere")
        if isinstance(node, ast.Name) and node.id in _OTHER_WAYS:
            raise Unwritable(f"uses {node.id}, which only a package has; Path({PLACE}).parent works everywhere")
