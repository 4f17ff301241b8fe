"""Saved graphs. The ETag is the revision; a writer says with If-Match which one it saw, so no update is lost."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response

from engine.graph.document import NODE_ID, Graph
from server.bodies import missing, read_graph
from server.errors import HttpProblem
from server.graphs import Conflict, GraphPage, SavedGraph
from server.openapi import body
from server.state import Here, State

router = APIRouter(prefix="/graphs", tags=["graphs"])

GraphId = Annotated[str, Path(pattern=NODE_ID, description="1 to 64 letters, digits, - and _.")]
IfMatch = Annotated[str | None, Header(description="ETag of the revision this builds upon, or `*` for any.")]


@router.get("")
async def list_graphs(
    here: Here,
    search: Annotated[str | None, Query(max_length=200, description="Part of the name or id.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Graphs per page.")] = 100,
    offset: Annotated[int, Query(ge=0, description="How many to leave out.")] = 0,
) -> GraphPage:
    """List the saved graphs, last saved first."""
    return await asyncio.to_thread(here.graphs.page, search=search, limit=limit, offset=offset)


@router.get("/{graph_id}", response_model=Graph)
async def get_graph(
    graph_id: GraphId,
    here: Here,
    revision: Annotated[int | None, Query(ge=1, description="An earlier revision; the last 50 are kept.")] = None,
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
    return Response(
        saved.model_dump_json(), status_code=201 if saved.revision == 1 else 200,
        headers={"ETag": _etag(saved.revision), "Location": f"/api/graphs/{graph_id}"}, media_type="application/json",
    )  # fmt: skip


@router.delete("/{graph_id}", status_code=204)
async def delete_graph(graph_id: GraphId, here: Here, if_match: IfMatch = None) -> Response:
    """Delete the graph with its history. Runs made of it stay."""
    try:
        expected = await asyncio.to_thread(_expected, here, graph_id, if_match)
        await asyncio.to_thread(here.graphs.delete, graph_id, expected=expected)
    except KeyError:
        raise _missing(graph_id) from None
    except Conflict as conflict:
        raise _conflict(graph_id, if_match, conflict) from conflict
    return Response(status_code=204)


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
    numbers = [int(tag.strip('"')) for tag in tags if tag.strip('"').isdecimal()]
    return numbers[0] if numbers else 0


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
