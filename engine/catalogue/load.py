"""Node packs: the built-in ones by import name, others from entry points and from the user's folder of Python files.

An outside pack is named `entry:NAME` (entry point group `blockloom.nodes`), `file:NAME.py` or `file:NAME/`. Listing
imports nothing; importing one runs foreign code, so only workers do that, and the server makes its definitions from
the node types that a worker sends.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from engine.catalogue.define import NodeDefinition, check_type, definitions_in
from engine.catalogue.pack import Pack
from engine.catalogue.spec import NodeType
from engine.errors import BlockloomError, DefinitionError, Problem

ENTRY_POINTS = "blockloom.nodes"
"""Entry point group; an entry names a module with nodes, or a function that returns a `Pack`."""


def load_pack(name: str) -> Pack:
    """The built-in pack `module:function`. Raises DefinitionError if it cannot be loaded."""
    module_name, _, function = name.partition(":")
    try:
        pack = getattr(importlib.import_module(module_name), function)()
    except (Exception, SystemExit) as error:
        raise _failed(name, error, "") from error
    return _finished(pack, name)


def outside_packs(nodes_dir: Path | None) -> list[str]:
    """Names of the packs that are installed (entry points) or lie in `nodes_dir`, without importing any.

    Files and folders whose names begin with `_` or `.` are helpers, not packs.
    """
    names = [f"entry:{entry.name}" for entry in importlib.metadata.entry_points(group=ENTRY_POINTS)]
    if nodes_dir is not None and nodes_dir.is_dir():
        for path in sorted(nodes_dir.iterdir()):
            if path.name.startswith(("_", ".")):
                continue
            if path.is_file() and path.suffix == ".py":
                names.append(f"file:{path.name}")
            elif (path / "__init__.py").is_file():
                names.append(f"file:{path.name}/")
    return list(dict.fromkeys(names))


def load_outside(name: str, nodes_dir: Path | None) -> Pack:
    """Import the outside pack `name` and collect its nodes; runs foreign code.

    Raises DefinitionError with the file, the line and the reason if that fails, whatever the pack raised.
    """
    kind, _, inner = name.partition(":")
    try:
        found = _entry_point(name, inner).load() if kind == "entry" else _import_file(name, inner, nodes_dir)
        pack = _pack_in(name, found)
    except (Exception, SystemExit) as error:
        raise _failed(name, error, "" if kind == "entry" else str(nodes_dir)) from error
    for definition in pack.definitions:
        if definition.resolve is not None:
            raise _wrong(
                name, f"its node type {definition.type.type!r} has ports that change",
                "Only built-in packs can have such nodes; give it fixed ports.",
            )  # fmt: skip
    return _finished(replace(pack, name=name), name)


def definition_from_data(data: Mapping[str, Any], pack: str) -> NodeDefinition:
    """The definition of a node type that a worker sent as JSON data, for the server: it has no code.

    Foreign code never runs in the server, so the lane `inline` becomes `cpu`. Raises DefinitionError for bad data.
    """
    try:
        node_type = NodeType.model_validate(data)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field = ".".join(map(str, detail["loc"]))
        raise _wrong(pack, f"a node type's field {field!r} is wrong ({detail['msg']})", "Update the pack.") from error
    lane = "cpu" if node_type.lane == "inline" else node_type.lane
    node_type = node_type.model_copy(update={"pack": pack, "lane": lane})
    check_type(node_type)
    return NodeDefinition(type=node_type)


def refuse_conflicts(pack: Pack, known: Iterable[NodeType]) -> None:
    """Raise DefinitionError if `pack` defines a type that another pack in `known` already has."""
    owners = {node_type.type: node_type.pack for node_type in known}
    for definition in pack.definitions:
        name = definition.type.type
        owner = owners.get(name, pack.name)
        if owner != pack.name:
            raise _wrong(
                pack.name, f"it defines the node type {name!r}, which belongs to the pack {owner!r}",
                "Give the node type another name.",
            )  # fmt: skip


def _finished(pack: Any, name: str) -> Pack:
    """`pack` with its name on each node type."""
    if not isinstance(pack, Pack):
        raise _wrong(name, f"its load function returned {type(pack).__name__}", "Return a Pack.")
    seen: dict[str, NodeDefinition] = {}
    for definition in pack.definitions:
        if seen.setdefault(definition.type.type, definition) is not definition:
            raise _wrong(name, f"it defines the node type {definition.type.type!r} twice", "Rename one of them.")
        check_type(definition.type)
    definitions = [
        replace(definition, type=definition.type.model_copy(update={"pack": pack.name})) for definition in seen.values()
    ]
    return replace(pack, definitions=definitions)


def _pack_in(name: str, found: Any) -> Pack:
    """The pack in what was imported: made by its load function, or of the nodes in a module."""
    if isinstance(found, ModuleType):
        load = getattr(found, "load", None)
        if not callable(load) or hasattr(load, "definition"):  # a node may be called load
            definitions = definitions_in(found)
            if not definitions:
                remedy = "Decorate a function with @node; if it is only a helper, begin its name with _."
                raise _wrong(name, "it defines no nodes", remedy)
            return Pack(name=name, definitions=definitions)
        found = load
    pack = found()
    if not isinstance(pack, Pack):
        return _finished(pack, name)
    return replace(pack, definitions=[_definition(name, item) for item in pack.definitions])


def _definition(name: str, item: Any) -> NodeDefinition:
    """A definition as it is, or that of a function decorated with @node."""
    found = getattr(item, "definition", item)
    if not isinstance(found, NodeDefinition):
        remedy = "Decorate it with @node, and name it in the Pack's definitions."
        raise _wrong(name, f"{getattr(item, '__name__', item)!r} in its definitions is no node", remedy)
    return found


def _entry_point(name: str, entry: str) -> importlib.metadata.EntryPoint:
    for found in importlib.metadata.entry_points(group=ENTRY_POINTS, name=entry):
        return found
    raise _wrong(name, "it is not installed", "Install it again.")


def _import_file(name: str, inner: str, nodes_dir: Path | None) -> ModuleType:
    """Import a file or folder under a private name, so that the helpers of two packs do not mix."""
    stem = inner.removesuffix("/")
    if nodes_dir is None or stem in ("", ".", "..") or "/" in stem or "\\" in stem:
        raise _wrong(name, "it is not in the nodes folder", "Put it there.")
    path = nodes_dir / stem / "__init__.py" if inner.endswith("/") else nodes_dir / stem
    module_name = f"_blockloom_{re.sub(r'[^A-Za-z0-9]', '_', stem)}_{hashlib.sha256(inner.encode()).hexdigest()[:8]}"
    folders = [str(path.parent)] if inner.endswith("/") else None
    spec = importlib.util.spec_from_file_location(module_name, path, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise _wrong(name, "it is not a Python file", "Name it NAME.py.")
    module = importlib.util.module_from_spec(spec)
    _forget(module_name)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        _forget(module_name)
        raise
    return module


def _forget(module_name: str) -> None:
    for name in [name for name in sys.modules if name == module_name or name.startswith(f"{module_name}.")]:
        del sys.modules[name]


def _failed(name: str, error: BaseException, place: str) -> DefinitionError:
    """What a pack raised, with the file and line in it that raised."""
    if isinstance(error, DefinitionError) and error.problems[0].code == "bad_pack":
        return error
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    remedy = "Mend or remove it."
    if isinstance(error, BlockloomError):
        reason, remedy = error.problems[0].message, error.problems[0].remedy or remedy
    if isinstance(error, SyntaxError):
        where = f"{error.filename}, line {error.lineno}"
        reason = f"SyntaxError: {error.msg}"
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
        own = [frame for frame in frames if place and frame.filename.startswith(place + os.sep)] or frames
        where = f"{own[-1].filename}, line {own[-1].lineno}"
    details = "".join(traceback.format_exception(error))
    return _wrong(name, f"{reason.rstrip('.')} ({where})", remedy, details)


def _wrong(pack: str, what: str, remedy: str, details: str = "") -> DefinitionError:
    message = f"The node pack {pack!r} cannot be used: {what}."
    return DefinitionError(Problem(code="bad_pack", message=message, remedy=remedy, details=details))
