"""Import: workflows that other programs saved, as graphs."""

import asyncio

from fastapi import Request
from fastapi.responses import Response

from nodes.diffusion.mellon import Imported, import_mellon
from server.bodies import read_json
from server.openapi import any_body, api_router
from server.state import Here

router = api_router(tags=["graphs"])


@router.post("/import", response_model=Imported, openapi_extra=any_body("A workflow as Mellon saves it."))
async def import_graph(request: Request, here: Here) -> Response:
    """Make a graph of a workflow that Mellon saved, which is the body just as it lies in the file.

    The report has a line for each of its nodes. What has no counterpart is kept in a placeholder, a node of a type that
    begins with `mellon.`; a note in the graph's view says what needs attention. Any other body is 422.
    """
    document = await read_json(request, here.settings.json_bytes)
    imported = await asyncio.to_thread(import_mellon, document)
    return Response(imported.model_dump_json(), media_type="application/json")
