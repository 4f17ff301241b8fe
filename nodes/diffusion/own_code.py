"""Whether a repo brings blocks of its own, and which class they are: read from its config, nothing is imported."""

import json
from collections.abc import Mapping
from typing import Any

from engine.errors import NodeError
from nodes.diffusion.repos import BLOCK_CONFIG, Located
from nodes.diffusion.requirements import refuse_missing, requirements_of

BASE = "ModularPipelineBlocks"
"""What diffusers calls the class of all blocks, and the entry in a repo's `auto_map`."""


def has_code(located: Located) -> bool:
    """Whether the repo brings blocks of its own. Raises NodeError if its config is damaged."""
    return bool(code_config(located).get("auto_map"))


def require_packages(located: Located) -> list[str]:
    """Raise NodeError if Python packages that the repo's code asks for are not installed.

    Those that are, but in another version, are told in sentences: they may do.
    """
    asked = requirements_of(located.folder, code_config(located))
    refuse_missing(located.repo, asked)
    return [
        f"The code of the block asks for {item.name}{item.specifier}; {item.installed} is installed."
        for item in asked
        if item.state == "conflicting"
    ]


def named_class(located: Located) -> tuple[str, str]:
    """Module and class of the repo's blocks. Raises NodeError if its config names none as diffusers wants it."""
    named = code_config(located).get("auto_map")
    entry = named.get(BASE) if isinstance(named, dict) else None
    if not isinstance(entry, str):
        raise bad_block(f"{BLOCK_CONFIG} of repo {located.repo!r} names no {BASE} in its auto_map.")
    module_name, dot, class_name = entry.partition(".")
    if not (dot and module_name.isidentifier() and class_name.isidentifier()):
        raise bad_block(
            f"{BLOCK_CONFIG} of repo {located.repo!r} names {entry!r}, which is not of the form file.Class."
        )
    if not (located.folder / f"{module_name}.py").is_file():
        raise bad_block(f"{BLOCK_CONFIG} of repo {located.repo!r} names {entry!r}, but there is no {module_name}.py.")
    return module_name, class_name


def code_config(located: Located) -> Mapping[str, Any]:
    """The repo's `modular_config.json`, empty where there is none. Raises NodeError if it is damaged."""
    path = located.folder / BLOCK_CONFIG
    if not path.is_file():
        return {}
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise bad_block(f"{BLOCK_CONFIG} of repo {located.repo!r} is no JSON: {error}.") from error
    if not isinstance(config, dict):
        raise bad_block(f"{BLOCK_CONFIG} of repo {located.repo!r} holds no object.")
    return config


def bad_block(message: str) -> NodeError:
    """A repo whose config and code do not fit together."""
    remedy = f'Mend the repo: {{"auto_map": {{"{BASE}": "block.MyBlocks"}}}} names the class in block.py.'
    return NodeError(message, remedy=remedy, port="repo", code="bad_block")
