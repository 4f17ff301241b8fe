"""The state of a run, as a fold of its events: the same snapshot for REST, the websocket and the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from pydantic import BaseModel, JsonValue, computed_field

from engine.errors import Problem
from engine.graph.document import Graph
from engine.run.events import (
    NodeFailed,
    NodeFinished,
    NodeLog,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    RunEvent,
    RunFinished,
    RunQueued,
    RunStarted,
    RunState,
)  # fmt: skip
from engine.values.refs import ValueSummary

NodeState = Literal["queued", "running", "succeeded", "unneeded", "failed", "skipped", "cancelled"]
"""`unneeded`: the run had nothing to do for the node, as results further on were at hand."""


@dataclass(slots=True)
class LogLine:
    level: str
    text: str


@dataclass(slots=True)
class NodeRun:
    """What became of one node in a run. `seconds`: time in its lane; `because`: the node that a skip is due to."""

    state: NodeState = "queued"
    cached: bool = False
    seconds: float = 0.0
    step: int = 0
    total: int = 0
    key: str = ""
    outputs: Mapping[str, ValueSummary] = field(default_factory=dict)
    problem: Problem | None = None
    because: str | None = None
    log: list[LogLine] = field(default_factory=list)


class Run(BaseModel):
    """One execution of a graph. Times are seconds since the epoch. `seq` is the number of the last event folded in.
    `source` is who asked for it, as they called themselves. `prompt` and `seed` tell it from other runs of its graph:
    the first of each that it has, the prompt on one line and cut if it is long.

    A page of runs holds only the nodes that are targets.
    """

    id: str
    name: str = ""
    state: RunState = "queued"
    priority: int = 0
    source: str = ""
    prompt: str = ""
    seed: int | None = None
    created: float
    started: float | None = None
    finished: float | None = None
    seq: int = 0
    problem: Problem | None = None
    overrides: dict[str, JsonValue] = {}
    targets: list[str] = []
    nodes: dict[str, NodeRun] = {}
    graph: Graph | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def outputs(self) -> dict[str, Mapping[str, ValueSummary]]:
        """The values of the run's targets: node → port → value."""
        return {name: node.outputs for name in self.targets if (node := self.nodes.get(name)) and node.outputs}


class RunPage(BaseModel):
    """A page of runs, newest first, without graphs; `next` continues the list."""

    runs: list[Run]
    total: int
    next: str | None = None


def fold(run: Run, event: RunEvent) -> None:
    """Bring `run` up to `event`. The only place where a run's record changes."""
    run.seq = event.seq
    match event:
        case NodeFinished():
            node = _node(run, event.node)
            node.state, node.cached, node.seconds = "succeeded", event.cached, event.seconds
            node.key, node.outputs = event.key, event.outputs
        case NodeStarted():
            _node(run, event.node).state = "running"
        case NodeProgress():
            node = _node(run, event.node)
            node.step, node.total = event.step, event.total
        case NodeLog():
            _node(run, event.node).log.append(LogLine(level=event.level, text=event.text))
        case NodeFailed():
            node = _node(run, event.node)
            node.state = "cancelled" if event.problem.code == "cancelled" else "failed"
            node.problem = event.problem
        case NodeSkipped():
            node = _node(run, event.node)
            node.state, node.because = "skipped", event.because
        case RunQueued():
            run.state = "queued"
        case RunStarted():
            run.state, run.started = "running", event.time
            run.nodes |= {node: NodeRun(state="unneeded", key=key) for node, key in event.unneeded.items()}
        case RunFinished():
            run.state, run.finished, run.problem = event.state, event.time, event.problem
        case _:
            assert_never(event)


def _node(run: Run, node: str) -> NodeRun:
    if (found := run.nodes.get(node)) is None:
        found = run.nodes[node] = NodeRun()
    return found
