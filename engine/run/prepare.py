"""What is settled before a run is queued: no errors, a number for each seed left to chance, targets that can run."""

import secrets
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import ceil, floor
from typing import Any

from pydantic import JsonValue

from engine.catalogue.spec import Widget
from engine.errors import GraphError, Problem
from engine.graph.compile import Compiled
from engine.graph.document import Graph, Node
from engine.graph.overrides import unknown_overrides
from engine.run.plan import default_targets

RANDOM_SEEDS = 2**32
"""How many there are at most: few enough to be read out and seen as a whole."""
PROMPT_LENGTH = 200
"""Characters of a prompt in a list of runs."""


def raise_errors(compiled: Compiled, overrides: Mapping[str, Any]) -> None:
    """Raise GraphError for errors, and for overrides of params that do not exist."""
    if problems := [*compiled.errors, *unknown_overrides(overrides, compiled.problems)]:
        raise GraphError(problems)


def draw_seeds(compiled: Compiled) -> Graph | None:
    """The graph with a number for every seed that was left to chance, or None if there is none.

    Drawn before the run, so that it is recorded: the same picture can be made again.
    """
    drawn: dict[str, dict[str, JsonValue]] = {}
    for node_id, node in compiled.nodes.items():
        for name, widget in node.ports.seeds.items():
            if name in node.params and node.params[name] is None:
                drawn.setdefault(node_id, {})[name] = draw_seed(widget)
    if not drawn:
        return None
    nodes = [_with_params(node, drawn[node.id]) if node.id in drawn else node for node in compiled.graph.nodes]
    return compiled.graph.model_copy(update={"nodes": nodes})


def draw_seed(widget: Widget) -> int:
    """A number that the widget takes: from its `min` on, up to its `max`."""
    first = ceil(widget.min or 0)
    last = first + RANDOM_SEEDS - 1 if widget.max is None else min(floor(widget.max), first + RANDOM_SEEDS - 1)
    return first + secrets.randbelow(last - first + 1)


def _with_params(node: Node, params: Mapping[str, JsonValue]) -> Node:
    return node.model_copy(update={"params": {**node.params, **params}})


def first_values(compiled: Compiled) -> tuple[str, int | None]:
    """The first prompt, on one line and cut if it is long, and the first seed: what people tell runs apart by."""
    prompt, seed = "", None
    for node_id in compiled.order:
        node = compiled.nodes[node_id]
        for name in node.ports.prompts:
            if not prompt and isinstance(value := node.params.get(name), str):
                prompt = " ".join(value[:PROMPT_LENGTH].split())
        for name in node.ports.seeds:
            if seed is None and isinstance(value := node.params.get(name), int):
                seed = value
    return prompt, seed


def checked_targets(compiled: Compiled, targets: Iterable[str] | None) -> list[str]:
    """The targets named, or the usual ones. Raises GraphError for what is not there or would not run."""
    if targets is None:
        found = default_targets(compiled)
        if not found:
            raise GraphError(
                Problem(code="nothing_to_run", message="The graph has no node to run.", remedy="Add a node.")
            )
        return list(found)
    runnable = set(compiled.order)
    problems = [_no_target(compiled, target) for target in targets if target not in runnable]
    if problems:
        raise GraphError(problems)
    return list(dict.fromkeys(targets))


def _no_target(compiled: Compiled, target: str) -> Problem:
    if target in compiled.nodes:
        return Problem(code="bad_target", message=f"Node {target!r} is muted, bypassed or skipped.", node=target,
                       remedy="Choose another target, or switch the node on.")  # fmt: skip
    near = get_close_matches(target, compiled.nodes, n=3)
    return Problem(code="bad_target", message=f"There is no node {target!r} to run to.",
                   remedy=f"Did you mean {', '.join(near)}?" if near else "Name a node of the graph.")  # fmt: skip
