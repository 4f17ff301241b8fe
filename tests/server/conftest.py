"""Real servers for tests: uvicorn in a thread, the real engine with the fake node pack, on a free port."""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from engine.run.events import Event
from server.app import create_app
from server.serve import Server
from server.settings import Settings

PACK = "tests.fakes.pack:load"


@dataclass
class Running:
    """A server that listens, and an HTTP client for it."""

    url: str
    http: httpx.Client
    app: FastAPI
    data: Path
    loop: asyncio.AbstractEventLoop

    def publish(self, event: Event) -> None:
        """Let the server send an event that no run made."""
        self.loop.call_soon_threadsafe(self.app.state.blockloom.hub.publish, event)

    def run(self, graph: dict[str, Any], **more: Any) -> httpx.Response:
        """Run and wait for the end."""
        return self.http.post("/api/runs?wait=60", json={"graph": graph, **more})

    def start(self, graph: dict[str, Any]) -> str:
        """Queue a run; returns its id."""
        answer = self.http.post("/api/runs", json={"graph": graph})
        assert answer.status_code == 202, answer.text
        run_id: str = answer.json()["id"]
        return run_id


@contextmanager
def serving(data: Path, *, packs: tuple[str, ...] = (PACK,), **flags: Any) -> Iterator[Running]:
    settings = Settings(data=data, port=0, open_browser=False, log_level="error", cpu_threads=2, **flags)
    app = create_app(settings, builtin_packs=packs)
    ready: queue.Queue[tuple[str, asyncio.AbstractEventLoop]] = queue.Queue()
    server = Server(app, settings, lambda url: ready.put((url, asyncio.get_running_loop())))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        url, loop = ready.get(timeout=60)
        headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
        with httpx.Client(base_url=url, timeout=60, headers=headers) as http:
            yield Running(url, http, app, data, loop)
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the tests of a module; a small JSON limit keeps the tests of limits small."""
    with serving(tmp_path_factory.mktemp("data"), upload_bytes=2_000_000) as running:
        yield running


def graph(*nodes: dict[str, Any], edges: list[str] | None = None, name: str = "Test") -> dict[str, Any]:
    """A graph document; an edge is written `a.sum > b.a`."""
    return {"format": "blockloom/1", "name": name, "nodes": list(nodes), "edges": [_edge(text) for text in edges or []]}


def node(node_id: str, kind: str, **params: Any) -> dict[str, Any]:
    return {"id": node_id, "type": f"fake.{kind}", "params": params}


def _edge(text: str) -> dict[str, str]:
    (source, source_port), (target, target_port) = (end.strip().split(".") for end in text.split(">"))
    return {"source": source, "sourceHandle": source_port, "target": target, "targetHandle": target_port}


@pytest.fixture(scope="module", name="serving")
def serving_fixture() -> Any:
    """`serving`, for fixtures of a module: with importlib mode a conftest cannot be imported."""
    return serving


@pytest.fixture
def helpers() -> Any:
    """`graph`, `node` and `serving`, for tests: with importlib mode a conftest cannot be imported."""
    return type(
        "Helpers", (), {"graph": staticmethod(graph), "node": staticmethod(node), "serving": staticmethod(serving)}
    )
