"""What a block does not declare, read from its source: which inputs it changes for later blocks, how far its loop runs.

A block writes back to the pipeline's state each input that it gave a new value: an image it encoded, a size it filled
in. Blocks in one pipeline share that state; a node hands it on by its outputs, so it must have one for it.
"""

import ast
import functools
import inspect
from contextlib import suppress
from pathlib import Path
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

_ANY = "*"
_STATE = "block_state"
ATTEMPTS = 20
"""How often a file is parsed again while other threads parse as well."""


def rewritten_inputs(block: ModularPipelineBlocks) -> set[str]:
    """The names of inputs that the block, or one inside, may give a new value."""
    return {param.name for param in block.inputs if param.name} & _assigned_within(block)


@functools.cache
def loop_bound(kind: type) -> str | None:
    """The name in the state of what a loop of this class counts up to, or runs over: `timesteps`, for most."""
    for cls in _classes(kind):
        for node in ast.walk(_tree(cls)):
            if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and node.iter.args:
                over = _counted(_tree(cls), node.iter.args[-1])
                if isinstance(over, ast.Attribute) and _is_state(over.value):
                    return over.attr
    return None


def _counted(tree: ast.AST, node: ast.AST) -> ast.AST:
    """What a local name in `tree` stands for, and of what `len` is taken: `block_state.chunks` for `count`."""
    if isinstance(node, ast.Name):
        given = (each for each in ast.walk(tree) if isinstance(each, ast.Assign))
        node = next((each.value for each in given if getattr(each.targets[0], "id", "") == node.id), node)
    is_length = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len" and len(node.args) == 1
    return node.args[0] if is_length else node  # type: ignore[attr-defined]


def _assigned_within(block: ModularPipelineBlocks) -> set[str]:
    """What the block and those inside assign to; one that computes the names may mean any of its inputs."""
    kind: type = type(block)
    own = _assigned(kind)
    names = {param.name for param in block.inputs if param.name} if _ANY in own else set()
    return names.union(own, *map(_assigned_within, block.sub_blocks.values()))


@functools.cache
def _assigned(kind: type) -> frozenset[str]:
    """The attributes of the state that methods of the class assign to; `*` where it computes their names."""
    found: set[str] = set()
    for cls in _classes(kind):
        for node in ast.walk(_tree(cls)):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_state(node.value):
                found.add(node.attr)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _is_state(node.value):
                found.add(node.slice.value if _is_text(node.slice) else _ANY)  # type: ignore[attr-defined]
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr" and _is_state(node.args[0]):
                found.add(node.args[1].value if _is_text(node.args[1]) else _ANY)  # type: ignore[attr-defined]
    return frozenset(found)


def _classes(kind: type) -> list[type]:
    """The class and its bases, without those of all blocks."""
    return [cls for cls in kind.__mro__ if cls is not object and cls.__module__ != ModularPipelineBlocks.__module__]


@functools.cache
def _tree(cls: type) -> ast.AST:
    """The class' own source. A file is parsed once: `inspect` does so for each class, which takes minutes for all."""
    try:
        path = Path(inspect.getfile(cls))
        return _in_file(path, path.stat().st_mtime_ns)[cls.__qualname__]
    except (OSError, TypeError, KeyError, SyntaxError, ValueError):  # made at run time
        return ast.Module(body=[], type_ignores=[])


@functools.lru_cache(maxsize=8)
def _in_file(path: Path, changed: int) -> dict[str, ast.ClassDef]:
    """The classes in a file that was last changed at that time."""
    tree = _parsed(path.read_bytes())
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _parsed(source: bytes) -> ast.Module:
    """Python 3.11 counts the depth in a tree once for all threads, and may fail where another one parses just then.

    `inspect` parses too, and so whatever is imported meanwhile: a lock of ours would not do, so it is tried again.
    """
    for _ in range(ATTEMPTS):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def _is_state(node: Any) -> bool:
    return isinstance(node, ast.Name) and node.id == _STATE


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
