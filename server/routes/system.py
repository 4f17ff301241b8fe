"""Health, what the machine is doing, and giving memory back."""

import asyncio
import os
import platform
import time
from importlib import metadata
from typing import Literal

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from engine.errors import Problem
from engine.run.events import WorkerChanged
from server.bodies import read_model
from server.openapi import api_router, body
from server.state import Here

router = api_router(tags=["system"])

PACKAGES = ("torch", "diffusers", "transformers")


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str


class Queue(BaseModel):
    queued: int
    running: int


class Disk(BaseModel):
    """Bytes on disk."""

    artifacts: int
    artifacts_limit: int
    results: int
    results_limit: int


class SystemView(BaseModel):
    """`versions` are of installed packages; `uptime` in seconds; `clients` counts open event connections."""

    version: str
    python: str
    platform: str
    pid: int
    uptime: float
    versions: dict[str, str]
    worker: WorkerChanged
    queue: Queue
    disk: Disk
    clients: int
    data: str
    input: str
    output: str
    offline: bool
    pack_problems: dict[str, Problem] = {}


class FreeRequest(BaseModel):
    """`results` drops all cached results, in memory and on disk.

    `models` unloads all models; with `model` those of that name, with `repo` those of that repo, with both the one.
    """

    model_config = ConfigDict(extra="forbid")

    what: Literal["results", "models"]
    model: str | None = None
    repo: str | None = None


@router.get("/health")
async def get_health() -> Health:
    """Whether the server answers. Needs no token, and waits for nothing."""
    return Health(version=version())


@router.get("/system", response_model=SystemView)
async def get_system(here: Here) -> Response:
    """The worker's state, memory and models, the queue, disk space and versions."""
    engine, config = here.engine, here.engine.config
    artifacts, results = await asyncio.to_thread(lambda: (engine.artifacts.size(), engine.results_cache.size()))
    view = SystemView(
        version=version(),
        python=platform.python_version(),
        platform=platform.platform(),
        pid=os.getpid(),
        uptime=time.time() - here.started,
        versions={name: found for name in PACKAGES if (found := _installed(name))},
        worker=engine.worker,
        queue=Queue(
            queued=engine.runs(state="queued", limit=1).total, running=engine.runs(state="running", limit=1).total
        ),
        disk=Disk(
            artifacts=artifacts,
            artifacts_limit=config.artifacts_disk,
            results=results,
            results_limit=config.results_disk,
        ),
        clients=here.hub.clients,
        data=str(config.data_dir),
        input=str(config.input_dir),
        output=str(config.output_dir),
        offline=here.settings.offline,
        pack_problems=engine.pack_problems,
    )
    return Response(view.model_dump_json(exclude_none=True), media_type="application/json")


@router.post("/system/free", status_code=204, openapi_extra=body(FreeRequest))
async def free_memory(request: Request, here: Here) -> Response:
    """Give memory or disk space back; answers when it is free."""
    wish = await read_model(request, FreeRequest, here.settings.json_bytes)
    await here.engine.free(wish.what, wish.model, wish.repo)
    return Response(status_code=204)


def version() -> str:
    return _installed("blockloom") or "0"


def _installed(package: str) -> str | None:
    """The version of a package, found without importing it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
