"""Runs: submit a graph, follow it, look at what became of it, cancel or forget it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from engine.errors import GraphError, Problem
from engine.graph.document import Graph
from engine.run.events import FINAL_STATES, RunState
from engine.run.record import Run, RunPage
from engine.values.refs import ValueSummary
from server.bodies import graph_of, missing, read_model
from server.errors import HttpProblem
from server.hub import Encoded, encode
from server.openapi import api_router, body
from server.state import Here, State

router = api_router("/runs", tags=["runs"])

HEARTBEAT = 15.0
"""Seconds of silence after which a comment keeps proxies from closing an event stream."""


class RunRequest(BaseModel):
    """What to run: a graph, or the id of a saved one.

    `overrides` sets params as `{"node.param": value}`. `targets` are ids of the nodes wanted; by default the graph's
    outputs. Among queued runs the highest `priority` goes first. `source` says which canvas tab or program asks; runs
    are found by it again.
    """

    model_config = ConfigDict(extra="forbid")

    graph: Any = None
    graph_id: str | None = None
    overrides: dict[str, JsonValue] = {}
    targets: list[str] | None = None
    priority: int = Field(0, ge=-1000, le=1000)
    source: str = Field("", max_length=64)


@router.post("", status_code=202, response_model=Run, openapi_extra=body(RunRequest), responses={200: {"model": Run}})
async def submit_run(
    request: Request,
    here: Here,
    wait: Annotated[float, Query(ge=0, le=3600, description="Seconds to wait for the end of the run.")] = 0,
) -> Response:
    """Queue a run.

    Answers 202 with the run at once. With `?wait=60` it answers when the run has ended, 200 and the outputs, or 202
    and the state so far if that takes longer. A graph with errors is refused with 422 and all its problems.
    """
    wish = await read_model(request, RunRequest, here.settings.json_bytes)
    graph = await _graph(wish, here)
    run = await here.engine.submit(
        graph, overrides=wish.overrides, targets=wish.targets, priority=wish.priority, source=wish.source
    )
    if wait:
        run = await _wait(here, run.id, wait)
    return _answer(run, status=200 if run.state in FINAL_STATES else 202, headers={"Location": f"/api/runs/{run.id}"})


@router.get("", response_model=RunPage)
async def list_runs(
    here: Here,
    state: Annotated[RunState | None, Query(description="Only runs in this state.")] = None,
    search: Annotated[
        str | None, Query(max_length=200, description="Part of the graph's name, of its first prompt, or of the id.")
    ] = None,
    source: Annotated[str | None, Query(max_length=64, description="Only runs that this tab or program made.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Runs per page.")] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9a-f]{17}$", description="`next` of the page before.")] = None,
) -> Response:
    """List runs, newest first, without their graphs and nodes."""
    page = here.engine.runs(state=state, search=search, source=source, limit=limit, cursor=cursor)
    return _json(page.model_dump_json(exclude_none=True, exclude={"runs": {"__all__": {"graph", "nodes"}}}))


@router.get("/{run_id}", response_model=Run)
async def get_run(run_id: str, here: Here) -> Response:
    """One run: its state, its nodes with their logs, its outputs and the graph it ran, overrides included."""
    return _json(_run(here, run_id).model_dump_json(exclude_none=True))


@router.get("/{run_id}/events", response_class=StreamingResponse)
async def follow_run(
    run_id: str,
    here: Here,
    last_event_id: Annotated[str | None, Header(description="`id` of the last event seen.")] = None,
) -> StreamingResponse:
    """Follow a run as server-sent events.

    All events from the beginning, or from after `Last-Event-ID`; the stream ends with `run_finished`. Each has its
    `seq` as `id`, its `kind` as `event` and the event as JSON in `data`.
    """
    _run(here, run_id)
    if last_event_id is not None and not last_event_id.isdecimal():
        raise HttpProblem(422, "bad_request", "The header Last-Event-ID is not a number.", "Send the `id` of an event.")
    stream = _events(here, run_id, after=int(last_event_id or 0))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


class Published(BaseModel):
    """The outputs of one node, by port, with their pictures as artifacts."""

    outputs: dict[str, ValueSummary]


@router.post("/{run_id}/nodes/{node_id}/publish", response_model=Published)
async def publish_node(run_id: str, node_id: str, here: Here) -> Response:
    """Make the pictures that a node of a run made visible as artifacts.

    A run does so for its targets only. For any other node that ended, or that the run did not need, it is done here as
    long as its result is kept; else the answer is 410.
    """
    if node_id not in _run(here, run_id).nodes:
        raise missing("node", node_id, "GET the run: it lists its nodes.")
    outputs = dict(await here.engine.publish(run_id, node_id))
    return _json(Published(outputs=outputs).model_dump_json(exclude_none=True))


@router.delete("/{run_id}", response_model=Run, responses={204: {"description": "The ended run was removed."}})
async def delete_run(
    run_id: str,
    here: Here,
    keep: Annotated[bool, Query(description="Never remove: a run that has ended meanwhile stays as it is.")] = False,
) -> Response:
    """Cancel a run that has not ended (200, with the run); remove one that has from the history (204).

    With `?keep=true` a run that has ended is not removed but answered, 200: whoever only wants to cancel is safe from
    a run that ends in the same moment.
    """
    if _run(here, run_id).state in FINAL_STATES and not keep:
        here.engine.delete_run(run_id)
        return Response(status_code=204)
    return _answer(await here.engine.cancel(run_id))


async def _wait(here: State, run_id: str, seconds: float) -> Run:
    """The run once it has ended; as it is after `seconds`, or when the server stops."""
    ended = asyncio.create_task(here.engine.wait(run_id, seconds))
    stopping = asyncio.create_task(here.hub.closing.wait())
    await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (ended, stopping):
        task.cancel()
    await asyncio.gather(ended, stopping, return_exceptions=True)
    return here.engine.run(run_id)


async def _graph(wish: RunRequest, here: State) -> Graph:
    if (wish.graph is None) == (wish.graph_id is None):
        raise GraphError(Problem(
            code="bad_request", message="Exactly one of `graph` and `graph_id` must be given.",
            remedy="Send the graph itself, or the id of a saved graph.",
        ))  # fmt: skip
    if wish.graph_id is None:
        return await graph_of(wish.graph)
    try:
        return (await asyncio.to_thread(here.graphs.get, wish.graph_id))[1]
    except KeyError:
        raise missing("graph", wish.graph_id, "GET /api/graphs lists the saved graphs.") from None


def _run(here: State, run_id: str) -> Run:
    try:
        return here.engine.run(run_id)
    except KeyError:
        raise missing("run", run_id, "GET /api/runs lists the runs there are.") from None


async def _events(here: State, run_id: str, after: int) -> AsyncIterator[str]:
    """Subscribe first, then tell the past, then what arrives: so nothing falls between."""
    with here.hub.connect(run=run_id) as outbox:
        for event in here.engine.run_events(run_id, after):
            yield _sse(encoded := encode(event))
            after = encoded.seq
        if here.engine.run(run_id).state in FINAL_STATES:
            return
        while not (outbox.closed or outbox.overflowed):
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await outbox.wait()
            except TimeoutError:
                yield ": still here\n\n"
            outbox.take_preview()
            for encoded in outbox.take_events():
                if encoded.run is None or encoded.seq <= after:
                    continue
                yield _sse(encoded)
                if encoded.kind == "run_finished":
                    return


def _sse(event: Encoded) -> str:
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {event.json.decode()}\n\n"


def _answer(run: Run, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return _json(run.model_dump_json(exclude_none=True, exclude={"graph"}), status=status, headers=headers)


def _json(text: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status_code=status, headers=headers, media_type="application/json")
