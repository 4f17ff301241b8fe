"""Block nodes edited as a whole: one becomes several, several one; a block goes in; one is documented or published."""

from collections.abc import Awaitable
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import NodeError
from nodes.diffusion import asking, insert
from nodes.diffusion.edits import GraphEdit
from nodes.diffusion.publishing import NAME, PublishedBlock, publish
from server.bodies import graph_of, read_model
from server.openapi import api_router, body
from server.state import Here

router = api_router("/blocks", tags=["blocks"])


class OfGraph(BaseModel):
    """Something asked of a graph, whose document is read with exact errors, so not by pydantic here."""

    model_config = ConfigDict(extra="forbid")

    graph: Any


class ExpandRequest(OfGraph):
    """The block node that is to become several."""

    node: str


class CollapseRequest(OfGraph):
    """The block nodes that are to become one."""

    nodes: list[str] = Field(max_length=1000)


class InsertRequest(OfGraph):
    """A block goes into a block node: before the part of that name, or at the end.

    Of a repo, `block` "" is all of it. `repo` "" is what the node's own blocks are of: the connected pipeline, or the
    repo of a custom block.
    """

    node: str
    repo: str = Field("", max_length=500)
    block: str = Field("", max_length=500)
    before: str | None = None
    name: str | None = Field(None, max_length=100)


class DocRequest(OfGraph):
    """The block node whose block is asked about."""

    node: str


class PublishRequest(OfGraph):
    """The block nodes to publish, several as one, under a name; `push_to` is a repo of the hub, org/name."""

    nodes: list[str] = Field(min_length=1, max_length=1000)
    name: str = Field(pattern=NAME)
    push_to: str | None = Field(None, max_length=200)
    private: bool = False


class BlockInside(BaseModel):
    """A block within another, `depth` levels down. `loop`: the blocks below it run once for each step."""

    path: str
    class_name: str
    description: str
    depth: int
    loop: bool


class BlockComponent(BaseModel):
    """A component that a block needs; `repo` is "" for one that is made from its settings."""

    name: str
    type: str
    repo: str
    loaded_from: str


class BlockDoc(BaseModel):
    """What there is to know of a node's block. `doc` is Markdown.

    `parts` are the names of what it holds, in order: what a block can be inserted before. `own_blocks` are the paths
    that its own pipeline, or repo, has to be inserted.
    """

    title: str
    class_name: str
    doc: str
    tree: list[BlockInside]
    components: list[BlockComponent]
    parts: list[str]
    own_blocks: list[str]


@router.post("/expand", response_model=GraphEdit, openapi_extra=body(ExpandRequest))
async def expand_block(request: Request, here: Here) -> Response:
    """Turn a block node into the blocks it is made of, with all edges between them. The answer is what to change."""
    wish = await read_model(request, ExpandRequest, here.settings.json_bytes)
    graph = await graph_of(wish.graph)
    return await _edit(asking.expand(here.engine, graph, wish.node))


@router.post("/collapse", response_model=GraphEdit, openapi_extra=body(CollapseRequest))
async def collapse_blocks(request: Request, here: Here) -> Response:
    """Turn several block nodes of one pipeline into one that gives the same. The answer is what to change."""
    wish = await read_model(request, CollapseRequest, here.settings.json_bytes)
    graph = await graph_of(wish.graph)
    return await _edit(asking.collapse(here.engine, graph, wish.nodes))


@router.post("/insert", response_model=GraphEdit, openapi_extra=body(InsertRequest))
async def insert_block(request: Request, here: Here) -> Response:
    """Put a block of a repo, or of the node's own pipeline, into a block node. The answer is what to change.

    Code of the repo must have been approved.
    """
    wish = await read_model(request, InsertRequest, here.settings.json_bytes)
    graph = await graph_of(wish.graph)

    async def inserted() -> GraphEdit:
        part = insert.new_part(wish.repo.strip(), wish.block, wish.name)
        return await asking.insert(here.engine, graph, wish.node, part, wish.before)

    return await _edit(inserted())


@router.post("/doc", response_model=BlockDoc, openapi_extra=body(DocRequest))
async def block_doc(request: Request, here: Here) -> Response:
    """The documentation of a node's block: what it does, takes and makes, what is inside, which components it needs."""
    wish = await read_model(request, DocRequest, here.settings.json_bytes)
    facts = await asking.one_node(here.engine, await graph_of(wish.graph), [wish.node])
    answer = await here.engine.describe(asking.DOC, asking.asked_of(facts))
    title = getattr(facts.node, "title", None) or str(facts.description["block"]) or answer["class_name"]
    inside = {"parts": [part.name for part in facts.held], "own_blocks": insert.own_blocks(facts)}
    return _json(BlockDoc.model_validate({"title": title, **inside, **answer}))


@router.post("/publish", response_model=PublishedBlock, openapi_extra=body(PublishRequest))
async def publish_blocks(request: Request, here: Here) -> Response:
    """Save block nodes as a modular repo among the local blocks, which plain diffusers loads; push it if asked to.

    A folder that was published before is written anew.
    """
    wish = await read_model(request, PublishRequest, here.settings.json_bytes)
    graph = await graph_of(wish.graph)
    return _json(
        await publish(here.engine, here.repos, graph, wish.nodes, wish.name, push_to=wish.push_to, private=wish.private)
    )


async def _edit(working: Awaitable[GraphEdit]) -> Response:
    """An edit that can't be made is an answer too: one that changes nothing and says why."""
    try:
        return _json(await working)
    except NodeError as error:
        return _json(GraphEdit(problems=list(error.problems)))


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")
