"""Code of block repos as files of another repo: flat, with names of their own, imports adapted.

diffusers loads the code of a repo from single files beside each other, and imports among them must be relative. So
`helper.py` of `org/depth` becomes `depth_helper.py`, and `from .helper import …` becomes `from .depth_helper import …`.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import NodeError
from nodes.diffusion.own_code import has_code, named_class
from nodes.diffusion.parts import part_name
from nodes.diffusion.repos import Located
from nodes.diffusion.runtime.code import package_of


@dataclass
class Copies:
    """The new files by name, and which module of a repo's package became which of them."""

    files: dict[str, str] = field(default_factory=dict)
    _modules: dict[str, str] = field(default_factory=dict)

    def module(self, name: str) -> str:
        """How the copy of a module, `blockloom_blocks.<repo>.<module>`, is imported beside it."""
        return f".{self._modules[name]}"

    def add(self, located: Located) -> None:
        """Copy the module that the repo's config names, and all that it imports of the repo."""
        prefix = self._free_prefix(part_name(located.repo).replace("-", "_") or "blocks")
        waiting, seen = [named_class(located)[0]], set[str]()
        while waiting:
            module = waiting.pop()
            if module in seen:
                continue
            seen.add(module)
            text, needed = _adapted(located, module, prefix)
            self.files[f"{prefix}_{module}.py"] = text
            self._modules[f"{package_of(located)}.{module}"] = f"{prefix}_{module}"
            waiting += needed

    def _free_prefix(self, wanted: str) -> str:
        found, number = wanted, 1
        while any(name.startswith(f"{found}_") for name in self.files):
            number += 1
            found = f"{wanted}{number}"
        return found


def copied(repos: Iterable[Located]) -> Copies:
    """The code of those repos that bring some. Raises NodeError for code in subfolders: diffusers loads none."""
    copies = Copies()
    for located in dict.fromkeys(repos):
        if has_code(located):
            copies.add(located)
    return copies


def _adapted(located: Located, module: str, prefix: str) -> tuple[str, list[str]]:
    """The text of a module with its imports adapted, and the modules of the repo that it imports."""
    path = located.folder / f"{module}.py"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    needed: list[str] = []
    imports = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(imports, key=lambda each: -each.lineno):
        new = _rewritten(node, located, prefix, needed)
        if new is not None:
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            before, after = lines[first][: node.col_offset], lines[last].encode()[node.end_col_offset :].decode()
            glue = f"\n{before}" if not before.strip() else "; "
            lines[first : last + 1] = [before + glue.join(new) + after]
    return "".join(lines), needed


def _rewritten(node: ast.Import | ast.ImportFrom, located: Located, prefix: str, needed: list[str]) -> list[str] | None:
    """The statements in place of an import; None where it is not of the repo's own modules."""
    if isinstance(node, ast.Import):
        own = [alias for alias in node.names if _own_module(located, alias.name, relative=False)]
        if not own:
            return None
        needed += [alias.name for alias in own]
        others = [alias for alias in node.names if alias not in own]
        new = [f"from . import {prefix}_{alias.name} as {alias.asname or alias.name}" for alias in own]
        return new + ([ast.unparse(ast.Import(names=others))] if others else [])
    if node.level > 1 or (node.level == 1 and node.module and "." in node.module):
        raise _in_folders(located)
    if node.module is None:  # from . import helper
        for alias in node.names:
            if not _own_module(located, alias.name, relative=True):
                raise _in_folders(located)
        needed += [alias.name for alias in node.names]
        return [f"from . import {prefix}_{alias.name} as {alias.asname or alias.name}" for alias in node.names]
    if not _own_module(located, node.module, relative=node.level == 1):
        return None
    needed.append(node.module)
    return [ast.unparse(ast.ImportFrom(module=f"{prefix}_{node.module}", names=node.names, level=1))]


def _own_module(located: Located, name: str, *, relative: bool) -> bool:
    """Whether an import is of a file of the repo. Raises NodeError if it is of a subfolder with code."""
    place: Path = located.folder.joinpath(*name.split("."))
    if place.with_suffix(".py").is_file() and "." not in name:
        return True
    if relative or (place.is_dir() and any(place.glob("*.py"))):
        raise _in_folders(located)
    return False


def _in_folders(located: Located) -> NodeError:
    return NodeError(
        f"The code of repo {located.repo!r} lies in subfolders, which diffusers does not load from a published repo.",
        remedy="Leave its block out, or put its code beside block.py.", code="not_publishable",
    )  # fmt: skip
