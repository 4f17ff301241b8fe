"""Graphs and node types for the command line: in this process, or on the server that has the data folder."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter
from rich.console import Console

from engine.catalogue.load import load_pack, outside_packs
from engine.catalogue.spec import NodeType
from engine.errors import BlockloomError, Problem
from engine.graph.document import Graph
from engine.run.events import DownloadProgress, Event, RunEventBase
from engine.run.record import Run
from engine.service import Engine
from nodes.diffusion.families import SUBJECT as FAMILIES
from server.client import Client
from server.graphs import GraphStore
from server.instance import DataLock, InUse
from server.outputs import make_folder, write_outputs
from server.progress import RunDisplay
from server.settings import Settings

Say = Callable[[str], None]

_problems: TypeAdapter[list[Problem]] = TypeAdapter(list[Problem])


def run_graph(
    settings: Settings,
    graph: Graph,
    assignments: Mapping[str, str],
    *,
    targets: list[str] | None = None,
    out: Path | None = None,
    server: str | None = None,
    say: Say,
) -> tuple[Run, list[Path]]:
    """Run `graph` with `assignments` (`node.param` → text), show how it goes, and write the outputs to `out`.

    Returns the ended run and the files. Ctrl-C cancels the run. Raises GraphError for a bad graph, StorageError for an
    `out` that cannot be made.
    """
    if out is not None:
        make_folder(out)
    if server is None:
        try:
            with DataLock(settings.data):
                return asyncio.run(_run_here(settings, graph, assignments, targets, out, say))
        except InUse as in_use:
            server = holder_url(in_use, say)
    with connected(server, settings) as client:
        return _run_there(client, graph, assignments, targets, out, say)


def check_graph(settings: Settings, graph: Graph, *, say: Say) -> list[Problem]:
    """All problems of `graph`, once every interface is known."""

    async def here() -> list[Problem]:
        async with _engine(settings) as engine:
            return list((await engine.settle(graph)).problems)

    try:
        with DataLock(settings.data):
            return asyncio.run(here())
    except InUse as in_use:
        with connected(holder_url(in_use, say), settings) as client:
            return _problems.validate_python(client.compile(graph)["problems"])


def node_types(settings: Settings, *, say: Say) -> list[NodeType]:
    """All node types. Says which of the user's packs cannot be used.

    Code of these packs runs in a worker only, so there is one to be started if there are any.
    """
    config = settings.engine_config()
    if not outside_packs(config.nodes_dir):
        return [definition.type for name in config.builtin_packs for definition in load_pack(name).definitions]

    async def here() -> list[NodeType]:
        async with _engine(settings) as engine:
            await engine.packs_loaded()  # it has logged which of them cannot be used
            return engine.catalogue.types()

    try:
        with DataLock(settings.data):
            return asyncio.run(here())
    except InUse as in_use:
        with connected(holder_url(in_use, say), settings) as client:
            return client.node_types()


def families(settings: Settings, *, say: Say) -> dict[str, Any]:
    """How the blocks of all model families become nodes: `{diffusers, rows}`. A worker knows."""

    async def here() -> dict[str, Any]:
        async with _engine(settings) as engine:
            return await engine.describe(FAMILIES, {})

    try:
        with DataLock(settings.data):
            return asyncio.run(here())
    except InUse as in_use:
        with connected(holder_url(in_use, say), settings) as client:
            return client.families()


def override_value(text: str, port_type: str | None) -> Any:
    """What a text of the command line means for a param of this type.

    A string param takes the text as it is, `42` included; others take JSON where it is JSON, else the text.
    """
    if port_type == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


@asynccontextmanager
async def _engine(settings: Settings) -> AsyncIterator[Engine]:
    """An engine in this process; like the server's, it leaves alone what saved graphs refer to."""
    with closing(GraphStore(settings.data / "graphs.sqlite")) as graphs:
        async with Engine(settings.engine_config(), graphs.artifacts) as engine:
            yield engine


async def _run_here(
    settings: Settings,
    graph: Graph,
    assignments: Mapping[str, str],
    targets: list[str] | None,
    out: Path | None,
    say: Say,
) -> tuple[Run, list[Path]]:
    async with _engine(settings) as engine:
        compiled = await engine.settle(graph)
        types = {
            (str(node_id), port.name): port.type
            for node_id, node in compiled.nodes.items()
            for port in node.interface.inputs
        }
        overrides = _overrides(assignments, types)
        with RunDisplay(Console(stderr=True)) as display:
            stop = engine.subscribe(lambda event: _show(display, event))
            run = await engine.submit(graph, overrides=overrides, targets=targets)
            ended = await _until_end(engine, run.id)
            stop()
        return ended, _write(ended, out, lambda artifact: engine.artifacts.path(artifact.id).read_bytes(), say)


async def _until_end(engine: Engine, run_id: str) -> Run:
    """The ended run; the first Ctrl-C cancels it."""
    loop = asyncio.get_running_loop()
    cancelling: list[asyncio.Task[Run]] = []

    def cancel() -> None:
        cancelling.append(asyncio.ensure_future(engine.cancel(run_id)))

    with suppress(NotImplementedError):  # Windows: Ctrl-C ends the process instead
        loop.add_signal_handler(signal.SIGINT, cancel)
    try:
        return await engine.wait(run_id)
    finally:
        await asyncio.gather(*cancelling)
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)


def _run_there(
    client: Client, graph: Graph, assignments: Mapping[str, str], targets: list[str] | None, out: Path | None, say: Say
) -> tuple[Run, list[Path]]:
    nodes = client.compile(graph)["nodes"]
    types = {(node_id, port["name"]): port["type"] for node_id, node in nodes.items() for port in node["inputs"]}
    run = client.submit(graph, _overrides(assignments, types), targets=targets)
    with RunDisplay(Console(stderr=True)) as display:
        try:
            for event in client.events(run.id):
                _show(display, event)
        except KeyboardInterrupt:
            client.cancel(run.id)
    ended = client.wait(run.id)
    return ended, _write(ended, out, client.download, say)


def _overrides(assignments: Mapping[str, str], types: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Typed values; what names no param is left to the engine to refuse."""
    return {
        key: override_value(text, types.get((key.partition(".")[0], key.partition(".")[2])))
        for key, text in assignments.items()
    }


def _show(display: RunDisplay, event: Event) -> None:
    if isinstance(event, RunEventBase | DownloadProgress):
        display.show(event)


def _write(run: Run, out: Path | None, fetch: Callable[[Any], bytes], say: Say) -> list[Path]:
    if out is None:
        return []
    files, left_out = write_outputs(run.outputs, out, fetch)
    for name in left_out:
        say(f"{name} has no file form and was not written.")
    return files


def holder_url(in_use: InUse, say: Say) -> str:
    """The address of the server that has the data folder. Raises `in_use` if it is no server."""
    if in_use.holder is None or in_use.holder.url is None:
        raise in_use
    say(f"Using the server at {in_use.holder.url}, which has this data folder.")
    return in_use.holder.url


class connected:
    """A client whose connection errors are problems."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._url = url if "://" in url else f"http://{url}"
        self._client = Client(self._url, token=settings.token)

    def __enter__(self) -> Client:
        return self._client

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        self._client.close()
        if isinstance(error, httpx.TransportError):
            raise BlockloomError(
                Problem(
                    code="no_server",
                    message=f"The server at {self._url} cannot be reached: {str(error).rstrip('.')}.",
                    remedy="Start it with `blockloom serve`, or check the address.",
                )
            ) from error
