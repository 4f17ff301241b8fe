"""The outbox of one client, without sockets."""

import asyncio
import json

from engine.run.events import CatalogueChanged, NodeProgress, NodeStarted, RunFinished
from server.hub import Hub, Outbox, encode
from server.routes.ws import frames


class Source:
    """Something to subscribe to, that the test speaks for."""

    def subscribe(self, listener, previews=None):
        self.tell, self.show = listener, previews
        return lambda: None


def _event(run: str, seq: int) -> NodeStarted:
    return NodeStarted(run=run, seq=seq, time=0.0, node="n")


async def test_events_stay_in_order_and_previews_overwrite():
    source = Source()
    hub = Hub(source)
    with hub.connect() as outbox:
        for step in (1, 2, 3):
            source.tell(_event("a", step))
            source.show({"run": "a", "node": "n", "step": step, "mime": "image/jpeg"}, b"%d" % step)
        await outbox.wait()
        assert [event.seq for event in outbox.take_events()] == [1, 2, 3]
        assert (outbox.take_preview() or b"").endswith(b"3")
        assert outbox.take_preview() is None
    assert hub.clients == 0


async def test_an_outbox_for_one_run_gets_it_and_what_stands_alone():
    source = Source()
    with Hub(source).connect(run="b") as outbox:
        for event in (_event("a", 1), _event("b", 1), CatalogueChanged(revision=4)):
            source.tell(event)
        assert [event.kind for event in outbox.take_events()] == ["node_started", "catalogue_changed"]


async def test_an_outbox_overflows_once_and_stays_empty():
    event = encode(_event("a", 1))
    outbox = Outbox(limit=len(event.json) * 2)
    for _ in range(3):
        outbox.put(event)
    outbox.put_preview("a", "n", b"frame")
    assert outbox.overflowed and not outbox.take_events() and outbox.take_preview() is None


async def test_taking_events_makes_room_again():
    event = encode(_event("a", 1))
    outbox = Outbox(limit=len(event.json))
    for _ in range(5):
        outbox.put(event)
        assert len(outbox.take_events()) == 1


def test_events_are_batched_into_frames_of_bounded_size():
    events = [encode(_event("a", seq)) for seq in range(5)]
    room = len(events[0].json) * 2 + 1
    batches = [json.loads(text) for text in frames(events, max_bytes=room)]
    assert [[event["seq"] for event in batch] for batch in batches] == [[0, 1], [2, 3], [4]]
    assert list(frames([])) == []


async def test_closing_the_hub_wakes_every_client():
    hub = Hub(Source())
    with hub.connect() as outbox:
        waiting = asyncio.create_task(outbox.wait())
        hub.close()
        await waiting
        assert outbox.closed


async def test_progress_waits_for_company_and_goes_with_it():
    progress = [encode(NodeProgress(run="a", seq=seq, time=0.0, node="n", step=seq, total=9)) for seq in (1, 2, 3)]
    outbox = Outbox()
    outbox.put(progress[0])
    await outbox.wait()
    assert outbox.take_events() == progress[:1]
    outbox.put(progress[1])
    waiting = asyncio.create_task(outbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(end := encode(_event("a", 4)))
    await waiting
    assert outbox.take_events() == [progress[1], end]


async def test_what_follows_closely_goes_in_one_frame_and_the_end_of_a_run_at_once():
    outbox = Outbox()
    outbox.put(encode(_event("a", 1)))
    waiting = asyncio.create_task(outbox.wait())
    await asyncio.sleep(0)
    outbox.put(encode(_event("a", 2)))
    assert not waiting.done()
    await waiting
    assert [event.seq for event in outbox.take_events()] == [1, 2]
    outbox.put(encode(_event("a", 3)))
    outbox.put(encode(RunFinished(run="a", seq=4, time=0.0, state="succeeded", seconds=0.0)))
    await outbox.wait()
    assert [event.seq for event in outbox.take_events()] == [3, 4]


async def test_progress_that_finds_no_company_goes_alone():
    outbox = Outbox()
    outbox.put(encode(_event("a", 1)))
    outbox.take_events()
    outbox.put(late := encode(NodeProgress(run="a", seq=2, time=0.0, node="n", step=1, total=9)))
    await outbox.wait()
    assert outbox.take_events() == [late]
