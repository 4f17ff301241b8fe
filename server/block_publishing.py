"""Block nodes published from the command line: in this process, or on the server that has the data folder."""

import asyncio

from engine.catalogue.pack import WorkerFacts
from engine.graph.document import Graph
from engine.service import Engine
from nodes.diffusion.publishing import PublishedBlock, publish
from nodes.diffusion.repos import Repos
from server.instance import DataLock, InUse
from server.running import Say, connected, holder_url
from server.settings import Settings


def publish_blocks(
    settings: Settings, graph: Graph, nodes: list[str], name: str, *, push_to: str | None, private: bool, say: Say
) -> PublishedBlock:
    """Publish nodes of `graph`, several as one. Raises BlockloomError."""

    async def here() -> PublishedBlock:
        config = settings.engine_config()
        facts = WorkerFacts(
            data_dir=config.data_dir, input_dir=config.input_dir, output_dir=config.output_dir, settings=config.settings
        )
        async with Engine(config) as engine:
            return await publish(engine, Repos(facts), graph, nodes, name, push_to=push_to, private=private)

    try:
        with DataLock(settings.data):
            return asyncio.run(here())
    except InUse as in_use:
        with connected(holder_url(in_use, say), settings) as client:
            answer = client.publish_blocks(graph, nodes, name, push_to=push_to, private=private)
            return PublishedBlock.model_validate(answer)
