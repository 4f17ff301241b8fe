"""Running the app with uvicorn: lock the data folder, listen, say where, and let everybody go at the end."""

import asyncio
import contextlib
import logging
import sys
import threading
import webbrowser
from collections.abc import Callable
from socket import socket

import uvicorn
from fastapi import FastAPI

from engine.errors import BlockloomError, Problem
from server.app import create_app
from server.instance import DataLock
from server.settings import Settings

GOODBYE_SECONDS = 5
"""How long open requests may take when the server stops."""


class Server(uvicorn.Server):
    """Calls `on_ready` once it listens. Closes event streams first when it stops: they never end by themselves."""

    def __init__(self, app: FastAPI, settings: Settings, on_ready: Callable[[str], None]) -> None:
        self.app, self.on_ready = app, on_ready
        super().__init__(
            uvicorn.Config(
                app, host=settings.host, port=settings.port, log_level=settings.log_level, ws="websockets-sansio",
                ws_per_message_deflate=False, ws_max_size=64 * 1024, timeout_graceful_shutdown=GOODBYE_SECONDS,
                access_log=settings.log_level == "debug", server_header=False,
            )
        )  # fmt: skip

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.on_ready(self.url)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self.app.state.blockloom.hub.close()
        await super().shutdown(sockets)

    @property
    def url(self) -> str:
        """Where it listens, with the port the system chose if it was 0."""
        port = self.servers[0].sockets[0].getsockname()[1] if self.servers else self.config.port
        host = "127.0.0.1" if self.config.host in ("0.0.0.0", "::", "") else self.config.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises BlockloomError if it cannot listen, if the data folder is in use or not to be written, or without a token
    that it needs.
    """
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s:     %(message)s")
    for chatty in ("httpx", "httpcore", "huggingface_hub"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    app = create_app(settings)
    with DataLock(settings.data, url=settings.url) as lock:

        def ready(url: str) -> None:
            lock.note(url)
            print(f"\nBlockloom is at {url}\nIts API is described at {url}/api/docs\n", flush=True)
            if settings.open_browser and sys.stdout.isatty():
                threading.Thread(target=webbrowser.open, args=(f"{url}/",), daemon=True).start()

        server = Server(app, settings, ready)
        # uvicorn sends itself the signal again once it has stopped; by then Ctrl-C did all it should. What keeps it
        # from listening it has logged, and exits.
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            asyncio.run(server.serve())
    if not server.started:
        raise BlockloomError(
            Problem(
                code="not_listening",
                message=f"The server could not listen at {settings.url}; the log above says why.",
                remedy="If another program has the port, choose one with --port; 0 takes a free one.",
            )
        )
