"""The executor under a worker that finishes, fails, loses values and dies in any order: every run ends exactly once."""

import asyncio
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Problem
from engine.graph.compile import Compiled
from engine.run.events import NodeFailed, NodeFinished, NodeSkipped, NodeStarted, RunFinished, RunStarted
from engine.run.executor import AHEAD, WINDOW, Executor
from engine.run.keys import content_keys
from engine.run.plan import default_targets
from engine.run.results import Results
from engine.values.refs import Key, ValueSummary
from engine.worker.protocol import Cancel, Done, Execute, Failed, FromOutput, Started, ToWorker
from tests.engine.run.graphs import compiled

DIED = Problem(code="worker_died", message="The worker was killed (SIGKILL).")


class NoDisk:
    """A result cache that holds nothing."""

    def has_all(self, keys: Any) -> set[Key]:
        return set()

    def summaries(self, key: Key) -> None:
        return None


class ScriptedWorker:
    """Takes executions and answers them when told to. It holds values as a real one does."""

    def __init__(self) -> None:
        self.ready = True
        self.held: set[Key] = set()
        self.queue: dict[int, Execute] = {}
        self.awaits: dict[int, set[int]] = {}  # the executions in the queue that one waits for
        self.cancelled: set[int] = set()
        self.seen: Counter[str] = Counter()
        self.most = 0  # executions at once

    def send(self, message: ToWorker) -> None:
        match message:
            case Execute():
                assert message.node not in {other.node for other in self.queue.values()}
                sources = set(_sources(message))
                self.awaits[message.id] = {other.id for other in self.queue.values() if other.key in sources}
                self.queue[message.id] = message
                self.most = max(self.most, len(self.queue))
                self.seen[message.node] += 1
            case Cancel():
                self.cancelled.add(message.id)
            case _:
                raise AssertionError(message)

    def kill(self, reason: str) -> None:
        raise AssertionError("no test lets a node ignore a cancel")


class Harness:
    """An executor with its worker and the events it told."""

    def __init__(self, graph: Compiled, results: Results | None = None, worker: ScriptedWorker | None = None) -> None:
        self.graph, self.worker = graph, worker or ScriptedWorker()
        self.events: list[tuple[type[Any], dict[str, Any]]] = []
        self.results = results or Results(NoDisk(), lambda _: True)
        self.executor = Executor(
            "run", graph, content_keys(graph, input_dir=Path(), salt="run"), default_targets(graph),
            results=self.results, worker=self.worker, emit=self._emit, next_id=itertools.count(1).__next__,
        )  # fmt: skip

    def _emit(self, event: type[Any], /, **fields: Any) -> None:
        self.events.append((event, fields))

    def begin(self, message: Execute) -> None:
        self.executor.on_message(Started(id=message.id))

    def finish(self, message: Execute, *, fails: bool = False) -> None:
        del self.worker.queue[message.id]
        missing = [key for key in _sources(message) if key not in self.worker.held]
        if message.id in self.worker.cancelled:
            answer: Done | Failed = Failed(id=message.id, problem=DIED, kind="cancelled")
        elif message.key in self.worker.held and (message.made or message.reuse):
            answer = Done(id=message.id, outputs={"sum": ValueSummary(type="int", value=1)}, seconds=0.0, cached=True)
        elif missing:
            answer = Failed(id=message.id, problem=DIED, kind="missing", missing=missing)
        elif fails:
            answer = Failed(id=message.id, problem=Problem(code="node_error", message="No."))
        else:
            self.worker.held.add(message.key)
            answer = Done(id=message.id, outputs={"sum": ValueSummary(type="int", value=1)}, seconds=0.1)
        self.executor.on_message(answer)

    def die(self) -> None:
        self.worker.queue.clear()
        self.worker.held.clear()
        self.results.worker_gone()
        self.executor.worker_gone(DIED)

    @property
    def workable(self) -> list[Execute]:
        """What a worker may begin: the executions that wait for no other it had when they came."""
        waiting = self.worker.queue.keys()
        return [each for each in self.worker.queue.values() if waiting.isdisjoint(self.worker.awaits[each.id])]

    def finish_all(self) -> None:
        while self.worker.queue:
            message = self.workable[0]
            self.begin(message)
            self.finish(message)

    @property
    def unneeded(self) -> list[str]:
        (began,) = [fields for event, fields in self.events if event is RunStarted]
        return list(began["unneeded"])

    def told(self, kind: type[Any]) -> list[str]:
        return [fields["node"] for event, fields in self.events if event is kind]

    @property
    def end(self) -> dict[str, Any]:
        (end,) = [fields for event, fields in self.events if event is RunFinished]
        assert self.events[-1][0] is RunFinished
        return end


def _sources(message: Execute) -> list[Key]:
    return [item.key for item in message.inputs.values() if isinstance(item, FromOutput)]


def start(drawing: str, **params: dict[str, Any]) -> Harness:
    harness = Harness(compiled(drawing, **params))
    harness.executor.start()
    return harness


async def test_equal_nodes_run_once_and_all_of_them_finish() -> None:
    run = start("x:work y:work p:work q:work p<x q<y", p={"b": 1}, q={"b": 1})
    run.finish_all()
    assert sum(run.worker.seen.values()) == 2
    assert sorted(run.told(NodeFinished)) == ["p", "q", "x", "y"]
    assert run.end["state"] == "succeeded"


async def test_a_failure_skips_what_depends_on_it_and_the_rest_goes_on() -> None:
    run = start("x:work y:work z:work v:work y<x z<y", v={"a": 5})
    failing = next(message for message in run.worker.queue.values() if message.node == "x")
    run.finish(failing, fails=True)
    run.finish_all()
    assert (run.told(NodeFailed), run.told(NodeSkipped), run.told(NodeFinished)) == (["x"], ["y", "z"], ["v"])
    assert run.end["state"] == "failed" and run.end["problem"].node == "x"


async def test_inline_nodes_never_reach_the_worker() -> None:
    run = start("i:add j:add j<i", i={"a": 2, "b": 3})
    assert not run.worker.seen
    assert run.end["state"] == "succeeded"


async def test_a_second_run_of_the_same_graph_computes_nothing() -> None:
    first = start("x:work y:work y<x")
    first.finish_all()
    second = Harness(first.graph, first.results, first.worker)
    second.executor.start()
    assert second.end["state"] == "succeeded" and second.told(NodeFinished) == ["y"]
    assert sum(first.worker.seen.values()) == 2


async def test_the_only_node_that_ran_is_to_blame_for_a_death() -> None:
    run = start("x:work y:work y<x v:work", v={"a": 5})
    guilty = next(message for message in run.worker.queue.values() if message.node == "x")
    run.begin(guilty)
    run.die()
    run.finish_all()
    assert (run.told(NodeFailed), run.told(NodeSkipped), run.told(NodeFinished)) == (["x"], ["y"], ["v"])


async def test_of_several_suspects_only_the_one_that_kills_again_alone_fails() -> None:
    run = start("x:work v:work", v={"a": 5})
    for message in list(run.worker.queue.values()):
        run.begin(message)
    run.die()
    (first,) = run.worker.queue.values()
    run.begin(first)
    run.die()
    run.finish_all()
    assert run.told(NodeFailed) == [first.node]
    assert run.told(NodeFinished) == [name for name in ("x", "v") if name != first.node]


async def test_a_value_that_died_with_the_worker_is_made_again_without_a_second_ending() -> None:
    run = start("x:work y:work z:work y<x z<y")
    (x,) = run.workable
    run.finish(x)
    run.die()
    run.finish_all()
    assert run.worker.seen["x"] == 2
    assert Counter(run.told(NodeFinished)) == {"x": 1, "y": 1, "z": 1}
    assert run.end["state"] == "succeeded"


async def test_a_worker_that_never_becomes_ready_ends_the_run() -> None:
    run = Harness(compiled("x:work"))
    run.worker.ready = False
    run.executor.start()
    for _ in range(3):
        run.die()
    assert run.end["state"] == "failed" and run.told(NodeFailed) == ["x"]


async def test_cancel_waits_for_the_running_node_and_starts_nothing_new() -> None:
    run = start("x:work y:heavy y<x")
    (x,) = run.worker.queue.values()
    run.begin(x)
    run.executor.cancel()
    run.finish(x)
    assert run.end["state"] == "cancelled" and run.worker.seen == {"x": 1}


async def test_a_chain_goes_to_the_worker_ahead_of_its_results_a_few_nodes_at_a_time() -> None:
    chain = [f"n{index}:work" for index in range(2 * AHEAD)]
    run = start(" ".join([*chain, *(f"n{index + 1}<n{index}" for index in range(2 * AHEAD - 1))]))
    assert [message.node for message in run.workable] == ["n0"] and len(run.worker.queue) == 1 + AHEAD
    run.finish(run.workable[0])
    assert [message.node for message in run.workable] == ["n1"] and len(run.worker.queue) == 1 + AHEAD
    run.finish_all()
    assert run.end["state"] == "succeeded" and set(run.worker.seen.values()) == {1}


async def test_what_was_sent_ahead_of_a_node_that_fails_is_skipped() -> None:
    run = start("x:work y:work z:work y<x z<y")
    run.finish(run.workable[0], fails=True)
    assert (run.told(NodeFailed), run.told(NodeSkipped)) == (["x"], ["y", "z"])
    run.finish_all()
    assert run.end["state"] == "failed" and run.end["problem"].node == "x"


async def test_what_was_sent_ahead_of_a_node_whose_input_was_lost_is_sent_again_and_is_no_setback() -> None:
    run = start("w:work x:work y:work z:work x<w y<x z<y")
    run.finish(run.workable[0])
    run.worker.held.clear()
    run.finish_all()
    assert run.end["state"] == "succeeded"
    assert run.worker.seen == {"w": 2, "x": 2, "y": 2, "z": 2}


async def test_what_waits_in_the_worker_stays_skipped_when_others_are_planned_anew() -> None:
    run = start("w:work p:work x:work y:work z:work p<w y<x z<y", w={"b": 1}, x={"b": 2})
    x, w = (next(each for each in run.workable if each.node == name) for name in ("x", "w"))
    run.finish(w)
    run.finish(x, fails=True)
    run.worker.held.clear()
    run.finish(next(each for each in run.workable if each.node == "p"))
    run.finish_all()
    assert (run.told(NodeFailed), sorted(run.told(NodeSkipped))) == (["x"], ["y", "z"])
    assert run.end["problem"].message == "No." and run.worker.seen["x"] == 1


async def test_what_waits_in_the_worker_is_skipped_when_its_source_fails_after_others_were_planned_anew() -> None:
    run = start("w:work p:work x:work y:work z:work p<w y<x z<y", w={"b": 1}, x={"b": 2})
    run.finish(next(each for each in run.workable if each.node == "w"))
    run.worker.held.clear()
    run.finish(next(each for each in run.workable if each.node == "p"))
    run.finish(next(each for each in run.workable if each.node == "x"), fails=True)
    run.finish_all()
    assert (run.told(NodeFailed), sorted(run.told(NodeSkipped))) == (["x"], ["y", "z"])
    assert run.worker.seen["x"] == 1


async def test_a_node_that_was_skipped_is_not_to_blame_for_a_death() -> None:
    run = start("x:work y:work y<x v:work u:work u<v", v={"b": 5})
    run.finish(next(each for each in run.workable if each.node == "x"), fails=True)
    for name in ("y", "v"):
        run.begin(next(each for each in run.workable if each.node == name))
    run.die()
    run.finish_all()
    assert run.told(NodeFailed) == ["x", "v"] and sorted(run.told(NodeSkipped)) == ["u", "y"]


async def test_deaths_that_nobody_is_to_blame_for_fail_what_was_to_run_and_skip_what_waited() -> None:
    run = start("x:work y:work y<x")
    for _ in range(3):
        run.die()
    assert (run.told(NodeFailed), run.told(NodeSkipped)) == (["x"], ["y"])
    assert run.end["problem"].message == DIED.message


async def test_a_node_that_ends_and_sets_many_free_does_not_flood_the_worker() -> None:
    nodes = [f"n{index}" for index in range(WINDOW["cpu"] + 400)]
    children = nodes[WINDOW["cpu"] :]
    edges = [f"{child}<n{index // 20}" for index, child in enumerate(children)]
    run = start(" ".join([*(f"{node}:work" for node in nodes), *edges]), **{n: {"b": i} for i, n in enumerate(nodes)})
    run.finish_all()
    assert run.end["state"] == "succeeded" and run.worker.most <= WINDOW["cpu"] + AHEAD


async def test_a_node_that_gives_up_by_itself_ends_the_run() -> None:
    run = start("x:work y:work y<x")
    run.worker.cancelled.add(run.workable[0].id)
    run.finish(run.workable[0])
    run.finish_all()
    assert (run.told(NodeFailed), run.told(NodeSkipped), run.end["state"]) == (["x"], ["y"], "failed")


MOVES = st.lists(
    st.tuples(st.sampled_from(["begin", "finish", "finish", "fail", "die", "forget", "cancel"]), st.integers(0, 99)),
    max_size=40,
)
DAGS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14)


@settings(max_examples=200)
@given(DAGS, MOVES)
def test_whatever_happens_every_node_and_the_run_end_exactly_once(
    edges: list[tuple[int, int]], moves: list[Any]
) -> None:
    asyncio.run(_chaos(edges, moves))


async def _chaos(edges: list[tuple[int, int]], moves: list[tuple[str, int]]) -> None:
    pairs = {(a, b, "a" if b == 2 else "ab"[a % 2]) for a, b in edges if a < b}
    single = {(b, handle): a for a, b, handle in sorted(pairs)}
    kinds = ["work", "work", "random", "heavy", "work", "add", "work", "heavy", "work"]
    drawing = [f"n{index}:{kind}" for index, kind in enumerate(kinds)] + [
        f"n{b}.{handle}<n{a}" for (b, handle), a in single.items()
    ]
    run = start(
        " ".join(drawing),
        **{f"n{i}": {"b": i % 3} for i in range(9) if kinds[i] != "random" and (i, "b") not in single},
    )
    for move, choice in moves:
        if run.executor.finished:
            break
        _move(run, move, choice)
    _check(run)
    again = Harness(run.graph, run.results, run.worker)  # from what is left of the first
    again.executor.start()
    for move, choice in reversed(moves):
        if again.executor.finished:
            break
        _move(again, move, choice)
    _check(again)


def _check(run: Harness) -> None:
    run.finish_all()
    assert run.executor.finished and run.end["state"] in ("succeeded", "failed", "cancelled")
    endings = Counter(run.told(NodeFinished) + run.told(NodeFailed) + run.told(NodeSkipped))
    assert set(endings.values()) <= {1}
    assert set(run.told(NodeStarted)) <= set(f"n{index}" for index in range(9))
    if run.end["state"] != "cancelled":
        assert set(run.graph.order) - set(run.unneeded) <= set(endings)
    if run.end["state"] == "failed":
        assert run.end["problem"].node not in run.told(NodeSkipped)


def _move(run: Harness, move: str, choice: int) -> None:
    queue = run.workable
    message = queue[choice % len(queue)] if queue else None
    match move:
        case "die":
            run.die()
        case "cancel" if choice < 10:
            run.executor.cancel()
        case "forget":
            run.worker.held -= set(sorted(run.worker.held)[: choice % 3])
        case "begin" if message:
            run.begin(message)
        case "finish" | "fail" if message:
            run.begin(message)
            run.finish(message, fails=move == "fail")
