"""Artifacts: upload pictures and other media, fetch what runs made. An id's content never changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import TypeAdapter
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from engine.values.artifacts import media_type
from engine.values.refs import ArtifactRef
from server.bodies import limited
from server.errors import HttpProblem
from server.openapi import upload_body
from server.state import Here
from server.uploads import CHUNK, keep_upload

router = APIRouter(prefix="/artifacts", tags=["artifacts"])

FORM_OVERHEAD = 64 * 1024
"""Bytes of boundaries and headers around a file in a form."""

_ref: TypeAdapter[ArtifactRef] = TypeAdapter(ArtifactRef)


@router.post("", status_code=201, response_model=ArtifactRef, openapi_extra=upload_body())
async def upload_artifact(request: Request, here: Here) -> Response:
    """Upload a picture, video or sound: as the raw body, or as the field `file` of a form.

    The content decides about the type, not the name. Pictures are decoded before they are kept; a damaged one is 422,
    one beyond 64 million pixels and any file beyond the setting upload_bytes is 413, other types are 415.
    """
    limit = here.settings.upload_bytes
    is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
    chunks = _form_file(request, limit) if is_form else limited(request, limit)
    ref = await keep_upload(here.engine.artifacts, chunks, limit)
    headers = {"Location": f"/api/artifacts/{ref.id}"}
    return Response(_ref.dump_json(ref), status_code=201, headers=headers, media_type="application/json")


@router.get("/{artifact_id}", response_class=FileResponse)
async def get_artifact(
    artifact_id: str,
    here: Here,
    download: Annotated[str | None, Query(max_length=200, description="Save the file under this name.")] = None,
    if_none_match: Annotated[str | None, Header(description="ETag of the copy that is known already.")] = None,
) -> Response:
    """The file. It may be cached for ever; ranges are answered."""
    path = await asyncio.to_thread(here.engine.artifacts.path, artifact_id)
    headers = {
        "ETag": f'"{artifact_id}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        # Should a browser ever show it as a page, it can do nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if download is not None:
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(download or artifact_id, safe='')}"
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=media_type(artifact_id))


async def _form_file(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The one file of a form; the parser keeps it on disk. Raises HttpProblem 400 for other forms."""
    parser = MultiPartParser(request.headers, limited(request, limit + FORM_OVERHEAD), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HttpProblem(400, "bad_form", f"The form cannot be read: {error.message}", "Send one file.") from error
    try:
        file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if file is None:
            raise HttpProblem(400, "bad_form", "The form holds no file.", "Send it as the field `file`.")
        while chunk := await file.read(CHUNK):
            yield chunk
    finally:
        await form.close()
