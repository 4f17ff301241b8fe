"""The whole engine: graphs run, fail, are cancelled and survive, with a real worker."""

import asyncio
import contextlib
import signal
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from engine.errors import GraphError, StorageError
from engine.graph.document import compact_graph, load_graph
from engine.run.events import NodeLog, NodeProgress, NodeStarted, QueueChanged, RunFinished, WorkerChanged
from engine.run.queue import LATER_COLUMNS
from engine.service import Engine
from tests.engine.run.harness import EngineHarness, fake_graph, states, value


async def test_values_flow_between_inline_and_worker_nodes(engine: EngineHarness) -> None:
    run = await engine.run("i:inline w:add j:inline w.a<i.sum j.a<w.sum", i={"a": 1, "b": 2}, w={"b": 10}, j={"b": 100})
    assert run.state == "succeeded" and value(run, "j", "sum") == 113


async def test_a_list_is_mapped_over_a_single_input_and_joined_again(engine: EngineHarness) -> None:
    run = await engine.run("l:list x:add t:total x.a<l.numbers t.numbers<x.sum", l={"count": 4}, x={"b": 10})
    assert value(run, "t", "sum") == 46


async def test_events_are_numbered_without_gaps_and_fold_to_the_record(engine: EngineHarness) -> None:
    run = await engine.run("s:show y:add y.a<s.steps", s={"steps": 3})
    events = engine.engine.run_events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.step for event in events if isinstance(event, NodeProgress)][-1] == 3
    assert engine.engine.run(run.id) == run
    assert engine.engine.run_events(run.id, after=2) == events[2:]


async def test_only_what_a_target_needs_is_run(engine: EngineHarness) -> None:
    run = await engine.run("x:add y:add z:fail y.a<x.sum", targets=["y"])
    assert states(run) == {"x": "succeeded", "y": "succeeded"} and list(run.outputs) == ["y"]


async def test_a_failed_node_skips_its_dependants_and_the_rest_goes_on(engine: EngineHarness) -> None:
    run = await engine.run("f:fail x:add x.a<f.never y:add", f={"text": "no luck"})
    assert states(run) == {"f": "failed", "x": "skipped", "y": "succeeded"}
    assert run.state == "failed" and run.problem and run.problem.node == "f" and "no luck" in run.problem.message


async def test_overrides_change_a_param_and_are_recorded(engine: EngineHarness) -> None:
    run = await engine.engine.submit(fake_graph("x:add"), overrides={"x.a": 7})
    run = await engine.engine.wait(run.id)
    assert value(run, "x", "sum") == 7 and run.overrides == {"x.a": 7}


@pytest.mark.parametrize(
    ("overrides", "targets", "says"),
    [
        ({"y.a": 1}, None, "y"),
        ({"x.nothing": 1}, None, "nothing"),
        ({"x.a": "many"}, None, "x.a"),
        ({}, ["y"], "'y'"),
    ],
)
async def test_a_bad_submission_never_starts(
    engine: EngineHarness, overrides: dict[str, object], targets: list[str] | None, says: str
) -> None:
    with pytest.raises(GraphError) as error:
        await engine.engine.submit(fake_graph("x:add"), overrides=overrides, targets=targets)  # type: ignore[arg-type]
    assert says in str(error.value) and engine.engine.runs().total == 0


async def test_an_empty_graph_is_refused(engine: EngineHarness) -> None:
    with pytest.raises(GraphError, match="no node to run"):
        await engine.engine.submit(fake_graph(""))


async def test_a_second_run_computes_nothing(engine: EngineHarness) -> None:
    first = await engine.run("x:echo", x={"value": "text"})
    second = await engine.run("x:echo", x={"value": "text"})
    assert engine.computed(first) == ["x"] and engine.computed(second) == []
    assert first.outputs == second.outputs


async def test_what_a_run_did_not_need_is_told_and_can_be_looked_at(engine: EngineHarness) -> None:
    graph = "b:blob e:echo e.value<b.image"
    first = await engine.run(graph, ["e"], b={"text": "below", "size": 5})
    second = await engine.run(graph, ["e"], b={"text": "below", "size": 5})
    assert states(second) == {"b": "unneeded", "e": "succeeded"}
    assert second.nodes["b"].key == first.nodes["b"].key
    shown = await engine.engine.publish(second.id, "b")
    assert shown["image"].artifact is not None
    await engine.engine.free("results")
    with pytest.raises(StorageError, match="no longer kept"):
        await engine.engine.publish(second.id, "b")


async def test_results_on_disk_outlive_the_server(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path) as engine:
        first = await engine.run("b:blob", b={"text": "kept", "size": 9})
    async with EngineHarness(tmp_path) as engine:
        second = await engine.run("b:blob e:echo e.value<b.image", b={"text": "kept", "size": 9})
        assert engine.computed(second) == ["e"] and second.nodes["b"].outputs == first.nodes["b"].outputs


async def test_an_artifact_that_was_deleted_is_published_again(engine: EngineHarness) -> None:
    first = await engine.run("b:blob", b={"text": "picture", "size": 7})
    artifact = first.outputs["b"]["image"].artifact
    assert artifact is not None
    engine.engine.artifacts.delete(artifact.id)
    second = await engine.run("b:blob", b={"text": "picture", "size": 7})
    assert second.outputs == first.outputs and engine.engine.artifacts.exists(artifact.id)
    assert engine.computed(second) == []


async def test_freed_results_are_made_again(engine: EngineHarness) -> None:
    await engine.run("b:blob", b={"text": "gone", "size": 4})
    await engine.engine.free("results")
    assert engine.computed(await engine.run("b:blob", b={"text": "gone", "size": 4})) == ["b"]


async def test_cancel_stops_a_running_node_and_the_next_run_works(engine: EngineHarness) -> None:
    run = await engine.begin("w:wait x:add x.a<w.never", "w")
    run = await engine.engine.cancel(run.id)
    assert (run.state, states(run)) == ("cancelled", {"w": "cancelled"})
    assert (await engine.run("x:add")).state == "succeeded"


async def test_cancel_of_a_queued_run_never_starts_it(engine: EngineHarness) -> None:
    running = await engine.begin("w:wait", "w")
    queued = await engine.engine.submit(fake_graph("x:add"))
    queued = await engine.engine.cancel(queued.id)
    assert queued.state == "cancelled" and queued.started is None
    await engine.engine.cancel(running.id)


async def test_a_node_that_ignores_cancel_is_ended_with_its_worker(
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.run.executor.CANCEL_GRACE", 0.1)
    run = await engine.begin("h:hang", "h")
    assert (await engine.engine.cancel(run.id)).state == "cancelled"
    assert (await engine.run("x:add")).state == "succeeded"


async def test_priority_goes_before_age(engine: EngineHarness) -> None:
    blocking = await engine.begin("w:wait", "w")
    low = await engine.engine.submit(fake_graph("x:add", x={"a": 1}))
    high = await engine.engine.submit(fake_graph("x:add", x={"a": 2}), priority=5)
    await engine.engine.cancel(blocking.id)
    await asyncio.gather(engine.engine.wait(low.id), engine.engine.wait(high.id))
    order = [event.run for event in engine.events if isinstance(event, RunFinished)]
    assert order == [blocking.id, high.id, low.id]


async def test_queued_runs_go_in_the_order_they_are_put_into(engine: EngineHarness) -> None:
    blocking = await engine.begin("w:wait", "w")
    first, second, third = [(await engine.engine.submit(fake_graph("x:add", x={"a": n}))).id for n in range(3)]
    engine.engine.reorder([third, blocking.id, first])
    assert engine.engine.queue == ([blocking.id], [third, first, second])
    assert QueueChanged(runs=[third, first, second]) in engine.events
    await engine.engine.cancel(first)
    await engine.engine.cancel(blocking.id)
    await asyncio.gather(engine.engine.wait(third), engine.engine.wait(second))
    order = [event.run for event in engine.events if isinstance(event, RunFinished)]
    assert order == [first, blocking.id, third, second] and engine.engine.queue == ([], [])


async def test_the_order_of_the_queue_survives_a_restart(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path) as engine:
        await engine.begin("w:wait", "w")
        ids = [(await engine.engine.submit(fake_graph("x:add", x={"a": n}))).id for n in range(3)]
        engine.engine.reorder(ids[::-1])
        late = await engine.engine.submit(fake_graph("x:add", x={"a": 9}))
    async with EngineHarness(tmp_path) as engine:
        await engine.engine.wait(late.id)
        assert [event.run for event in engine.events if isinstance(event, RunFinished)] == [*ids[::-1], late.id]


async def test_a_run_of_higher_priority_tells_that_it_passed_others(engine: EngineHarness) -> None:
    blocking = await engine.begin("w:wait", "w")
    low = await engine.engine.submit(fake_graph("x:add"))
    high = await engine.engine.submit(fake_graph("x:add"), priority=1)
    assert [event for event in engine.events if isinstance(event, QueueChanged)] == [
        QueueChanged(runs=[high.id, low.id])
    ]
    await engine.engine.cancel(blocking.id)


async def test_what_is_not_in_the_queue_cannot_be_put_into_order(engine: EngineHarness) -> None:
    ended = await engine.run("x:add")
    with pytest.raises(KeyError) as caught:
        engine.engine.reorder(["nothing", ended.id])
    assert caught.value.args == ("nothing", ended.id)


async def test_nodes_that_say_so_get_the_graph_of_their_run_with_overrides_and_seeds(engine: EngineHarness) -> None:
    run = await engine.engine.submit(fake_graph("x:add g:graph g.after<x.sum h:graph"), overrides={"x.a": 4})
    run = await engine.engine.wait(run.id)
    graph = load_graph(value(run, "g", "graph"))
    assert graph == run.graph and graph.nodes[0].params == {"a": 4} and value(run, "h", "graph") == compact_graph(graph)


async def test_a_new_worker_gets_the_graph_too(engine: EngineHarness) -> None:
    drawing = "g:graph a:wait_for_file b:wait_for_file h:graph h.after<b.name"
    run = await engine.engine.submit(fake_graph(drawing, a={"name": "a"}, b={"name": "b"}), targets=["g", "a", "h"])
    for node in ("g", "a", "b"):
        await engine.until(lambda event, node=node: isinstance(event, NodeStarted) and event.node == node)
    await engine.kill_worker()
    for name in ("a", "b"):
        (engine.config.input_dir / name).touch()
    assert value(await engine.engine.wait(run.id), "h", "graph") == compact_graph(run.graph)


async def test_a_node_that_did_not_say_so_gets_no_graph(engine: EngineHarness) -> None:
    run = await engine.run("u:graph_unasked g:graph u.after<g.graph", targets=["u"])
    assert run.problem and run.problem.code == "no_graph" and "reads_graph=True" in run.problem.remedy


async def test_runs_are_found_by_who_asked_for_them(engine: EngineHarness) -> None:
    run = await engine.engine.submit(fake_graph("x:add"), source="tab 1")
    await engine.run("x:add")
    assert [found.id for found in engine.engine.runs(source="tab 1").runs] == [run.id]
    assert engine.engine.run(run.id).source == "tab 1" and engine.engine.runs(source="tab 2").total == 0


async def test_only_the_newest_ended_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.service.SWEEP_EVERY", 0.05)
    async with EngineHarness(tmp_path, history_runs=2) as engine:
        made = [(await engine.run("x:add", x={"a": number})).id for number in range(4)]
        async with asyncio.timeout(60):
            while engine.engine.runs().total > 2:
                await asyncio.sleep(0.01)
        assert [run.id for run in engine.engine.runs().runs] == [made[3], made[2]]


async def test_artifacts_that_others_need_are_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.service.SWEEP_EVERY", 0.02)
    harness = EngineHarness(tmp_path, artifacts_disk=1)
    needed = f"{sha256(b'kept').hexdigest()}.txt"
    async with Engine(harness.config, lambda: {needed}) as engine:
        kept, other = (engine.artifacts.keep(text, ".txt").id for text in (b"kept", b"other"))
        async with asyncio.timeout(60):
            while engine.artifacts.exists(other):
                await asyncio.sleep(0.01)
        assert kept == needed and engine.artifacts.exists(kept)


@pytest.mark.parametrize(("kind", "says"), [("exit", "exit code 5"), ("kill", "SIGTERM"), ("crash", "SIGSEGV")])
async def test_a_node_that_ends_its_process_fails_with_the_reason(engine: EngineHarness, kind: str, says: str) -> None:
    run = await engine.run(f"bad:{kind} x:add", x={"a": 3})
    assert states(run) == {"bad": "failed", "x": "succeeded"}
    assert run.problem and says in run.problem.message and run.problem.node == "bad"


async def test_a_node_that_eats_all_memory_is_stopped_and_named(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path, worker_memory=400 * 2**20) as engine:
        run = await engine.run("e:eat_memory x:add", x={"a": 3})
        assert run.problem and "used more than 0.4 GB" in run.problem.message and run.problem.node == "e"
        assert states(run)["x"] == "succeeded"


async def test_freed_models_are_gone_from_the_workers_state_at_once(engine: EngineHarness) -> None:
    await engine.run("m:load_model")
    await engine.until(lambda event: isinstance(event, WorkerChanged) and event.models)
    await engine.engine.free("models")
    assert engine.engine.worker.models == []


async def test_what_a_resolver_binds_reaches_the_function_and_the_lock(engine: EngineHarness, tmp_path: Path) -> None:
    (tmp_path / "abc").touch()
    run = await engine.run("d:described", d={"path": str(tmp_path / "abc")})
    assert run.nodes["d"].outputs["commit"].value == "abc"
    assert run.graph and run.graph.lock.repos["org/a"].commit == "1"


async def test_kill_9_while_a_node_computes_fails_that_run_and_the_next_works(engine: EngineHarness) -> None:
    run = await engine.begin("w:wait", "w")
    await engine.kill_worker()
    run = await engine.engine.wait(run.id)
    assert run.state == "failed" and run.problem and "SIGKILL" in run.problem.message
    assert (await engine.run("x:add")).state == "succeeded"


async def test_kill_9_between_runs_costs_only_what_was_in_memory(engine: EngineHarness) -> None:
    first = await engine.run("x:add b:blob", b={"text": "disk", "size": 4}, targets=["x", "b"])
    await engine.until_on_disk(first, "b")
    await engine.kill_worker()
    again = await engine.run("x:add b:blob", b={"text": "disk", "size": 4}, targets=["x", "b"])
    assert again.state == "succeeded" and "b" not in engine.computed(again)


async def test_kill_9_while_a_run_waits_for_the_worker_to_start_does_not_harm_it(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path) as engine:
        run = await engine.engine.submit(fake_graph("x:add"))
        await engine.until(lambda event: isinstance(event, WorkerChanged) and event.state == "ready")
        await engine.kill_worker(signal.SIGKILL)
        assert (await engine.engine.wait(run.id)).state == "succeeded"


async def test_megabytes_of_output_are_cut_and_the_node_goes_on(engine: EngineHarness) -> None:
    run = await engine.run("s:spam", s={"megabytes": 3})
    lines = [event for event in engine.engine.run_events(run.id) if isinstance(event, NodeLog)]
    assert run.state == "succeeded" and 0 < len(lines) <= 1_001


async def test_a_run_that_was_running_when_the_server_stopped_has_failed(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path) as engine:
        run = await engine.begin("i:inline w:wait", "w")
        queued = await engine.engine.submit(fake_graph("x:add"))
    async with EngineHarness(tmp_path) as engine:
        stopped = engine.engine.run(run.id)
        assert stopped.state == "failed" and stopped.problem and stopped.problem.code == "server_stopped"
        assert states(stopped)["i"] == "succeeded"
        assert (await engine.engine.wait(queued.id)).state == "succeeded"


async def test_runs_are_listed_newest_first_in_pages(engine: EngineHarness) -> None:
    made = [(await engine.run("x:add", x={"a": number})).id for number in range(3)]
    first = engine.engine.runs(limit=2)
    rest = engine.engine.runs(limit=2, cursor=first.next)
    assert [run.id for run in first.runs + rest.runs] == made[::-1] and first.total == 3 and rest.next is None
    assert engine.engine.runs(state="failed").runs == [] and engine.engine.runs(search=made[0][-5:]).total == 1


@pytest.mark.parametrize(
    "drawing", ["x:add y:inline z:add z.a<x.sum z.b<y.sum", "s:talk", "bad:fail x:add x.a<bad.never y:add"]
)
async def test_a_run_from_the_history_is_what_it_was_when_it_ended(engine: EngineHarness, drawing: str) -> None:
    for _ in range(2):  # the second one reuses results
        ended = await engine.run(drawing)
        kept = engine.engine.run(ended.id)
        assert kept is not ended and kept == ended


async def test_runs_of_an_earlier_version_are_kept(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path) as engine:
        made = await engine.run("x:add")
    with contextlib.closing(sqlite3.connect(engine.engine.config.data_dir / "runs.sqlite")) as database:
        for column in LATER_COLUMNS:
            if column == "source":
                database.execute("DROP INDEX runs_by_source")
            database.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    async with EngineHarness(tmp_path) as engine:
        later = await engine.run("x:add")
        assert [run.id for run in engine.engine.runs().runs] == [later.id, made.id]


async def test_a_deleted_run_is_gone(engine: EngineHarness) -> None:
    run = await engine.run("x:add")
    engine.engine.delete_run(run.id)
    with pytest.raises(KeyError):
        engine.engine.run(run.id)


async def test_a_node_that_never_reuses_results_runs_again(engine: EngineHarness) -> None:
    assert engine.computed(await engine.run("t:time")) == engine.computed(await engine.run("t:time")) == ["t"]
