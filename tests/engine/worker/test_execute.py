"""What a worker does with an `Execute`: real process, fake nodes."""

from pathlib import Path
from typing import Any

import pytest

from engine.worker.process import SECOND_TRY
from engine.worker.protocol import (
    Begin,
    Cancel,
    Collect,
    Evicted,
    Given,
    Kept,
    Log,
    Preview,
    Progress,
    Ready,
    Release,
    Started,
    Stats,
)  # fmt: skip
from tests.fakes.worker import Bench, config, output


async def test_a_node_runs_in_another_process(bench: Bench) -> None:
    done = await bench.done("add", inputs={"a": 2, "b": 3})
    assert (done.outputs["sum"].value, done.outputs["sum"].type, done.cached) == (5, "int", False)
    assert bench.all(Ready)[0].pid == bench.host.pid


async def test_inputs_come_from_other_nodes_and_from_several_edges(bench: Bench) -> None:
    await bench.done("add", key="one", inputs={"a": 1})
    await bench.done("add", key="two", inputs={"a": output("one", "sum"), "b": 1})
    await bench.done("list", key="list", inputs={"count": 2})
    edges = Collect(items=[output("two", "sum"), Given(value=7), output("list", "numbers")])
    assert await bench.value("gather", "values", inputs={"values": edges}) == [2, 7, 0, 1]


async def test_what_is_gone_is_named(bench: Bench) -> None:
    await bench.done("add", key="here")
    failed = await bench.failed("add", inputs={"a": output("gone", "sum"), "b": output("here", "sum")})
    assert (failed.kind, failed.missing) == ("missing", ["gone"])


async def test_an_execution_waits_for_those_it_takes_its_inputs_from(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    await bench.start("wait_for_file", key="slow", inputs={"name": "go"})
    waiting = await bench.start("echo", key="echo", inputs={"value": output("slow", "name")})
    last = await bench.start("echo", inputs={"value": output("echo", "value")})
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1
    assert not any(message.id in (waiting, last) for message in bench.all(Started))
    (tmp_path / "in" / "go").touch()
    assert (await bench.ending(last)).outputs["value"].value == "go"  # type: ignore[union-attr]


async def test_an_execution_that_waited_for_one_that_failed_misses_its_input(bench: Bench) -> None:
    await bench.start("fail", key="failing")
    waiting = await bench.start("echo", inputs={"value": output("failing", "never")})
    assert (await bench.ending(waiting)).missing == ["failing"]  # type: ignore[union-attr]


async def test_what_waits_for_others_is_cancelled_at_once(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    slow = await bench.start("wait_for_file", key="slow", inputs={"name": "go"})
    waiting = await bench.start("echo", inputs={"value": output("slow", "name")})
    bench.host.send(Cancel(id=waiting))
    assert (await bench.ending(waiting)).kind == "cancelled"  # type: ignore[union-attr]
    (tmp_path / "in" / "go").touch()
    await bench.ending(slow)
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1
    assert not any(message.id == waiting for message in bench.all(Started))


async def test_an_output_that_a_node_does_not_have_is_named(bench: Bench) -> None:
    await bench.done("add", key="here")
    failed = await bench.failed("add", inputs={"a": output("here", "product")})
    assert (failed.problem.code, failed.problem.port) == ("bad_input", "a")


async def test_started_comes_before_everything_else(bench: Bench) -> None:
    ending = await bench.done("show")
    about = [type(message) for message in bench.heard if getattr(message, "id", None) == ending.id]
    assert about[0] is Started and about.count(Started) == 1


@pytest.mark.parametrize(
    "node_type, code, sentence",
    [
        ("fail", "node_failed", "ValueError: it broke"),
        ("refuse", "node_error", "The picture is empty."),
        ("sys_exit", "node_failed", "SystemExit: 3"),
        ("no_memory", "out_of_memory", "There was not enough memory."),
        ("no_device_memory", "out_of_memory", "There was not enough memory: CUDA error: out of memory"),
        ("garbage", "bad_output", "Output 'image' should be of type image, but the node returned nothing (None)."),
        ("unheard_of", "node_error", "The worker does not know the node type 'fake.unheard_of'."),
    ],
)
async def test_a_failure_says_what_and_where(bench: Bench, node_type: str, code: str, sentence: str) -> None:
    failed = await bench.failed(node_type)
    assert (failed.kind, failed.problem.code, failed.problem.message, failed.problem.node) == (
        "error", code, sentence, f"n{failed.id}",
    )  # fmt: skip
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1


async def test_a_traceback_shows_the_nodes_frames_only(bench: Bench) -> None:
    details = (await bench.failed("fail")).problem.details
    assert "raise ValueError(text)" in details and "invoke.py" not in details


async def test_an_equal_key_is_not_computed_again(bench: Bench) -> None:
    first = await bench.done("add", key="k", inputs={"a": 1})
    again = await bench.done("fail", key="k")
    assert (again.cached, again.outputs) == (True, first.outputs)


async def test_a_node_that_never_reuses_runs_each_time(bench: Bench) -> None:
    first = await bench.value("time", "nanoseconds", key="k", reuse=False)
    assert await bench.value("time", "nanoseconds", key="k", reuse=False) > first


async def test_publishing_keeps_every_picture_of_a_list(bench: Bench, tmp_path: Path) -> None:
    plain = await bench.done("blobs", key="k", inputs={"count": 12})
    assert [item.artifact for item in plain.outputs["images"].items or ()] == [None] * 8
    published = await bench.done("blobs", key="k", publish=True)
    names = [item.artifact.id for item in published.outputs["images"].items or () if item.artifact]
    assert published.cached and len(set(names)) == 12
    assert all((tmp_path / "data" / "artifacts" / name[:2] / name).is_file() for name in names)


async def test_a_node_keeps_and_reads_artifacts(bench: Bench) -> None:
    assert await bench.value("keep", "read", inputs={"text": "hello"}) == "hello"


async def test_mapping_over_a_list(bench: Bench) -> None:
    await bench.done("list", key="list", inputs={"count": 3})
    done = await bench.done("add", inputs={"a": output("list", "numbers"), "b": 10}, mapped=["a"])
    assert (done.outputs["sum"].type, done.outputs["sum"].value) == ("list[int]", [10, 11, 12])


# Cancelling


async def test_a_running_node_is_cancelled(bench: Bench) -> None:
    running = await bench.start("wait")
    await bench.hear(Started, id=running)
    bench.host.send(Cancel(id=running))
    assert (await bench.ending(running)).kind == "cancelled"  # type: ignore[union-attr]


async def test_a_waiting_node_is_cancelled_before_it_starts(bench: Bench) -> None:
    running = await bench.start("wait")
    waiting = await bench.start("gpu")
    bench.host.send(Cancel(id=waiting))
    assert (await bench.ending(waiting)).kind == "cancelled"  # type: ignore[union-attr]
    assert not bench.all(Started, id=waiting)
    bench.host.send(Cancel(id=running))
    await bench.ending(running)


async def test_control_is_answered_while_a_node_computes(bench: Bench) -> None:
    running = await bench.start("wait")
    assert (await bench.host.describe("fake", {"q": 1}))["request"] == {"q": 1}
    assert await bench.value("add", "sum", inputs={"a": 4}) == 4
    bench.host.send(Cancel(id=running))
    await bench.ending(running)


# What a node says while it runs


async def test_everything_a_node_says_is_heard_as_its_own(bench: Bench) -> None:
    done = await bench.done("talk")
    assert bench.log(done.id) == [
        ("info", "printed"), ("info", "30%"), ("error", "logged"), ("warning", "UserWarning: warned"),
        ("debug", "said"), ("info", "no end"),
    ]  # fmt: skip


async def test_megabytes_of_print_are_cut(bench: Bench) -> None:
    done = await bench.done("spam", inputs={"megabytes": 3})
    log = bench.log(done.id)
    assert len(log) == 1_001 and log[-1] == (
        "warning", "More was written than is kept (1,000 lines or 256 kB).",
    )  # fmt: skip


async def test_output_of_native_code_is_heard(bench: Bench) -> None:
    await bench.done("spam_native", inputs={"lines": 2})
    assert await bench.hear(Log, text="native 1") == Log(text="native 1")


async def test_megabytes_of_native_output_are_drained(bench: Bench) -> None:
    await bench.done("spam_native", inputs={"lines": 200_000})
    assert await bench.value("add", "sum", inputs={"a": 1}) == 1
    assert len(bench.all(Log, id=None)) <= 1_000


async def test_the_last_progress_and_preview_always_come(tmp_path: Path) -> None:
    async with Bench(config(tmp_path, preview_rate=0.01)) as bench:
        done = await bench.done("show", inputs={"steps": 2000})
        shown = [preview.step for preview in bench.all(Preview, id=done.id)]
        steps = [progress.step for progress in bench.all(Progress, id=done.id)]
        assert shown == [1, 2000]
        assert steps[-1] == 2000 and len(steps) < 2000


async def test_a_preview_rate_of_0_means_no_previews(tmp_path: Path) -> None:
    async with Bench(config(tmp_path, preview_rate=0.0)) as bench:
        await bench.done("show", inputs={"steps": 5})
        assert bench.all(Preview) == []


# Results that outlive the process


async def test_results_are_found_on_disk_after_a_restart(tmp_path: Path) -> None:
    async with Bench(config(tmp_path)) as bench:
        first = await bench.done("blob", key="k", inputs={"text": "ab", "size": 100_000})
        await bench.hear(Kept, keys=["k"])
    async with Bench(config(tmp_path)) as bench:
        again = await bench.done("blob", key="k", inputs={"text": "ab", "size": 100_000}, made=True)
        assert (again.cached, again.outputs) == (True, first.outputs)
        used = await bench.done("echo", inputs={"value": output("k", "image")})
        assert used.outputs["value"].width == 100_000


async def test_quick_results_are_not_written_to_disk(bench: Bench) -> None:
    """On a busy machine one or the other takes longer than it should, and is written."""
    for number in range(20):
        await bench.done("add", key=f"quick{number}", inputs={"a": number})
    await bench.done("echo", key="always", inputs={"value": 1})
    await bench.hear(Kept, keys=["always"])
    assert len(bench.all(Kept)) < 20


async def test_shutdown_writes_what_is_not_yet_on_disk(tmp_path: Path) -> None:
    async with Bench(config(tmp_path)) as bench:
        for number in range(5):
            await bench.start("blob", key=f"k{number}", inputs={"size": 100_000})
        await bench.until(lambda: len(bench.ended) == 5)
    async with Bench(config(tmp_path)) as bench:
        assert all([(await bench.done("blob", key=f"k{number}", made=True)).cached for number in range(5)])


# Memory


async def test_a_run_holds_its_values_until_it_is_released(tmp_path: Path) -> None:
    async with Bench(config(tmp_path, results_memory=1000)) as bench:
        for number in range(5):
            await bench.done("list", key=f"k{number}", inputs={"count": 20})
        assert not bench.all(Evicted)
        bench.host.send(Release(run="r"))
        assert len((await bench.hear(Evicted)).keys) == 5


async def test_a_run_that_is_released_takes_its_graph_along(bench: Bench) -> None:
    await bench.host.wait_ready()
    bench.host.send(Begin(run="r", graph="{}"))
    assert [await bench.value("graph", "graph", run="r") for _ in range(2)] == ["{}", "{}"]
    assert (await bench.failed("graph", run="other")).problem.code == "no_graph"
    bench.host.send(Release(run="r"))
    assert (await bench.failed("graph", run="r")).problem.code == "no_graph"


async def test_freeing_results_and_models(bench: Bench) -> None:
    await bench.done("echo", key="k", inputs={"value": 1})
    await bench.hear(Kept)
    bench.host.send(Release(run="r"))
    await bench.done("load_model")
    assert [model.name for model in (await bench.hear(Stats, loads=1)).models] == ["unet"]
    await bench.host.free("results")
    await bench.host.free("models")
    assert (await bench.hear(Stats, loads=1, models=[])).loads == 1
    assert not (await bench.done("echo", key="k", inputs={"value": 2})).cached


async def test_models_make_room_when_a_node_ran_out_of_memory(bench: Bench) -> None:
    await bench.done("load_model")
    await bench.hear(Stats, loads=1)
    await bench.failed("no_memory")
    assert await bench.hear(Stats, loads=1, models=[])


async def test_a_node_tries_again_once_if_unloading_models_gave_it_memory(bench: Bench) -> None:
    await bench.done("load_model")
    assert await bench.value("needs_room", "made") == 1
    said = [(message.text, message.level) for message in bench.all(Log)]
    assert [text for text, _ in said].count("trying") == 2
    assert (SECOND_TRY, "warning") in said
    await bench.failed("no_memory")
    assert len(bench.all(Log)) == len(said), "nothing was left to unload, so nothing would change"


@pytest.mark.parametrize("question", [{"refuse": True}])
async def test_a_refused_question_is_an_error_with_its_problem(bench: Bench, question: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="There is no such repo"):
        await bench.host.describe("fake", question)
    with pytest.raises(Exception, match="No node pack answers about 'unheard of'"):
        await bench.host.describe("unheard of", {})
