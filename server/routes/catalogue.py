"""The catalogue: which node types there are."""

import secrets
from typing import Annotated

from fastapi import Header
from fastapi.responses import Response
from pydantic import BaseModel

from engine.catalogue.spec import NodeType
from engine.errors import Problem
from server.openapi import api_router
from server.state import Here

router = api_router("/catalogue", tags=["catalogue"])

_BOOT = secrets.token_hex(4)
"""Revisions count from 0 in each process, so the ETag says which process."""


class CatalogueView(BaseModel):
    """All node types. `problems` tells by pack why some could not be loaded."""

    revision: int
    types: list[NodeType]
    problems: dict[str, Problem] = {}


@router.get("", response_model=CatalogueView)
async def get_catalogue(
    here: Here,
    if_none_match: Annotated[str | None, Header(description="ETag of the catalogue that is known already.")] = None,
) -> Response:
    """All node types with ports, defaults, bounds and docs. A `catalogue_changed` event says when to ask again."""
    catalogue, problems = here.engine.catalogue, here.engine.pack_problems
    headers = {"ETag": f'"{_BOOT}-{catalogue.revision}-{len(problems)}"', "Cache-Control": "no-cache"}
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    view = CatalogueView.model_construct(revision=catalogue.revision, types=catalogue.types(), problems=dict(problems))
    return Response(view.model_dump_json(exclude_none=True), headers=headers, media_type="application/json")
