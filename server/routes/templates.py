"""Templates: ready graphs that come with Blockloom."""

import json
from functools import lru_cache
from pathlib import Path

from fastapi.responses import Response
from pydantic import BaseModel

from engine.graph.document import Graph, load_graph
from server.bodies import missing
from server.openapi import api_router

router = api_router("/templates", tags=["graphs"])

FOLDER = Path(__file__).parents[2] / "nodes" / "templates"


class Template(BaseModel):
    """`name` is for URLs, `title` for people; `description` is the text of its first note."""

    name: str
    title: str
    description: str = ""


class TemplateList(BaseModel):
    templates: list[Template]


@router.get("")
async def list_templates() -> TemplateList:
    """The templates there are."""
    return TemplateList(templates=[_about(name, graph) for name, graph in _templates().items()])


@router.get("/{name}", response_model=Graph)
async def get_template(name: str) -> Response:
    """A template's graph document, just as it can be posted to /api/runs inside `{"graph": …}`."""
    if name not in _templates():
        raise missing("template", name, "GET /api/templates lists them.")
    return Response((FOLDER / f"{name}.json").read_bytes(), media_type="application/json")


@lru_cache
def _templates() -> dict[str, Graph]:
    """By name; they never change while the server runs."""
    return {path.stem: load_graph(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}


def _about(name: str, graph: Graph) -> Template:
    notes = graph.view.get("notes") or [{}]
    text = notes[0].get("text", "") if isinstance(notes[0], dict) else json.dumps(notes[0])
    return Template(name=name, title=graph.name, description=str(text))
