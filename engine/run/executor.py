"""One execution of a compiled graph: dispatches ready nodes to their lanes, follows what comes back, ends exactly once.

The executor is a state machine in the server's event loop, driven by `start`, messages from the worker, `cancel`,
`worker_ready` and `worker_gone`. It holds no values of workers, only their keys.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from engine.catalogue.spec import Lane
from engine.errors import Problem
from engine.graph.compile import Compiled, CompiledNode, Source
from engine.graph.document import NodeId, compact_graph
from engine.run.events import (
    NodeFailed,
    NodeFinished,
    NodeLog,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    RunFinished,
    RunStarted,
)  # fmt: skip
from engine.run.plan import lanes, make_plan
from engine.run.results import Results, Summaries
from engine.values.codecs import Kinds
from engine.values.refs import Key
from engine.worker.invoke import collect, invoke, problem_from
from engine.worker.protocol import (
    Begin,
    Cancel,
    Collect,
    Done,
    Execute,
    Failed,
    FromOutput,
    Given,
    Input,
    Log,
    Progress,
    Started,
    ToWorker,
)  # fmt: skip

WINDOW: Mapping[Lane, int] = {"cpu": 64, "gpu": 2}
"""How many nodes of a lane are in the worker's hands at once: enough to keep it busy, few enough to stay in control."""

AHEAD = 16
"""How many nodes of the lane `cpu`, beyond its window, may wait in the worker for others that it has in that lane, so
that a chain of quick nodes is not held up by messages going back and forth."""

TIME_SLICE = 0.005
"""Seconds of inline work after which the event loop gets its turn."""

CANCEL_GRACE = 5.0
"""Seconds a cancelled node has to stop before its worker is killed."""

MAX_SETBACKS = 3
"""Worker deaths, or answers that a value is missing, without a finished node in between; then the run gives up."""

CANCELLED = Problem(code="cancelled", message="The run was cancelled.")


class Worker(Protocol):
    """What the executor needs of a worker."""

    @property
    def ready(self) -> bool: ...
    def send(self, message: ToWorker) -> None: ...
    def kill(self, reason: str) -> None: ...


class Emit(Protocol):
    """Takes an event class and its fields without `run`, `seq` and `time`."""

    def __call__(self, event: type[Any], /, **fields: Any) -> None: ...


class Executor:
    """Runs `compiled` for `targets`. `keys` are its content keys; `emit` gets every event, the terminal one last."""

    def __init__(
        self,
        run_id: str,
        compiled: Compiled,
        keys: Mapping[NodeId, Key],
        targets: Iterable[NodeId],
        *,
        results: Results,
        worker: Worker,
        emit: Emit,
        next_id: Callable[[], int],
    ) -> None:
        self.finished = False
        self._run_id, self._compiled, self._keys, self._targets = run_id, compiled, keys, set(targets)
        self._results, self._worker, self._emit, self._next_id = results, worker, emit, next_id
        self._lanes = lanes(compiled)
        self._loop = asyncio.get_running_loop()
        self._began = time.monotonic()

        self._made: dict[Key, dict[str, Any]] = {}  # outputs of inline nodes; the shared index may drop them meanwhile
        self._settled: set[NodeId] = set()  # nodes whose terminal event is out
        self._failures: dict[NodeId, Problem] = {}

        self._planned: set[NodeId] = set()  # all nodes that a plan ever had
        self._open: set[NodeId] = set()  # planned nodes that must still end
        self._made_already: set[NodeId] = set()  # planned nodes whose results are only to be published
        self._waiting: dict[NodeId, int] = {}  # how many open nodes an open node waits for
        self._dependants: dict[NodeId, list[NodeId]] = {}
        self._twins: dict[NodeId, list[NodeId]] = {}  # nodes with the same key as an open one
        self._ready: dict[Lane, deque[NodeId]] = {"inline": deque(), "cpu": deque(), "gpu": deque()}

        self._flying: dict[int, NodeId] = {}  # executions the worker has
        self._begun: set[int] = set()  # those of them that it has begun
        self._graph_told = False  # to the worker there is now
        self._load: dict[Lane, int] = {"cpu": 0, "gpu": 0}
        self._in_hand: set[NodeId] = set()  # the nodes of the executions that the worker has
        self._parked: set[NodeId] = set()  # those of them that wait there for others
        self._may_park: deque[NodeId] = deque()
        self._suspects: set[NodeId] = set()  # nodes one of which killed a worker
        self._setbacks = 0
        self._cancelled = False
        self._resume: asyncio.Handle | None = None

    def start(self) -> None:
        self._replan()
        for node, because in self._compiled.skipped.items():
            self._settle_skipped(node, because)
        self._advance()

    def cancel(self) -> None:
        """Stop as soon as the running nodes obey; a worker that does not obey within `CANCEL_GRACE` is killed."""
        if self.finished or self._cancelled:
            return
        self._cancelled = True
        for message_id in self._flying:
            self._worker.send(Cancel(id=message_id))
        if self._flying:
            self._loop.call_later(CANCEL_GRACE, self._insist)
        self._advance()

    def worker_ready(self) -> None:
        self._advance()

    def worker_gone(self, reason: Problem) -> None:
        """The worker died. The node it was computing is to blame; of several, each is tried again alone."""
        if self.finished:
            return
        begun = [node for message_id in self._begun if (node := self._flying[message_id]) in self._open]
        flying = [node for node in self._flying.values() if node in self._open and node not in self._parked]
        waiting = [*flying, *self._ready["cpu"], *self._ready["gpu"]]
        for message_id in list(self._flying):
            self._land(message_id)
        self._graph_told = False
        if self._cancelled:
            for node in begun:
                self._settle_failed(node, CANCELLED)
        elif len(begun) == 1:
            self._fail(begun[0], _blame(reason, begun[0]))
        elif self._setback():
            for node in waiting:
                self._fail(node, _blame(reason, node))
        else:
            self._suspects.update(begun)
        if not self._cancelled:
            self._replan()
        self._advance()

    def on_message(self, message: Started | Progress | Log | Done | Failed) -> None:
        """A message about an execution; those of executions that have landed are stale and ignored."""
        if message.id is None or (node := self._flying.get(message.id)) is None:
            return
        match message:
            case Started():
                self._begun.add(message.id)
                if node not in self._settled:
                    self._emit(NodeStarted, node=node)
            case Progress():
                self._emit(NodeProgress, node=node, step=message.step, total=message.total)
            case Log():
                self._emit(NodeLog, node=node, level=message.level, text=message.text)
            case Done():
                self._land(message.id)
                self._setbacks = 0
                self._results.made(self._keys[node], message.outputs)
                self._succeed(node, message.outputs, cached=message.cached, seconds=message.seconds)
                self._advance()
            case Failed():
                self._land(message.id)
                self._on_failed(node, message)
                self._advance()

    def node_of(self, message_id: int) -> NodeId | None:
        """The node that execution `message_id` of this run is for."""
        return self._flying.get(message_id)

    # Planning

    def _replan(self) -> None:
        """Plan what is left from the results at hand now. Executions in flight go on."""
        self._results.look_up(self._keys[node] for node, lane in self._lanes.items() if lane != "inline")
        plan = make_plan(
            self._compiled,
            self._keys,
            [target for target in self._targets if target not in self._settled and target in self._keys],
            available=lambda key: key in self._made or self._results.available(key),
            published=self._results.published,
        )
        if not self._planned:
            unneeded = {node: self._keys[node] for node in self._compiled.order if node in plan.unneeded}
            self._emit(RunStarted, nodes=len(plan.actions), unneeded=unneeded)
        self._planned |= plan.actions.keys()
        self._made_already = {node for node, action in plan.actions.items() if action == "publish"}
        again = set(plan.to_run)
        self._open = {node for node in self._in_hand if node in self._open or node in again}
        self._waiting, self._dependants, self._twins = {}, {}, {}
        self._may_park.clear()
        for queue in self._ready.values():
            queue.clear()
        leaders = {self._keys[node]: node for node in self._flying.values() if node in self._open}
        for node in plan.to_run:
            leader = leaders.setdefault(self._keys[node], node)
            if leader != node:
                self._twins.setdefault(leader, []).append(node)
            if node not in self._open:
                self._open.add(node)
                if leader == node:
                    self._await_sources(node, computed=plan.actions[node] == "run")
        for node in self._parked & self._open:  # or they would not be skipped when what they wait for fails
            self._await_sources(node, computed=True)
        self._suspects &= self._open
        for node, action in plan.actions.items():
            if action in ("known", "reuse"):
                self._take(node)

    def _await_sources(self, node: NodeId, *, computed: bool) -> None:
        """Count the open nodes that `node` waits for; sources come first in the plan, so all of them are known."""
        sources = self._open_sources(node) if computed else set()
        for source in sources:
            self._dependants.setdefault(source, []).append(node)
        if sources:
            self._waiting[node] = len(sources)
        else:
            self._may_begin(node)

    def _open_sources(self, node: NodeId) -> set[NodeId]:
        return self._open & self._compiled.nodes[node].parents

    def _take(self, node: NodeId) -> None:
        """A result is at hand: hold what is in this process, and say so."""
        key, known = self._keys[node], self._compiled.nodes[node].known
        if known is not None and self._results.inline(key) is None:
            self._results.put_inline(key, known, self._summarise(node, known))
        if (outputs := self._results.inline(key)) is not None:
            self._made[key] = outputs
        self._settle_finished(node, self._results.summaries(key), cached=True, seconds=0.0)

    # Dispatching

    def _advance(self) -> None:
        """Give out all work that can be given out now, or end the run."""
        if self.finished:
            return
        if not self._cancelled:
            self._run_inline()
            if self._worker.ready:
                self._dispatch()
        if not self._flying and (self._cancelled or not self._open):
            self._finish()

    def _run_inline(self) -> None:
        queue, until = self._ready["inline"], time.monotonic() + TIME_SLICE
        while queue:
            self._compute_inline(queue.popleft())
            if time.monotonic() > until and queue:
                if self._resume is None:
                    self._resume = self._loop.call_soon(self._resume_inline)
                return

    def _resume_inline(self) -> None:
        self._resume = None
        self._advance()

    def _dispatch(self) -> None:
        for lane in ("gpu", "cpu"):
            queue = self._ready[lane]
            while queue and self._load[lane] < WINDOW[lane]:
                if self._suspects and self._flying:
                    return
                self._send(queue.popleft(), lane)
        while self._may_park and not self._suspects and self._has_room_ahead():
            node = self._may_park.popleft()
            if node in self._waiting and node not in self._parked and self._open_sources(node) <= self._in_hand:
                self._parked.add(node)
                self._send(node, "cpu")

    def _has_room_ahead(self) -> bool:
        """One node that ends can set many free that wait in the worker: these are more than the window then."""
        ahead = len(self._parked)
        return ahead < AHEAD and ahead + self._load["cpu"] < WINDOW["cpu"] + AHEAD

    def _send(self, node: NodeId, lane: Lane) -> None:
        message_id = self._next_id()
        self._flying[message_id] = node
        self._in_hand.add(node)
        if node not in self._parked:
            self._load[lane] += 1
        if lane == "cpu":
            self._may_park += [each for each in self._dependants.get(node, ()) if self._lanes[each] == "cpu"]
        compiled = self._compiled.nodes[node]
        assert compiled.definition is not None
        if compiled.definition.type.reads_graph and not self._graph_told:
            self._worker.send(Begin(run=self._run_id, graph=compact_graph(self._compiled.graph)))
            self._graph_told = True
        same = [node, *self._twins.get(node, ())]
        self._worker.send(
            Execute(
                id=message_id, run=self._run_id, node=node, type=compiled.definition.type.type, key=self._keys[node],
                inputs=self._inputs(compiled), ports=compiled.ports.returned,
                mapped=sorted(compiled.mapped), wrapped=sorted(compiled.wrapped),
                publish=not self._targets.isdisjoint(same), reuse=compiled.definition.type.cache != "never",
                made=node in self._made_already,
            )
        )  # fmt: skip

    def _inputs(self, compiled: CompiledNode) -> dict[str, Input]:
        given = {**compiled.params, **compiled.bound}
        inputs: dict[str, Input] = {name: Given(value=value) for name, value in given.items()}
        for name, sources in compiled.inputs.items():
            if name in compiled.ports.many:
                inputs[name] = Collect(items=[self._input(source) for source in sources])
            else:
                inputs[name] = self._input(sources[0])
        return inputs

    def _input(self, source: Source) -> Given | FromOutput:
        if (outputs := self._made.get(self._keys[source.node])) is not None:
            return Given(value=outputs[source.port])
        return FromOutput(key=self._keys[source.node], port=source.port)

    def _compute_inline(self, node: NodeId) -> None:
        compiled = self._compiled.nodes[node]
        assert compiled.definition is not None
        began = time.perf_counter()
        try:
            outputs = invoke(
                compiled.definition, self._values(compiled), ports=compiled.ports.returned,
                mapped=compiled.mapped, wrapped=compiled.wrapped,
            )  # fmt: skip
        except Exception as error:  # a node may raise anything
            self._fail(node, problem_from(error, node))
            return
        key, summaries = self._keys[node], self._summarise(node, outputs)
        self._made[key] = outputs
        self._results.put_inline(key, outputs, summaries)
        self._succeed(node, summaries, cached=False, seconds=time.perf_counter() - began)

    def _values(self, compiled: CompiledNode) -> dict[str, Any]:
        """The inputs of an inline node; all its sources are inline, so nothing is fetched from a worker."""
        values = {**compiled.params, **compiled.bound}
        for name, sources in compiled.inputs.items():
            if name in compiled.ports.many:
                values[name] = collect([self._value(source) for source in sources])
            else:
                values[name] = self._value(sources[0])
        return values

    def _value(self, source: Source) -> Any:
        return self._made[self._keys[source.node]][source.port]

    def _summarise(self, node: NodeId, outputs: Mapping[str, Any]) -> Summaries:
        types = self._compiled.nodes[node].outputs
        return {port: _plain.summary(value, types[port]) for port, value in outputs.items()}

    # Endings

    def _on_failed(self, node: NodeId, message: Failed) -> None:
        if node not in self._open:  # it was sent ahead, and what it waited for failed
            return
        if message.kind == "missing" and self._to_be_made(node, message.missing):
            if node not in self._waiting:
                self._await_sources(node, computed=True)
        elif message.kind == "missing" and not self._cancelled and not self._setback():
            self._results.lost(message.missing)
            self._replan()
        elif self._cancelled and message.kind != "error":
            self._settle_failed(node, CANCELLED)
        else:
            self._fail(node, message.problem)

    def _to_be_made(self, node: NodeId, keys: Collection[Key]) -> bool:
        """Whether sources of `node` that will still run, or do now, make all of `keys`."""
        return set(keys) <= {self._keys[source] for source in self._open_sources(node)}

    def _setback(self) -> bool:
        """Count a setback; whether it was one too many."""
        self._setbacks += 1
        return self._setbacks >= MAX_SETBACKS

    def _land(self, message_id: int) -> None:
        node = self._flying.pop(message_id)
        self._begun.discard(message_id)
        self._in_hand.discard(node)
        if node in self._parked:
            self._parked.discard(node)
        else:
            self._load[self._lanes[node]] -= 1

    def _succeed(self, node: NodeId, outputs: Summaries, *, cached: bool, seconds: float) -> None:
        for same in (node, *self._twins.pop(node, ())):
            if same == node:
                self._settle_finished(same, outputs, cached=cached, seconds=seconds)
            else:
                self._settle_finished(same, outputs, cached=True, seconds=0.0)
            for dependant in self._close(same):
                if self._waiting.get(dependant, 0) > 1:
                    self._waiting[dependant] -= 1
                elif self._waiting.pop(dependant, None):  # None: skipped meanwhile
                    self._may_begin(dependant)

    def _may_begin(self, node: NodeId) -> None:
        """It waits for nothing any more, here or in the worker."""
        lane = self._lanes[node]
        if node in self._parked:
            self._parked.discard(node)
            self._load[lane] += 1
        else:
            self._ready[lane].append(node)

    def _fail(self, node: NodeId, problem: Problem) -> None:
        """Settle a failure, its equals and all that waits for them."""
        stack: list[NodeId] = []
        for same in (node, *self._twins.pop(node, ())):
            self._settle_failed(same, replace(problem, node=same))
            stack += self._close(same)
        while stack:
            dependant = stack.pop()
            for same in (dependant, *self._twins.pop(dependant, ())):
                self._waiting.pop(same, None)
                self._settle_skipped(same, node)
                stack += self._close(same)

    def _close(self, node: NodeId) -> list[NodeId]:
        self._open.discard(node)
        self._suspects.discard(node)
        return self._dependants.pop(node, [])

    def _settle_finished(self, node: NodeId, outputs: Summaries, *, cached: bool, seconds: float) -> None:
        if self._settle(node):
            seconds = round(seconds, 6)  # digits of nanoseconds say nothing, and hardly compress
            key = self._keys[node]
            self._emit(NodeFinished, node=node, cached=cached, seconds=seconds, key=key, outputs=outputs)

    def _settle_failed(self, node: NodeId, problem: Problem) -> None:
        self._failures[node] = problem = replace(problem, node=node)
        if self._settle(node):
            self._emit(NodeFailed, node=node, problem=problem)

    def _settle_skipped(self, node: NodeId, because: NodeId) -> None:
        if self._settle(node):
            self._emit(NodeSkipped, node=node, because=because)

    def _settle(self, node: NodeId) -> bool:
        """Whether this is the first ending of `node`; a result that was lost and made again has no second one."""
        if node in self._settled:
            return False
        self._settled.add(node)
        return True

    def _insist(self) -> None:
        if self._flying and not self.finished:
            nodes = ", ".join(sorted(set(self._flying.values())))
            self._worker.kill(f"{nodes} did not stop within {CANCEL_GRACE:.0f} s of being cancelled")

    def _finish(self) -> None:
        self.finished = True
        seconds = time.monotonic() - self._began
        if self._cancelled:
            self._emit(RunFinished, state="cancelled", seconds=seconds, problem=CANCELLED)
        elif self._failures:
            self._skip_unneeded()
            self._emit(RunFinished, state="failed", seconds=seconds, problem=_summary(list(self._failures.values())))
        else:
            self._emit(RunFinished, state="succeeded", seconds=seconds)

    def _skip_unneeded(self) -> None:
        """Nodes that only failed ones needed, and that a new plan after a worker's death left out, end too."""
        because = next(iter(self._failures))
        for node in self._planned:
            self._settle_skipped(node, because)


_plain = Kinds([])
"""Inline nodes make plain data only."""


def _blame(reason: Problem, node: NodeId) -> Problem:
    return replace(reason, node=node)


def _summary(failures: list[Problem]) -> Problem:
    """The first failure, and how many there were."""
    first = failures[0]
    if len(failures) == 1:
        return first
    return replace(first, message=f"{len(failures)} nodes failed. The first, {first.node}: {first.message}")
