"""Compile a graph: what the canvas asks after each edit."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from engine.catalogue.spec import Port
from engine.errors import Problem
from engine.graph.compile import Compiled, CompiledNode
from engine.graph.document import Graph, Lock
from server.bodies import read_graph
from server.openapi import api_router, body
from server.state import Here

router = api_router(tags=["graphs"])


class NodePorts(BaseModel):
    """The ports a node has now.

    `pending`: they are not known yet; a `catalogue_changed` event says when to ask again. `types` are the output types
    after mapping. `mapped` are inputs over whose lists the node is mapped.
    """

    inputs: list[Port] = []
    outputs: list[Port] = []
    pending: bool = False
    types: dict[str, str] = {}
    mapped: list[str] = []


class CompileResult(BaseModel):
    """What compile found.

    `order` is how the nodes would run; `skipped` names the muted node each skipped one needs. `lock` is the graph's
    lock with the commit of every repo that the nodes were found to use.
    """

    nodes: dict[str, NodePorts]
    problems: list[Problem]
    order: list[str]
    skipped: dict[str, str] = {}
    lock: Lock = Lock()
    revision: int


@router.post("/compile", response_model=CompileResult, openapi_extra=body(Graph))
async def compile_graph(
    request: Request,
    here: Here,
    settle: Annotated[bool, Query(description="Wait until no interface is pending.")] = False,
    retry: Annotated[
        bool, Query(description="Ask again at once what could not be answered before, such as a repo that was missing.")
    ] = False,
    latest: Annotated[
        bool, Query(description="As if the lock were empty, with repos as they are on the hub now; waits for answers.")
    ] = False,
) -> Response:
    """Compile the graph in the body: the ports of each node, and every problem. A bad graph is a good question: 200.

    With `?retry=true` a node whose description failed is pending again until the new answer is there. With
    `?latest=true` the answer's lock says what an update would change; nothing else of the server changes.
    """
    graph = await read_graph(request, here.settings.json_bytes)
    if latest:
        compiled = await here.engine.compile_latest(graph)
    else:
        compiled = await here.engine.settle(graph) if settle else here.engine.compile(graph, retry=retry)
    result = compile_result(compiled, here.engine.catalogue.revision)
    return Response(result.model_dump_json(exclude_none=True), media_type="application/json")


def compile_result(compiled: Compiled, revision: int) -> CompileResult:
    data: dict[str, Any] = {
        "nodes": {
            node_id: _ports(node, pending=node_id in compiled.waiting) for node_id, node in compiled.nodes.items()
        },
        "problems": list(compiled.problems),
        "order": list(compiled.order),
        "skipped": {str(node): str(because) for node, because in compiled.skipped.items()},
        "lock": compiled.graph.lock,
        "revision": revision,
    }
    return CompileResult.model_construct(**data)


def _ports(node: CompiledNode, *, pending: bool) -> NodePorts:
    return NodePorts.model_construct(
        inputs=list(node.interface.inputs),
        outputs=list(node.interface.outputs),
        pending=pending or node.interface.pending,
        types=dict(node.outputs),
        mapped=sorted(node.mapped),
    )
