"""The interface a node has now, and the outputs that already follow from the graph."""

import copy
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.plain import flaw
from engine.errors import BlockloomError, Problem

MAX_KNOWN_ITEMS = 10_000
"""Values in the outputs of a node that compile works out; larger results are left to the run."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a dynamic node's resolver found (see `Resolved`), or what kept its interface from being known."""

    resolved: Resolved
    problems: tuple[Problem, ...] = ()


def resolve(node_id: str, definition: NodeDefinition, view: NodeView) -> Resolution:
    """Ask a dynamic node for its interface. If its resolver fails, it has the ports it has before anything is known."""
    assert definition.resolve is not None
    try:
        resolved = definition.resolve(view)
        return Resolution(resolved, _at(node_id, resolved.problems))
    except BlockloomError as error:
        problems = _at(node_id, error.problems)
    except Exception as error:  # a resolver belongs to a pack; its fault must not take compile along
        problem = Problem(
            code="resolver_failed",
            message=f"The ports of {node_id} could not be worked out: {type(error).__name__}: {error}.",
            node=node_id,
            remedy=f"This is a fault in the node type {definition.type.type!r}; please report it.",
            details=traceback.format_exc(),
        )
        problems = (problem,)
    return Resolution(Resolved(definition.type.interface), problems)


def _at(node_id: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem if problem.node else replace(problem, node=node_id) for problem in problems)


def can_fold(definition: NodeDefinition) -> bool:
    """Whether compile may run the node itself: a pure function of plain data."""
    return (
        definition.type.lane == "inline"
        and definition.type.cache != "never"
        and definition.function is not None
        and definition.context_parameter is None
        and definition.fingerprint is None
    )


def fold(definition: NodeDefinition, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The outputs of an inline node for known inputs; None if it raises or they are not small plain data.

    A node that raises here raises again in the run, where it is reported.
    """
    assert definition.function is not None
    try:
        outputs = dict(definition.function(**copy.deepcopy(dict(inputs))))
    except Exception:
        return None
    small = _count(outputs, MAX_KNOWN_ITEMS) < MAX_KNOWN_ITEMS
    return outputs if small and flaw(outputs) is None else None


def _count(value: Any, limit: int) -> int:
    """How many values `value` holds, counted up to about `limit`."""
    count, stack = 0, [value]
    while stack and count < limit:
        items: Iterable[Any] = ()
        current = stack.pop()
        if isinstance(current, dict):
            items = current.values()
        elif isinstance(current, list):
            items = current
        before = len(stack)
        stack.extend(items)
        count += len(stack) - before
    return count
