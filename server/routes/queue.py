"""The queue: which runs run and wait, and in which order."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from server.bodies import read_model
from server.errors import HttpProblem
from server.openapi import api_router, body
from server.state import Here, State

router = api_router("/queue", tags=["runs"])


class QueueView(BaseModel):
    """Ids of the runs that run, and of those that wait, the next one first."""

    running: list[str]
    queued: list[str]


class QueueRequest(BaseModel):
    """Ids of queued runs, in the order in which they shall run."""

    model_config = ConfigDict(extra="forbid")

    runs: list[str]


@router.get("")
async def get_queue(here: Here) -> QueueView:
    """Which runs run and wait. A `queue_changed` event tells of another order."""
    return _view(here)


@router.put("", response_model=QueueView, openapi_extra=body(QueueRequest))
async def reorder_queue(request: Request, here: Here) -> QueueView:
    """Let the queued runs go in this order; those that are not named keep theirs behind them.

    A run that has been started meanwhile stays where it is. If a run has ended or never was, the answer is 422, names
    it, and nothing changes.
    """
    wish = await read_model(request, QueueRequest, here.settings.json_bytes)
    try:
        here.engine.reorder(wish.runs)
    except KeyError as error:
        named = ", ".join(str(run_id)[:64] for run_id in error.args[:20])
        raise HttpProblem(
            422, "not_queued", f"These runs are not in the queue: {named}.", "GET /api/queue lists those that are."
        ) from None
    return _view(here)


def _view(here: State) -> QueueView:
    running, queued = here.engine.queue
    return QueueView(running=running, queued=queued)
