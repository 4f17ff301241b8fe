"""Every error as RFC 9457 problem+json, with sentences a person can act on."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from engine.errors import BlockloomError, GraphError, NodeError, Problem, StorageError, WorkerError

MEDIA_TYPE = "application/problem+json"


class ProblemDetails(BaseModel):
    """RFC 9457. `title` goes with the status, `detail` tells of this error; `problems` says it part by part."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    problems: list[Problem] = []


class HttpProblem(Exception):
    """An answer other than success; routes raise it."""

    def __init__(
        self, status: int, code: str, message: str, remedy: str = "", *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.problem = Problem(code=code, message=message, remedy=remedy)
        self.headers = dict(headers or {})
        super().__init__(str(self.problem))


def problem_response(
    status: int,
    problems: Sequence[Problem],
    *,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem+json answer; the first problem gives type and detail."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    details = ProblemDetails(
        type=f"urn:blockloom:problem:{first.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=f"{first}{more}",
        instance=instance,
        problems=list(problems),
    )
    return Response(details.model_dump_json(), status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make `app` answer every exception with problem+json."""

    @app.exception_handler(HttpProblem)
    async def http_problem(request: Request, error: HttpProblem) -> Response:
        return problem_response(error.status, [error.problem], instance=request.url.path, headers=error.headers)

    @app.exception_handler(BlockloomError)
    async def blockloom_error(request: Request, error: BlockloomError) -> Response:
        return problem_response(status_of(error), error.problems, instance=request.url.path)

    @app.exception_handler(RequestValidationError)
    async def bad_request(request: Request, error: RequestValidationError) -> Response:
        problems = [parameter_problem(part["loc"], part["msg"]) for part in error.errors()]
        return problem_response(422, problems, instance=request.url.path)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return problem_response(
            error.status_code, [_plain_problem(request, error)], instance=request.url.path, headers=error.headers
        )

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        problem = Problem(
            code="internal_error",
            message=f"The server failed at this request: {type(error).__name__}.",
            remedy="Its log has the details; please report them.",
        )
        return problem_response(500, [problem], instance=request.url.path)


def status_of(error: BlockloomError) -> int:
    """The HTTP status that tells what kind of error it is."""
    if isinstance(error, GraphError | NodeError):
        return 422
    if isinstance(error, WorkerError):
        return 503
    if isinstance(error, StorageError):
        statuses = {"no_artifact": 404, "no_result": 410, "too_large": 413, "disk_full": 507}
        return statuses.get(error.problems[0].code, 500)
    return 400


def parameter_problem(location: Sequence[int | str], message: str) -> Problem:
    """What pydantic found wrong, as a sentence."""
    place = ".".join(str(part) for part in location if part not in ("query", "path", "header", "body"))
    kind = {"query": "The query parameter", "path": "The path parameter", "header": "The header"}
    subject = kind.get(str(location[0]) if location else "", "The field")
    named = f"{subject} {place!r}" if place else "The request"
    if message == "Field required":
        return Problem(code="bad_request", message=f"{named} is missing.", remedy="See /api/docs.")
    if message == "Extra inputs are not permitted":
        return Problem(code="bad_request", message=f"{named} does not exist here.", remedy="See /api/docs.")
    message = message.removeprefix("Value error, ")
    return Problem(code="bad_request", message=f"{named} is wrong: {message}.", remedy="See /api/docs.")


def _plain_problem(request: Request, error: HTTPException) -> Problem:
    path, method = request.url.path, request.method
    if error.status_code == 404:
        return Problem(
            code="not_found", message=f"There is nothing at {path}.", remedy="See /api/docs for what there is."
        )
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return Problem(
            code="method_not_allowed", message=f"{path} does not take {method}.", remedy=f"It takes {allowed}."
        )
    return Problem(code="http_error", message=str(error.detail))
