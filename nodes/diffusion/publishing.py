"""Publishes block nodes: their blocks become a modular repo among the local blocks and, if wanted, on the hub."""

import asyncio
import re
from typing import Any

from pydantic import BaseModel

from engine.errors import NodeError
from engine.graph.document import Graph
from nodes.diffusion import asking, overlay
from nodes.diffusion.facts import Facts
from nodes.diffusion.names import as_in_block, block_name
from nodes.diffusion.push import push
from nodes.diffusion.repos import Repos

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$"


class PublishedBlock(BaseModel):
    """What was written: `folder` among the local blocks, its files, and the address of the repo that was pushed to.

    `local` names the folders of this machine that components load from: other machines do not have them.
    """

    folder: str
    files: list[str]
    url: str | None = None
    local: list[str] = []


async def publish(
    engine: asking.Engine, repos: Repos, graph: Graph, nodes: list[str], name: str, *,
    push_to: str | None = None, private: bool = False,
) -> PublishedBlock:  # fmt: skip
    """Publish one block node, or several as one. The repo is approved at once: its code is what ran here already.

    Raises NodeError for nodes that can't be one, blocks that can't be published, and a hub that does not take them.
    """
    if not re.fullmatch(NAME, name):
        raise NodeError(
            f"{name!r} is no name for a block.", remedy="Use letters, digits, dots and dashes, such as my-block.",
            port="name", code="bad_name",
        )  # fmt: skip
    facts = await asking.one_node(engine, graph, nodes)
    title = str(getattr(facts.node, "title", None) or name.replace("-", " ").replace("_", " ").capitalize())
    request = asking.asked_of(facts) | {"name": name, "title": title, "values": _values(facts)}
    answer = await engine.describe(asking.PUBLISH, request | {"config": _config(facts, title)})
    located = await asyncio.to_thread(repos.locate, name)
    repos.approvals.approve(name, located.commit)
    url = None
    if push_to:
        url = await asyncio.to_thread(push, located.folder, push_to, private=private, offline=repos.hub.offline)
    return PublishedBlock(folder=str(located.folder), url=url, **answer)


def _values(facts: Facts) -> dict[str, Any]:
    """What the block's inputs are set to, as the block names them."""
    inputs = {port.name for port in facts.inputs}
    given = {name: value for name, value in facts.node.params.items() if name in inputs and value is not None}
    return {block_name(name): value for name, value in given.items()}


def _config(facts: Facts, title: str) -> dict[str, Any]:
    """The Mellon config of the node, with what it is set to as defaults."""
    values = _values(facts)
    inputs = [
        port.model_copy(update={"default": values[port.name], "required": False}) if port.name in values else port
        for port in as_in_block(facts.inputs)
    ]
    components = [item["name"] for item in facts.description["components"] if item["from"] == "from_pretrained"]
    node = overlay.write_node(inputs, as_in_block(facts.interface.outputs), components)
    return {"label": title, "default_repo": "", "default_dtype": "", "node_params": {overlay.CUSTOM: node}}
