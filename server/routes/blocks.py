"""Block repos: read one before its code runs, approve it at a commit, take that back."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import NodeError
from nodes.diffusion.review import BlockReview, review
from nodes.diffusion.trust import Approval
from server.bodies import read_model
from server.errors import HttpProblem
from server.openapi import api_router, body
from server.state import Here

router = api_router("/blocks", tags=["blocks"])

STATUS = {"missing_repo": 404, "gated": 403, "download_failed": 502}
"""The answers to what keeps a repo from being read, by the problem's code."""

Repo = Annotated[str, Path(description="A repo id of the hub such as `org/name`, or the name of a local folder.")]
Revision = Annotated[str | None, Query(description="A branch, a tag or a whole commit; by default `main`.")]
Commit = Annotated[str | None, Query(description="The approved commit, or `*`; by default all of the repo's.")]


class ApprovedRepo(BaseModel):
    """Code of `repo` may run at `commit`, or whatever its content where that is `*`; `time` in seconds since the epoch.

    `local`: it is, or was, a folder on this machine.
    """

    repo: str
    commit: str
    time: float
    local: bool


class Approvals(BaseModel):
    """What may run. With `remote_code` off nothing does, approved or not."""

    remote_code: bool
    approvals: list[ApprovedRepo]


class ApproveRequest(BaseModel):
    """The commit that was read; `*` approves a folder on this machine whatever its content."""

    model_config = ConfigDict(extra="forbid")

    commit: str = Field(min_length=1, max_length=64)


class Revoked(BaseModel):
    """How many approvals were taken back."""

    revoked: int


@router.get("")
async def list_approvals(here: Here) -> Approvals:
    """The repos whose code may run, and at which commits."""
    found = [_shown(approval) for approval in here.repos.approvals.all()]
    return Approvals(remote_code=here.repos.remote_code, approvals=found)


@router.get("/{repo:path}", response_model=BlockReview)
async def review_block(here: Here, repo: Repo, revision: Revision = None) -> Response:
    """Read a repo without running any of it: its files, code, requirements, and what changed since it was approved.

    Downloads the repo's small files, with `download_progress` events.
    """
    try:
        found = await asyncio.to_thread(review, here.repos, repo, revision)
    except NodeError as error:
        raise _not_to_be_read(error) from error
    return Response(found.model_dump_json(), media_type="application/json")


@router.post("/{repo:path}/approve", response_model=ApprovedRepo, openapi_extra=body(ApproveRequest))
async def approve_block(request: Request, here: Here, repo: Repo) -> Response:
    """Let code of a repo run, in workers only, at a commit that is on this machine. It holds for no other repo."""
    wish = await read_model(request, ApproveRequest, here.settings.json_bytes)
    if not here.repos.remote_code:
        raise HttpProblem(403, "remote_code_off", "The server is set to run no code of repos.",
                          "Switch the setting `remote_code` on.")  # fmt: skip
    if not await asyncio.to_thread(here.repos.can_approve, repo, wish.commit):
        raise HttpProblem(409, "commit_not_here", f"Repo {repo[:100]!r} is not on this machine at {wish.commit!r}.",
                          "Read it with GET /api/blocks/{repo}, and approve the commit that it shows.")  # fmt: skip
    approval = here.repos.approvals.approve(repo, wish.commit)
    here.engine.ask_anew(refused=True)
    return Response(_shown(approval).model_dump_json(), media_type="application/json")


@router.delete("/{repo:path}/approve")
async def revoke_block(here: Here, repo: Repo, commit: Commit = None) -> Revoked:
    """Take back a repo's approval at a commit, or all of them. What runs now runs on; nothing of it starts again."""
    revoked = here.repos.approvals.revoke(repo, commit)
    if revoked:
        here.engine.ask_anew()
    return Revoked(revoked=revoked)


def _shown(approval: Approval) -> ApprovedRepo:
    return ApprovedRepo(repo=approval.repo, commit=approval.commit, time=approval.time, local=approval.local)


def _not_to_be_read(error: NodeError) -> HttpProblem:
    problem = error.problems[0]
    return HttpProblem(STATUS.get(problem.code, 422), problem.code, problem.message, problem.remedy)
