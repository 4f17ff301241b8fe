"""Reading request bodies: size-limited, strictly parsed, with errors that say where."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from engine.errors import GraphError
from engine.graph.document import Graph, graph_in
from server.errors import HttpProblem, parameter_problem

Model = TypeVar("Model", bound=BaseModel)
BIG = 256 * 1024
"""Bytes; a larger body is parsed in a thread, so that other requests go on."""


async def limited(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body, piece by piece. Raises HttpProblem 413 for more than `max_bytes`."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes)
        yield chunk


async def read_json(request: Request, max_bytes: int) -> Any:
    """The body as JSON data. Raises HttpProblem 400, with line and column, for what is not JSON."""
    body = b"".join([chunk async for chunk in limited(request, max_bytes)])
    return await asyncio.to_thread(parse_json, body) if len(body) > BIG else parse_json(body)


async def read_model(request: Request, model: type[Model], max_bytes: int) -> Model:
    """The body as a `model`. Raises HttpProblem 400 for bad JSON, GraphError 422 for wrong fields."""
    data = await read_json(request, max_bytes)
    if not isinstance(data, dict):
        raise HttpProblem(422, "bad_request", "The body is not a JSON object.", "See /api/docs for its fields.")
    if "graph" in model.model_fields and str(data.get("format", "")).startswith("blockloom/"):
        raise HttpProblem(422, "bad_request", "The body is a graph itself.", 'Send it as {"graph": …}.')
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [parameter_problem(part["loc"], part["msg"]) for part in error.errors(include_url=False)]
        raise GraphError(problems[:100]) from error


async def read_graph(request: Request, max_bytes: int) -> Graph:
    """The body as a graph document. Raises HttpProblem 400 for bad JSON, GraphError for a bad document."""
    return await graph_of(await read_json(request, max_bytes))


async def graph_of(data: Any) -> Graph:
    """The graph in JSON data. Raises GraphError."""
    return await asyncio.to_thread(graph_in, data)


def parse_json(body: bytes) -> Any:
    """JSON data. NaN and numbers beyond a double pass: the graph's checks say at which param they stand."""
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise _bad_json(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except UnicodeDecodeError as error:
        raise _bad_json(f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise _bad_json("it is nested too deeply") from error
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise _bad_json("it holds an integer of thousands of digits") from error


def _bad_json(what: str) -> HttpProblem:
    return HttpProblem(400, "bad_json", f"The body is not valid JSON: {what}.", "Mend the body.")


def _too_large(max_bytes: int) -> HttpProblem:
    return HttpProblem(
        413, "too_large", f"The body is larger than {max_bytes:,} bytes.",
        "Send less; files go to POST /api/artifacts, and the settings upload_bytes and json_bytes set the limits.",
    )  # fmt: skip


def missing(kind: str, name: str, remedy: str = "") -> HttpProblem:
    """404 for a thing that is not there."""
    return HttpProblem(404, f"no_{kind}", f"There is no {kind} {name[:100]!r}.", remedy)
