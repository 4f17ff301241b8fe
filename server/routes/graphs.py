"""Saved graphs. The ETag is the revision; a writer says with If-Match which one it saw, so no update is lost."""

import asyncio
from typing import Annotated

from fastapi import Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from engine.graph.document import NODE_ID, Graph, load_graph
from engine.graph.embedded import NotAPicture, embedded
from server.bodies import missing, read_graph, read_model
from server.errors import HttpProblem
from server.graphs import MAX_COUNT, Conflict, GraphPage, RevisionList, SavedGraph
from server.openapi import api_router, body, upload_body
from server.state import Here, State
from server.uploads import uploaded

router = api_router("/graphs", tags=["graphs"])

GraphId = Annotated[str, Path(pattern=NODE_ID, description="1 to 64 letters, digits, - and _.")]
MAX_DIGITS = len(str(MAX_COUNT))
IfMatch = Annotated[str | None, Header(description="ETag of the revision this builds upon, or `*` for any.")]


class RestoreRequest(BaseModel):
    """Which revision to bring back."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=1, le=MAX_COUNT)


@router.get("")
async def list_graphs(
    here: Here,
    search: Annotated[str | None, Query(max_length=200, description="Part of the name or id.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Graphs per page.")] = 100,
    offset: Annotated[int, Query(ge=0, le=MAX_COUNT, description="How many to leave out.")] = 0,
) -> GraphPage:
    """List the saved graphs, last saved first."""
    return await asyncio.to_thread(here.graphs.page, search=search, limit=limit, offset=offset)


@router.post("/read", response_model=Graph, openapi_extra=upload_body())
async def read_graph_from_picture(request: Request, here: Here) -> Response:
    """Read the graph out of a PNG, WebP or MP4 file that carries one: raw body, or the field `file` of a form.

    A file without a graph, or of another type, is 404.
    """
    data = b"".join([chunk async for chunk in uploaded(request, here.settings.upload_bytes)])
    graph = await asyncio.to_thread(_read_from, data)
    return Response(graph.model_dump_json(), media_type="application/json")


@router.get("/{graph_id}", response_model=Graph)
async def get_graph(
    graph_id: GraphId,
    here: Here,
    revision: Annotated[
        int | None, Query(ge=1, le=MAX_COUNT, description="An earlier revision; the last 50 are kept.")
    ] = None,
    if_none_match: Annotated[str | None, Header(description="ETag of the revision that is known already.")] = None,
) -> Response:
    """The graph document, with its revision as ETag."""
    try:
        saved, graph = await asyncio.to_thread(here.graphs.get, graph_id, revision)
    except KeyError:
        raise _missing(graph_id) from None
    headers = {"ETag": _etag(revision or saved.revision)}
    if if_none_match is not None and headers["ETag"] in _tags(if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(graph.model_dump_json(), headers=headers, media_type="application/json")


@router.put("/{graph_id}", response_model=SavedGraph, status_code=200, openapi_extra=body(Graph),
            responses={201: {"model": SavedGraph, "description": "Saved for the first time."}})  # fmt: skip
async def put_graph(graph_id: GraphId, request: Request, here: Here, if_match: IfMatch = None) -> Response:
    """Save the graph in the body as a new revision.

    Without If-Match it creates the graph (201), and answers 428 if there is one already. With If-Match it saves over
    that revision, and answers 412 if somebody else saved in between.
    """
    graph = await read_graph(request, here.settings.json_bytes)
    expected = await asyncio.to_thread(_expected, here, graph_id, if_match)
    try:
        saved = await asyncio.to_thread(here.graphs.put, graph_id, graph, expected=expected)
    except Conflict as conflict:
        raise _conflict(graph_id, if_match, conflict) from conflict
    return _answer(saved, status=201 if expected is None else 200)


@router.delete("/{graph_id}", status_code=204)
async def delete_graph(graph_id: GraphId, here: Here, if_match: IfMatch = None) -> Response:
    """Delete the graph; for 30 days it can be brought back. Runs made of it stay."""
    try:
        expected = await asyncio.to_thread(_expected, here, graph_id, if_match)
        await asyncio.to_thread(here.graphs.delete, graph_id, expected=expected)
    except KeyError:
        raise _missing(graph_id) from None
    except Conflict as conflict:
        raise _conflict(graph_id, if_match, conflict) from conflict
    return Response(status_code=204)


@router.post("/{graph_id}/undelete", response_model=SavedGraph)
async def undelete_graph(graph_id: GraphId, here: Here) -> Response:
    """Bring a deleted graph back with its revisions. One that was not deleted stays as it is."""
    try:
        return _answer(await asyncio.to_thread(here.graphs.undelete, graph_id))
    except KeyError:
        raise missing("graph", graph_id, "Deleted graphs are kept for 30 days.") from None


@router.get("/{graph_id}/revisions")
async def list_revisions(graph_id: GraphId, here: Here) -> RevisionList:
    """List the revisions that are kept, the last 50, newest first."""
    try:
        return await asyncio.to_thread(here.graphs.revisions, graph_id)
    except KeyError:
        raise _missing(graph_id) from None


@router.post("/{graph_id}/restore", response_model=SavedGraph, openapi_extra=body(RestoreRequest))
async def restore_revision(graph_id: GraphId, request: Request, here: Here, if_match: IfMatch = None) -> Response:
    """Save an earlier revision as the newest one; those in between stay. If-Match is optional here."""
    wish = await read_model(request, RestoreRequest, here.settings.json_bytes)
    try:
        expected = await asyncio.to_thread(_expected, here, graph_id, if_match)
        saved = await asyncio.to_thread(here.graphs.restore, graph_id, wish.revision, expected=expected)
    except KeyError:
        raise HttpProblem(
            404, "no_graph", f"There is no graph {graph_id!r} with a revision {wish.revision}.",
            f"GET /api/graphs/{graph_id}/revisions lists those that are kept.",
        ) from None  # fmt: skip
    except Conflict as conflict:
        raise _conflict(graph_id, if_match, conflict) from conflict
    return _answer(saved)


def _read_from(data: bytes) -> Graph:
    """The graph in a picture file. Raises HttpProblem 404 if it has none, GraphError if that cannot be read."""
    try:
        text = embedded(data)
    except NotAPicture as error:
        raise HttpProblem(
            404, "no_graph", f"The file holds no graph: {error}.", "Send a PNG, WebP or MP4 that Blockloom saved."
        ) from error
    if text is None:
        raise HttpProblem(
            404, "no_graph", "The file carries no graph.",
            "Files carry one if the nodes Save image or Save video wrote them, or if they were downloaded from a run.",
        )  # fmt: skip
    return load_graph(text)


def _answer(saved: SavedGraph, *, status: int = 200) -> Response:
    headers = {"ETag": _etag(saved.revision), "Location": f"/api/graphs/{saved.id}"}
    return Response(saved.model_dump_json(), status_code=status, headers=headers, media_type="application/json")


def _expected(here: State, graph_id: str, if_match: str | None) -> int | None:
    """The revision the writer saw; for `*` the current one. Raises HttpProblem 412 if the tag is no revision."""
    if if_match is None:
        return None
    tags = _tags(if_match)
    if "*" in tags:
        try:
            return here.graphs.get(graph_id)[0].revision
        except KeyError:
            return 0
    numbers = [number for tag in tags if (number := tag.strip('"')).isdecimal() and len(number) <= MAX_DIGITS]
    return int(numbers[0]) if numbers else 0


def _conflict(graph_id: str, if_match: str | None, conflict: Conflict) -> HttpProblem:
    headers = {"ETag": _etag(conflict.revision)} if conflict.revision else {}
    if if_match is None:
        return HttpProblem(
            428, "exists", f"There is a graph {graph_id!r} already.",
            "Send its ETag as If-Match to save over it, or choose another id.", headers=headers,
        )  # fmt: skip
    state = f"is at revision {conflict.revision}" if conflict.revision else "does not exist"
    return HttpProblem(
        412, "lost_update", f"The graph {graph_id!r} {state}, not at {if_match[:40]}.",
        "Fetch it again, merge your changes and save with the new ETag.", headers=headers,
    )  # fmt: skip


def _missing(graph_id: str) -> HttpProblem:
    return missing("graph", graph_id, "GET /api/graphs lists the saved graphs.")


def _etag(revision: int) -> str:
    return f'"{revision}"'


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
