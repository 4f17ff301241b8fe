"""The whole engine: graphs run, fail, are cancelled and survive, with a real worker."""

import asyncio
import signal
from pathlib import Path

import pytest

from engine.errors import GraphError
from engine.run.events import NodeLog, NodeProgress, RunFinished, WorkerChanged
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
        run = await engine.begin("w:wait", "w")
        queued = await engine.engine.submit(fake_graph("x:add"))
    async with EngineHarness(tmp_path) as engine:
        stopped = engine.engine.run(run.id)
        assert stopped.state == "failed" and stopped.problem and stopped.problem.code == "server_stopped"
        assert (await engine.engine.wait(queued.id)).state == "succeeded"


async def test_runs_are_listed_newest_first_in_pages(engine: EngineHarness) -> None:
    made = [(await engine.run("x:add", x={"a": number})).id for number in range(3)]
    first = engine.engine.runs(limit=2)
    rest = engine.engine.runs(limit=2, cursor=first.next)
    assert [run.id for run in first.runs + rest.runs] == made[::-1] and first.total == 3 and rest.next is None
    assert engine.engine.runs(state="failed").runs == [] and engine.engine.runs(search=made[0][-5:]).total == 1


async def test_a_deleted_run_is_gone(engine: EngineHarness) -> None:
    run = await engine.run("x:add")
    engine.engine.delete_run(run.id)
    with pytest.raises(KeyError):
        engine.engine.run(run.id)


async def test_a_node_that_never_reuses_results_runs_again(engine: EngineHarness) -> None:
    assert engine.computed(await engine.run("t:time")) == engine.computed(await engine.run("t:time")) == ["t"]
