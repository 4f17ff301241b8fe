"""What must run: walk back from the wanted outputs and stop at every result that is at hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.catalogue.spec import Lane
from engine.graph.compile import Compiled
from engine.graph.document import NodeId
from engine.graph.topology import ancestors
from engine.values.refs import Key

Action = Literal["known", "reuse", "publish", "run"]
"""Follows from the graph; is at hand; is at hand but must be made visible as artifacts; must be computed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes to visit in topological order, and what is to be done with each.

    `unneeded` are those that the targets depend on too, but that have nothing to do: results further on are at hand.
    """

    actions: dict[NodeId, Action]
    unneeded: frozenset[NodeId] = frozenset()

    @property
    def to_run(self) -> list[NodeId]:
        return [node for node, action in self.actions.items() if action in ("run", "publish")]


def default_targets(compiled: Compiled) -> list[NodeId]:
    """The nodes a run is for if none are named: the output nodes, or else all that nothing depends on."""
    outputs = [node for node in compiled.order if _is_output(compiled, node)]
    if outputs:
        return outputs
    used = {parent for node in compiled.order for parent in compiled.nodes[node].parents}
    return [node for node in compiled.order if node not in used]


def make_plan(
    compiled: Compiled,
    keys: Mapping[NodeId, Key],
    targets: Iterable[NodeId],
    *,
    available: Callable[[Key], bool],
    published: Callable[[Key], bool],
) -> Plan:
    """Choose an action for each node that the targets need; of those before an available result, only the known ones.

    `available(key)`: some store holds the outputs. `published(key)`: its pictures are artifacts too.
    """
    wanted = set(targets)
    actions: dict[NodeId, Action] = {}
    stack = list(wanted)
    while stack:
        node_id = stack.pop()
        if node_id in actions:
            continue
        node, key = compiled.nodes[node_id], keys[node_id]
        if node.known is not None:
            actions[node_id] = "known"
        elif available(key):
            actions[node_id] = "publish" if node_id in wanted and not published(key) else "reuse"
        else:
            actions[node_id] = "run"
            stack += node.parents
    at_hand = [node for node, action in actions.items() if action != "run"]
    behind = ancestors(lambda node: compiled.nodes[node].parents, at_hand) - actions.keys()
    actions |= {node: "known" for node in behind if compiled.nodes[node].known is not None}
    return Plan(
        {node: actions[node] for node in compiled.order if node in actions},
        unneeded=frozenset(behind - actions.keys()),
    )


def lanes(compiled: Compiled) -> dict[NodeId, Lane]:
    """Where each node runs. An inline node that takes a value from a worker runs there too, on its threads."""
    result: dict[NodeId, Lane] = {}
    for node_id in compiled.order:
        node = compiled.nodes[node_id]
        assert node.definition is not None
        lane = node.definition.type.lane
        if node.known is not None:
            lane = "inline"
        elif lane == "inline":
            lane = "inline" if all(result[parent] == "inline" for parent in node.parents) else "cpu"
        result[node_id] = lane
    return result


def _is_output(compiled: Compiled, node: NodeId) -> bool:
    definition = compiled.nodes[node].definition
    return definition is not None and definition.type.output
