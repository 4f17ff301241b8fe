"""Files of the input folder."""

import asyncio
from typing import Annotated

from fastapi import Query

from server.files import FileList, Kind, list_files
from server.openapi import api_router
from server.state import Here

router = api_router("/files", tags=["files"])


@router.get("")
async def list_input_files(
    here: Here,
    search: Annotated[str | None, Query(max_length=200, description="Part of the path.")] = None,
    kind: Annotated[Kind | None, Query(description="Only files of this kind, by their extension.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many files at most.")] = 200,
) -> FileList:
    """List the files of the input folder, last modified first, by the names that nodes take."""
    folder = here.engine.config.input_dir
    return await asyncio.to_thread(list_files, folder, search=search, kind=kind, limit=limit)
