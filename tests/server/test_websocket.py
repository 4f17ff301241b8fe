"""The websocket: order, previews, filters, and clients that do not read."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from engine.run.events import NodeLog


def _connect(server, query: str = "", **options) -> ClientConnection:
    return connect(f"{server.url.replace('http', 'ws')}/api/ws{query}", compression=None, **options)


def _until_finished(socket: ClientConnection, run_id: str) -> tuple[list[dict], list[bytes]]:
    events, previews = [], []
    for frame in socket:
        if isinstance(frame, bytes):
            previews.append(frame)
            continue
        events += [event for event in json.loads(frame) if event.get("run")]
        if any(event["kind"] == "run_finished" and event["run"] == run_id for event in events):
            return events, previews
    raise AssertionError("closed too early")


def test_events_come_in_order_as_arrays_and_previews_as_binary_frames(server, helpers):
    with _connect(server) as client:
        run_id = server.start(helpers.graph(helpers.node("show", "show", steps=20)))
        events, previews = _until_finished(client, run_id)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert "permessage-deflate" not in client.response.headers.get("Sec-WebSocket-Extensions", "")
    for frame in previews:
        size = int.from_bytes(frame[:4], "big")
        header = json.loads(frame[4 : 4 + size])
        assert (header["run"], header["node"], header["mime"]) == (run_id, "show", "image/jpeg")
        assert frame[4 + size :] == b"picture %d" % header["step"]


def test_a_client_can_ask_for_one_run_only(server, helpers):
    run_id = server.start(helpers.graph(helpers.node("wait", "wait")))
    with _connect(server, f"?run={run_id}") as client:
        server.start(helpers.graph(helpers.node("show", "echo", value=5)))
        server.http.delete(f"/api/runs/{run_id}")
        events, _ = _until_finished(client, run_id)
    assert {event["run"] for event in events} == {run_id}


def test_a_client_that_does_not_read_piles_nothing_up_and_holds_up_nobody(server, helpers):
    server.app.state.outbox_bytes = 20_000
    with _deaf_client(server.url):
        server.app.state.outbox_bytes = 2**24
        slow = next(outbox for outbox in server.app.state.blockloom.hub._outboxes if outbox.limit == 20_000)
        with _connect(server) as healthy:
            for seq in range(1200):  # 12 MB: more than what the sockets of the one that does not read can hold
                server.publish(NodeLog(run="other", seq=seq, time=0.0, node="n", text="x" * 10_000))
            run_id = server.start(helpers.graph(helpers.node("show", "show")))
            events = [event for event in _until_finished(healthy, run_id)[0] if event["run"] == run_id]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert slow.overflowed and not slow.take_events()


@contextmanager
def _deaf_client(url: str) -> Iterator[None]:
    """A websocket client that reads nothing after the handshake."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect((host, int(port)))
        request = f"GET /api/ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        plain.sendall((request + key).encode())
        assert plain.recv(200).startswith(b"HTTP/1.1 101")
        yield


def test_a_client_too_far_behind_is_told_to_come_back(server, helpers):
    server.app.state.outbox_bytes = 10
    with _connect(server) as client:
        server.start(helpers.graph(helpers.node("show", "echo", value=1)))
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(30)
    server.app.state.outbox_bytes = 2**24
    assert closed.value.rcvd.code == 1013


def test_what_a_client_says_is_ignored(server, helpers):
    with _connect(server) as client:
        client.send("anything")
        run_id = server.start(helpers.graph(helpers.node("show", "echo", value=2)))
        assert _until_finished(client, run_id)[0]


def test_clients_are_told_when_the_server_stops(helpers, tmp_path):
    with ExitStack() as open_connection:
        with helpers.serving(tmp_path) as server:
            client = open_connection.enter_context(_connect(server))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                client.recv(30)
    assert closed.value.rcvd.code in (1001, 1012)
