"""What can go wrong, as data (`Problem`) and as exceptions.

BlockloomError            carries problems a person can act on
├── GraphError            the document cannot be read, or compile found errors
├── DefinitionError       a node definition or a node pack is wrong
├── NodeError             a node refused its input; raise it in a node to say why
├── WorkerError           a worker could not start, or died
└── StorageError          a quota is full, or a stored file is missing or damaged
Cancelled                 (BaseException) a node was told to stop; code that catches Exception must not swallow it
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: what, where, and what to do about it.

    `code` is stable and for programs, `message` is one sentence for people, `remedy` is the next step,
    `details` may hold a traceback.
    """

    code: str
    message: str
    node: str | None = None
    port: str | None = None
    severity: Severity = "error"
    remedy: str = ""
    details: str = ""

    def __str__(self) -> str:
        place = ".".join(part for part in (self.node, self.port) if part)
        prefix = f"{place}:" if place and not self.message.startswith(place) else ""
        return " ".join(part for part in (prefix, self.message, self.remedy) if part)


STALE_DESCRIPTION = "stale_description"
"""Code of the problem of a node that finds something else than was described: all descriptions are asked for anew."""


class BlockloomError(Exception):
    """An error with problems that can be shown to a person as they are."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class GraphError(BlockloomError):
    """The graph document cannot be read, or it has errors that keep it from running."""


class DefinitionError(BlockloomError):
    """A node definition or a node pack is wrong."""


class NodeError(BlockloomError):
    """A node refused what it was given.

    Node authors raise `NodeError("what is wrong", remedy="what to do", port="name")`.
    """

    def __init__(self, message: str | Problem, *, remedy: str = "", port: str | None = None, code: str = "node_error"):
        if isinstance(message, str):
            message = Problem(code=code, message=message, remedy=remedy, port=port)
        super().__init__(message)


class WorkerError(BlockloomError):
    """A worker could not start, or died."""


class StorageError(BlockloomError):
    """A quota is full, or a stored file is missing or damaged."""


class Cancelled(BaseException):
    """The work was cancelled. A BaseException, so that `except Exception` in a block does not swallow it."""
