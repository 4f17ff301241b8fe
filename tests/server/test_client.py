"""The client for scripts, against a real server."""

import httpx
import pytest
from PIL import Image

from server.client import Client, RunFailed, ServerRefused


@pytest.fixture
def client(server):
    with Client(server.url) as client:
        yield client


def test_a_graph_runs_with_overrides_and_its_files_are_fetched(client, helpers):
    graph = helpers.graph(helpers.node("add", "add", a=1), helpers.node("blob", "blob", text="hello", size=5))
    outputs = client.run(graph, {"add.b": 2}, targets=["add", "blob"])
    assert outputs["add"]["sum"].value == 3
    assert client.download(outputs["blob"]["image"]) == b"hello"


def test_a_failed_run_raises_with_its_reason(client, helpers):
    with pytest.raises(RunFailed, match="no luck") as failed:
        client.run(helpers.graph(helpers.node("bad", "fail", text="no luck")))
    assert failed.value.run.state == "failed"


def test_a_refused_graph_raises_with_all_problems(client, helpers):
    with pytest.raises(ServerRefused) as refused:
        client.submit(helpers.graph(helpers.node("a", "nope"), helpers.node("b", "nada")))
    assert refused.value.status == 422
    assert {problem.node for problem in refused.value.problems} == {"a", "b"}


def test_events_are_followed_and_a_run_is_cancelled(client, helpers):
    run = client.submit(helpers.graph(helpers.node("wait", "wait")))
    kinds = []
    for event in client.events(run.id):
        kinds.append(event.kind)
        if event.kind == "node_started":
            client.cancel(run.id)
    assert kinds[-1] == "run_finished"
    assert client.wait(run.id).state == "cancelled"


def test_waiting_ends_in_time_while_a_run_goes_on(client, helpers):
    run = client.submit(helpers.graph(helpers.node("wait", "wait")))
    assert client.wait(run.id, timeout=0.2).state in ("queued", "running")
    client.cancel(run.id)


def test_a_picture_is_uploaded(client, tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    ref = client.upload(tmp_path / "a.png")
    assert client.download(ref) == (tmp_path / "a.png").read_bytes()


def test_a_server_that_is_not_there_is_a_transport_error():
    with Client("http://127.0.0.1:1") as client, pytest.raises(httpx.TransportError):
        client.get("any")
