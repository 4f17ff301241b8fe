"""The FastAPI app: the engine behind HTTP and a websocket. Imports nothing heavy; waits for no worker to start."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from engine.catalogue.pack import DownloadStatus, WorkerFacts
from engine.service import Engine
from nodes.diffusion.repos import Repos
from server import errors, openapi
from server.auth import Guard
from server.graphs import GraphStore
from server.hub import OUTBOX_BYTES, Hub
from server.models import Downloads, progress_of
from server.routes import (
    artifacts,
    block_edits,
    blocks,
    catalogue,
    compile,
    families,
    files,
    graphs,
    imports,
    models,
    pages,
    queue,
    runs,
    system,
    templates,
    ws,
)
from server.settings import Settings, require_token
from server.state import State
from server.thumbnails import Thumbnails
from server.watch import FolderWatch

_MODULES = (
    runs, queue, compile, graphs, imports, templates, catalogue, families, artifacts, files, models, block_edits,
    blocks, system, ws, pages,
)  # fmt: skip


def create_app(settings: Settings, *, builtin_packs: tuple[str, ...] = ("nodes:load",)) -> FastAPI:
    """The app; its lifespan starts and stops the engine.

    Raises BlockloomError if `settings` would let other machines in without a token. Only one process may use the
    data folder: hold a `server.instance.DataLock` around it.
    """
    require_token(settings)
    app = FastAPI(
        title="Blockloom", version=system.version(), lifespan=_lifespan(settings, builtin_packs),
        docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        separate_input_output_schemas=False,
    )  # fmt: skip
    app.state.outbox_bytes = OUTBOX_BYTES
    errors.install(app)
    openapi.install(app)
    _add_routes(app)
    app.add_middleware(Guard, settings=settings)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["*"], allow_headers=["*"],
            allow_credentials=True, expose_headers=["ETag", "Location"],
        )  # fmt: skip
    return app


def _lifespan(
    settings: Settings, builtin_packs: tuple[str, ...]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with closing(GraphStore(settings.data / "graphs.sqlite")) as graph_store:
            async with Engine(settings.engine_config(builtin_packs), graph_store.artifacts) as engine:
                hub = Hub(engine)
                downloads = Downloads(hub.publish, offline=settings.offline)
                thumbnails = Thumbnails(settings.data / "thumbnails", engine.artifacts)
                repos = Repos(_facts(settings, hub))
                app.state.blockloom = State(
                    settings, engine, hub, graph_store, downloads, thumbnails, repos, time.time()
                )
                try:
                    async with FolderWatch(engine, repos):
                        yield
                finally:
                    await downloads.close()
                    hub.close()

    return lifespan


def _facts(settings: Settings, hub: Hub) -> WorkerFacts:
    """What the server itself must know to find repos: the same as a worker. Tells the event loop of its downloads."""
    loop, config = asyncio.get_running_loop(), settings.engine_config()

    def report(status: DownloadStatus) -> None:
        loop.call_soon_threadsafe(hub.publish, progress_of(status))

    return WorkerFacts(
        data_dir=config.data_dir, input_dir=config.input_dir, output_dir=config.output_dir, settings=config.settings,
        report_download=report,
    )  # fmt: skip


def _add_routes(app: FastAPI) -> None:
    for module in _MODULES:
        app.router.routes += module.router.routes  # `include_router` would make each anew, which takes a while
    app.add_api_route("/health", system.get_health, include_in_schema=False)
    pages.install(app, pages.built_canvas())
