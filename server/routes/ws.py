"""The websocket: events as JSON arrays in text frames, previews as binary frames."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

from fastapi import WebSocket, WebSocketDisconnect

from server.hub import Encoded, Outbox
from server.openapi import api_router
from server.state import Here

router = api_router()

SEND_TIMEOUT = 20.0
"""Seconds a client may take to accept one frame."""
FRAME_BYTES = 256 * 1024
"""About the largest text frame; many clients refuse frames above 1 MiB."""
TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001


@router.websocket("/ws")
async def events(websocket: WebSocket, here: Here, run: str | None = None) -> None:
    """Send all events and previews, or with `?run=` those of one run, until either side leaves."""
    # Subscribe before the handshake ends: what happens after it, the client gets.
    with here.hub.connect(run=run, limit=websocket.app.state.outbox_bytes) as outbox:
        await websocket.accept()
        writer = asyncio.create_task(_write(websocket, outbox))
        reader = asyncio.create_task(_read(websocket))
        _, pending = await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def _write(websocket: WebSocket, outbox: Outbox) -> None:
    """The only place that sends: events first, then one preview, then again."""
    with contextlib.suppress(WebSocketDisconnect, TimeoutError, RuntimeError):
        while True:
            await outbox.wait()
            if outbox.overflowed or outbox.closed:
                await _close(websocket, outbox)
                return
            for text in frames(outbox.take_events()):
                async with asyncio.timeout(SEND_TIMEOUT):
                    await websocket.send_text(text)
            if frame := outbox.take_preview():
                async with asyncio.timeout(SEND_TIMEOUT):
                    await websocket.send_bytes(frame)


def frames(events: Iterable[Encoded], max_bytes: int = FRAME_BYTES) -> Iterator[str]:
    """The events as JSON arrays of about `max_bytes` at most, in order; a larger event travels alone."""
    batch, size = list[bytes](), 0
    for event in events:
        if batch and size + len(event.json) > max_bytes:
            yield f"[{b','.join(batch).decode()}]"
            batch, size = [], 0
        batch.append(event.json)
        size += len(event.json) + 1
    if batch:
        yield f"[{b','.join(batch).decode()}]"


async def _close(websocket: WebSocket, outbox: Outbox) -> None:
    async with asyncio.timeout(SEND_TIMEOUT):
        if outbox.overflowed:
            await websocket.close(TRY_AGAIN_LATER, "Too far behind: connect again and take a snapshot of the runs.")
        else:
            await websocket.close(GOING_AWAY, "The server stops.")


async def _read(websocket: WebSocket) -> None:
    """Notice that the client left. What it says is not for us: commands go over REST."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
