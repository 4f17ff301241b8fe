"""Folders of blocks, for those who write them: a new one, what node it makes, and the config that says how it looks."""

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import BlockloomError, Problem
from engine.service import Engine
from nodes.diffusion import custom, overlay
from nodes.diffusion.template import template
from nodes.diffusion.trust import ANY_COMMIT, Approvals
from server.settings import Settings

Described = Mapping[str, Any]
"""What the worker says of a folder, see `nodes.diffusion.custom.describe`."""


def new_block(settings: Settings, name: str, place: Path | None) -> tuple[Path, str | None]:
    """Write a new block's folder to `place`, by default the folder of local blocks.

    Returns the folder and, where the canvas finds it, the repo to type there: its code is approved, since it is its
    author's. Raises BlockloomError for a bad name, or if the folder is there already.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", name):
        raise _problem("bad_name", f"{name!r} is no name for a block.", "Write it as my-block or org/my-block.")
    folder = (place or settings.blocks_folder) / name
    if folder.exists():
        raise _problem("exists", f"{folder} is there already.", "Choose another name, or remove it.")
    for file, text in template(name).items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    repo = _repo(settings, folder)
    if repo is not None:
        Approvals(settings.data).approve(repo, ANY_COMMIT)
    return folder, repo


def described(settings: Settings, folder: Path) -> Described:
    """What node the blocks in `folder` make. Runs their code, in a worker of its own. Raises BlockloomError.

    The worker has a data folder for this only, in which the code is approved: whoever checks a folder means to run it.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise _problem("no_folder", f"{folder} is no folder.", "Name the folder that holds block.py.")

    async def ask(data: Path) -> dict[str, Any]:
        config = settings.engine_config()
        own = {**config.settings, "models": str(data / "models"), "blocks": str(folder.parent), "remote_code": True}
        config = replace(config, data_dir=data, input_dir=data / "input", output_dir=data / "output", settings=own,
                         nodes_dir=None)  # fmt: skip
        Approvals(data).approve(folder.name, ANY_COMMIT)
        async with Engine(config) as engine:
            return await engine.describe(custom.SUBJECT, {"repo": folder.name, "revision": None})

    with tempfile.TemporaryDirectory(prefix="blockloom-") as data:
        return asyncio.run(ask(Path(data)))


def write_config(folder: Path, description: Described, *, fresh: bool) -> Path:
    """Write `mellon_pipeline_config.json` with all ports of the described blocks; returns its path.

    What the author changed in an earlier one is kept, unless it is to be `fresh`. Raises BlockloomError if the earlier
    one is damaged.
    """
    path = folder / overlay.FILE
    earlier, flaws = overlay.read_config(folder)
    if flaws and not fresh:
        raise _problem("damaged", f"{path}: {flaws[0]}", "Mend it, or write it anew with --fresh.")
    plain = {**description, "mellon": {}}
    ports = custom.block_ports(plain)
    models = [item["name"] for item in description["components"] if item["from"] == "from_pretrained"]
    node = overlay.write_node(ports.inputs, ports.outputs, models)
    label = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", description["class"])
    config = {"label": label, "default_repo": "", "default_dtype": ""} | ({} if fresh else earlier)
    nodes = dict(config.get("node_params", {}))
    if not fresh:
        node = overlay.merged(node, overlay.node_config(earlier))
    nodes[overlay.CUSTOM] = node
    path.write_text(json.dumps(config | {"node_params": nodes}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _repo(settings: Settings, folder: Path) -> str | None:
    """What to type in the node to get this folder; None if it is not where local repos are looked for."""
    for root in (settings.blocks_folder, settings.models_folder):
        if folder.resolve().is_relative_to(root.resolve()):
            return folder.resolve().relative_to(root.resolve()).as_posix()
    return None


def _problem(code: str, message: str, remedy: str) -> BlockloomError:
    return BlockloomError(Problem(code=code, message=message, remedy=remedy))
