"""Models on this machine: list them, download one, delete one."""

import asyncio
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from server.bodies import missing, read_model
from server.models import ModelList, delete_cached, local_models
from server.openapi import api_router, body
from server.state import Here

router = api_router("/models", tags=["models"])


class DownloadRequest(BaseModel):
    """A repo of the Hugging Face hub. `variant` chooses weights such as `fp16` where a repo has several."""

    model_config = ConfigDict(extra="forbid")

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", max_length=200)
    revision: str | None = Field(None, max_length=200)
    variant: str | None = Field(None, max_length=50)


class DownloadStarted(BaseModel):
    """`started` is false if a download of this repo was under way already."""

    repo: str
    started: bool


class DownloadStopped(BaseModel):
    """A `download_progress` event tells the end, if anything was downloaded."""

    repo: str


class Freed(BaseModel):
    """Bytes of disk space freed."""

    freed: int


@router.get("")
async def list_models(here: Here) -> ModelList:
    """The model repos on this machine: the built-in demo model, the models folder, and the Hugging Face cache."""
    return ModelList(models=await asyncio.to_thread(local_models, here.settings.models_folder))


@router.post("/download", status_code=202, response_model=DownloadStarted, openapi_extra=body(DownloadRequest))
async def download_model(request: Request, here: Here) -> Response:
    """Download a repo's configs and safetensors weights; `download_progress` events tell how far it is."""
    wish = await read_model(request, DownloadRequest, here.settings.json_bytes)
    started = here.downloads.start(wish.repo, wish.revision, wish.variant)
    answer = DownloadStarted(repo=wish.repo, started=started)
    return Response(answer.model_dump_json(), status_code=202, media_type="application/json")


@router.delete("/download", status_code=202)
async def stop_download(
    here: Here, repo: Annotated[str, Query(min_length=1, max_length=200, description="The repo's id.")]
) -> DownloadStopped:
    """Stop downloading a repo, whoever waits for it: a node, a description, a review or `POST /api/models/download`.

    They end with a problem `download_stopped`. What is here already is kept, and the next download goes on from there.
    """
    here.downloads.stop(repo)
    here.repos.hub.stop(repo)
    here.engine.stop_download(repo)
    return DownloadStopped(repo=repo)


@router.delete("/{repo:path}")
async def delete_model(repo: str) -> Freed:
    """Delete all commits of a repo from the Hugging Face cache."""
    try:
        return Freed(freed=await asyncio.to_thread(delete_cached, repo))
    except KeyError:
        remedy = "GET /api/models lists them; only those whose source is `cache` can be deleted here."
        raise missing("cached model", repo, remedy) from None
