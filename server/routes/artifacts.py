"""Artifacts: upload pictures and other media, fetch what runs made. An id's content never changes."""

import asyncio
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import Header, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from engine.graph.document import compact_graph
from engine.graph.embedded import NotAPicture, embed
from engine.values.artifacts import media_type
from engine.values.refs import ArtifactRef
from server.bodies import missing, read_model
from server.errors import HttpProblem
from server.fetching import fetched
from server.openapi import api_router, body, upload_body
from server.state import Here, State
from server.uploads import keep_upload, uploaded

router = api_router("/artifacts", tags=["artifacts"])

CARRIERS = {".png", ".webp", ".mp4"}
"""Files that can carry a graph."""

_ref: TypeAdapter[ArtifactRef] = TypeAdapter(ArtifactRef)


@router.post("", status_code=201, response_model=ArtifactRef, openapi_extra=upload_body())
async def upload_artifact(request: Request, here: Here) -> Response:
    """Upload a picture, video or sound: as the raw body, or as the field `file` of a form.

    The content decides about the type, not the name. Pictures are decoded before they are kept; a damaged one is 422,
    one beyond 64 million pixels and any file beyond the setting upload_bytes is 413, other types are 415.
    """
    limit = here.settings.upload_bytes
    ref = await keep_upload(here.engine.artifacts, uploaded(request, limit), limit)
    headers = {"Location": f"/api/artifacts/{ref.id}"}
    return Response(_ref.dump_json(ref), status_code=201, headers=headers, media_type="application/json")


class FetchRequest(BaseModel):
    """A picture, video or sound on the web."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=4_000)


@router.post("/fetch", status_code=201, response_model=ArtifactRef, openapi_extra=body(FetchRequest))
async def fetch_artifact(request: Request, here: Here) -> Response:
    """Fetch a file from the web as an artifact. It is checked as an upload is.

    Addresses of this machine and its network are 422, what goes wrong on the other side is 502, and a server that is
    set to work offline fetches nothing: 409.
    """
    wish = await read_model(request, FetchRequest, here.settings.json_bytes)
    if here.settings.offline:
        raise HttpProblem(409, "offline", "The server is set to work offline.", "Switch the setting `offline` off.")
    limit = here.settings.upload_bytes
    ref = await keep_upload(here.engine.artifacts, fetched(wish.url, limit), limit)
    headers = {"Location": f"/api/artifacts/{ref.id}"}
    return Response(_ref.dump_json(ref), status_code=201, headers=headers, media_type="application/json")


@router.get("/{artifact_id}", response_class=FileResponse)
async def get_artifact(
    artifact_id: str,
    here: Here,
    download: Annotated[str | None, Query(max_length=200, description="Save the file under this name.")] = None,
    run: Annotated[
        str | None,
        Query(max_length=64, description="With `download`: put the graph of this run into a PNG, WebP or MP4."),
    ] = None,
    if_none_match: Annotated[str | None, Header(description="ETag of the copy that is known already.")] = None,
) -> Response:
    """The file. It may be cached for ever; ranges are answered.

    Downloaded with `?download=cat.png&run=…`, a PNG, WebP or MP4 carries the graph of that run, which
    POST /api/graphs/read and the canvas read out of it again.
    """
    path = await asyncio.to_thread(here.engine.artifacts.path, artifact_id)
    carries = download is not None and run is not None and path.suffix in CARRIERS
    headers = _headers(f"{artifact_id}-{run}" if carries else artifact_id)
    if download is not None:
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(download or artifact_id, safe='')}"
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    if carries and (data := await _with_graph(here, path, str(run))):
        return Response(data, headers=headers, media_type=media_type(artifact_id))
    return FileResponse(path, headers=headers, media_type=media_type(artifact_id))


@router.get("/{artifact_id}/thumbnail", response_class=FileResponse)
async def get_thumbnail(
    artifact_id: str,
    here: Here,
    size: Annotated[int, Query(ge=64, le=1024, description="Pixels of the longer side at most.")] = 256,
    if_none_match: Annotated[str | None, Header(description="ETag of the copy that is known already.")] = None,
) -> Response:
    """A small WebP version of a picture, or of the first frame of a video; other artifacts are 415.

    It may be cached for ever.
    """
    path = await here.thumbnails.get(artifact_id, size)
    headers = _headers(f"{artifact_id}-{size}")
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type="image/webp")


def _headers(tag: str) -> dict[str, str]:
    return {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        # Should a browser ever show it as a page, it can do nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


async def _with_graph(here: State, path: Path, run_id: str) -> bytes | None:
    """The file with the graph of the run in it; None if it is not what its name says. Raises HttpProblem 404."""
    try:
        graph = here.engine.run(run_id).graph
    except KeyError:
        raise missing("run", run_id, "GET /api/runs lists the runs there are.") from None
    assert graph is not None
    try:
        return await asyncio.to_thread(lambda: embed(path.read_bytes(), compact_graph(graph)))
    except NotAPicture:
        return None
