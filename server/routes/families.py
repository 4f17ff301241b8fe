"""Which model families the installed diffusers has, and how well their blocks become nodes."""

from fastapi.responses import Response
from pydantic import BaseModel

from nodes.diffusion.families import SUBJECT
from server.openapi import api_router
from server.state import Here

router = api_router(tags=["catalogue"])


class Coverage(BaseModel):
    """Counts over all blocks of one workflow: the whole, stages, sequences, single blocks, loops and their steps.

    Of the inputs, `represented` have a port, or the node gives them to its block by itself (`handled`). `typed` ports
    are not `any`. Those `with_widget` can be set by hand, the others come over an edge. `missing` names what is not
    represented.
    """

    family: str
    workflow: str
    blocks: int
    inputs: int
    inputs_represented: int
    inputs_handled: int
    inputs_typed: int
    inputs_with_widget: int
    outputs: int
    outputs_represented: int
    outputs_typed: int
    components: int
    components_represented: int
    missing: list[str]


class FamiliesView(BaseModel):
    """A row for each workflow of each family; `workflow` is empty for families that declare none."""

    diffusers: str
    rows: list[Coverage]


@router.get("/families", response_model=FamiliesView)
async def get_families(here: Here) -> Response:
    """All model families, with what became of the inputs, outputs and components of their blocks.

    On a fresh machine the answer takes as long as a worker needs to describe them all, some seconds.
    """
    view = FamiliesView.model_validate(await here.engine.describe(SUBJECT, {}))
    return Response(view.model_dump_json(), media_type="application/json")
