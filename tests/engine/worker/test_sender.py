"""The worker's sender, over a real socket pair."""

import socket
from collections.abc import Iterator

import pytest

from engine.worker.protocol import Done, Frames, Progress, Started, from_worker_decoder
from engine.worker.sender import Sender


@pytest.fixture
def link() -> Iterator[tuple[socket.socket, Sender]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, Sender(theirs)


def test_progress_waits_for_company_and_keeps_its_place(link):
    ours, sender = link
    messages = [Started(id=1), Progress(id=1, step=1, total=3), Progress(id=1, step=2, total=3)]
    for message in messages:
        sender.send(message)
    assert _received(ours) == messages[:1]
    sender.send(last := Started(id=2))
    assert _received(ours) == [*messages[1:], last]


def test_an_ending_that_follows_closely_goes_out_soon_or_with_the_next_message(link):
    ours, sender = link
    messages = [Started(id=1), Done(id=1, outputs={}, seconds=0.0), Done(id=2, outputs={}, seconds=0.0)]
    for message in messages:
        sender.send(message)
    received = []
    while len(received) < len(messages):
        received += _received(ours)
    assert received == messages


def test_flush_sends_what_was_held_back(link):
    ours, sender = link
    sender.send(Started(id=1))
    sender.send(late := Progress(id=1, step=1, total=3))
    ours.recv(4096)
    sender.flush()
    assert _received(ours) == [late]


def _received(link: socket.socket) -> list[object]:
    return [from_worker_decoder.decode(body) for body in Frames().feed(link.recv(65536))]
