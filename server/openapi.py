"""The OpenAPI document: routes, and beside them what travels over the websocket."""

from enum import Enum
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from engine.run.events import Event
from server.errors import MEDIA_TYPE, ProblemDetails
from server.hub import PreviewHeader

REF = "#/components/schemas/{model}"
DESCRIPTION = """Graphs go in, events and pictures come out.

Errors are RFC 9457 problem+json. The websocket `/api/ws` (`?run=` for one run) sends events as JSON arrays of `Event`
in text frames, and previews in binary frames: 4 bytes big-endian length, a `PreviewHeader` as JSON, the encoded
picture. `/api/runs/{run_id}/events` sends the events of one run as server-sent events.
"""

_bodies: dict[str, type[BaseModel]] = {}


def body(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads a `model` from the body itself (for exact errors)."""
    _bodies[model.__name__] = model
    schema = {"$ref": REF.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def any_body(what: str) -> dict[str, Any]:
    """`openapi_extra` of a route that reads a JSON object of no known shape."""
    schema = {"type": "object", "additionalProperties": True, "description": what}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def upload_body() -> dict[str, Any]:
    """`openapi_extra` of a route that takes a file, raw or in a form."""
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
    return {"requestBody": {"required": True, "content": {
        "application/octet-stream": {"schema": file}, "multipart/form-data": {"schema": form},
    }}}  # fmt: skip


def api_router(path: str = "", *, tags: list[str | Enum] | None = None) -> APIRouter:
    """A router below /api, complete in itself: an app takes its routes as they are."""
    return APIRouter(prefix=f"/api{path}", tags=tags, generate_unique_id_function=_operation_id)


def _operation_id(route: APIRoute) -> str:
    """The function's name: stable, and readable in generated clients."""
    return route.name


def install(app: FastAPI) -> None:
    """Make `app` answer /api/openapi.json with the whole document, made once when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes,
        separate_input_output_schemas=False,
    )  # fmt: skip
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= _extra_schemas()
    schemas["RunRequest"]["properties"]["graph"] = {"anyOf": [{"$ref": REF.format(model="Graph")}, {"type": "null"}]}
    for schema in schemas.values():
        if schema.get("properties", {}).get("graph") == {"title": "Graph"}:  # a document that routes read themselves
            schema["properties"]["graph"] = {"$ref": REF.format(model="Graph")}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = {"schema": {"$ref": REF.format(model="ProblemDetails")}}
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = {"description": "A problem.", "content": {MEDIA_TYPE: problem}}
    return document


def _extra_schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [*_bodies.values(), ProblemDetails, PreviewHeader]
    _, extra = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    event = TypeAdapter(Event).json_schema(ref_template=REF, mode="validation")
    definitions: dict[str, Any] = extra["$defs"] | event.pop("$defs")
    return definitions | {"Event": event}
