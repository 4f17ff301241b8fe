"""One life of a worker process: the connection to it, its output, and the reason for its end."""

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from engine.errors import Problem
from engine.worker.link import make_link
from engine.worker.protocol import (
    DEVICE_FAULT,
    FAULTS,
    OUT_OF_BUDGET,
    Done,
    Execute,
    Failed,
    Frames,
    FromWorker,
    Log,
    PackLoaded,
    PackLoading,
    Ready,
    Stats,
    ToWorker,
    WorkerConfig,
    frame,
    from_worker_decoder,
)  # fmt: skip

LAST_LINES = 20
MAX_STACK = 40
MAX_OUTPUT = 1_000
"""Lines of output without a node that are passed on per `OUTPUT_SECONDS`; the rest is only drained."""
OUTPUT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds that a worker may take: to become ready, to import an outside pack, and to end when told to."""

    ready: float = 120.0
    pack: float = 60.0
    stop: float = 3.0


USUAL_LIMITS = Limits()


class Session(asyncio.Protocol):
    """One worker process and the connection to it."""

    def __init__(self, config: WorkerConfig, on_message: Callable[[FromWorker], None], limits: Limits) -> None:
        self.process: Process
        self.loading_pack: str | None = None
        self.executing: set[int] = set()
        self._config = config
        self._on_message = on_message
        self._limits = limits
        self._frames = Frames()
        self._outbox: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._disconnected: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._reading: asyncio.Task[None]
        self._deadline: asyncio.TimerHandle | None = None
        self._killed_for = ""
        self._memory = 0
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)

    @classmethod
    async def start(cls, config: WorkerConfig, on_message: Callable[[FromWorker], None], limits: Limits) -> "Session":
        """Start a process and connect to it. Raises OSError, TimeoutError."""
        session = cls(config, on_message, limits)
        link = make_link()
        try:
            session.process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "engine.worker.process", link.argument,
                stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, pass_fds=link.pass_fds, start_new_session=True,
                env=os.environ | link.environment | _python_environment(),
            )  # fmt: skip
        except BaseException:
            link.close()
            raise
        session._reading = asyncio.create_task(session._read_output())
        try:
            async with asyncio.timeout(limits.ready):
                connection = await link.accept()
            await session._loop.create_connection(lambda: session, sock=connection)
        except BaseException:
            session.kill("it could not be reached")
            await session.process.wait()
            await session._reading
            raise
        session._write(frame(config))
        session._expect(limits.ready, "it was not ready in time")
        return session

    def send(self, message: ToWorker) -> None:
        if isinstance(message, Execute):
            self.executing.add(message.id)
        self._write(frame(message))

    def kill(self, reason: str) -> None:
        """End the process, and with it those that it started."""
        if self.process.returncode is not None:
            return
        self._killed_for = self._killed_for or reason
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    async def ended(self) -> Problem:
        """Wait for the end, until the last message and line are in; why it ended."""
        await self._disconnected
        self._stop_expecting()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.stop):
                await self.process.wait()
        self.kill("it closed its connection but went on")
        code = await self.process.wait()
        # A process that the worker left behind may hold the pipe open.
        await asyncio.wait([self._reading], timeout=1.0)
        self._reading.cancel()
        return await asyncio.to_thread(self._reason, code)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._disconnected.done():
            self._disconnected.set_result(None)

    def data_received(self, data: bytes) -> None:
        try:
            messages = [from_worker_decoder.decode(body) for body in self._frames.feed(data)]
        except (ValueError, msgspec.MsgspecError) as error:
            self.kill(f"it sent something that is no message ({error})")
            return
        for message in messages:
            self._note(message)
            self._on_message(message)
        self._flush()  # the worker has its next work before anyone is told of the last

    def _note(self, message: FromWorker) -> None:
        match message:
            case Done() | Failed():
                self.executing.discard(message.id)
            case Stats():
                self._memory = message.rss
            case PackLoading():
                self.loading_pack = message.pack
                self._expect(self._limits.pack, f"importing the node pack {message.pack!r} did not come to an end")
            case PackLoaded():
                self.loading_pack = None
                self._stop_expecting()
            case Ready():
                self._stop_expecting()
            case _:
                pass

    def _expect(self, seconds: float, reason: str) -> None:
        """Kill the process for `reason` unless `_stop_expecting` is called in time."""
        self._stop_expecting()
        self._deadline = self._loop.call_later(seconds, self.kill, f"{reason} ({seconds:g} s)")

    def _stop_expecting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _write(self, data: bytes) -> None:
        """What is sent in one turn of the loop goes out in one system call."""
        if not self._outbox:
            self._loop.call_soon(self._flush)
        self._outbox.append(data)

    def _flush(self) -> None:
        data, self._outbox = b"".join(self._outbox), []
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def _read_output(self) -> None:
        """Pass on what the process writes outside of nodes: C libraries, and its last words."""
        assert self.process.stdout is not None
        partial, passed, since = b"", 0, time.monotonic()
        while data := await self.process.stdout.read(65536):
            *lines, partial = (partial + data).split(b"\n")
            partial = partial[-4096:]
            self._last_lines.extend(_text(line) for line in lines[-LAST_LINES:])
            if time.monotonic() - since > OUTPUT_SECONDS:
                passed, since = 0, time.monotonic()
            for line in lines[: MAX_OUTPUT - passed]:
                self._on_message(Log(text=_text(line)))
            passed = min(MAX_OUTPUT, passed + len(lines))
        if partial:
            self._last_lines.append(_text(partial))
            self._on_message(Log(text=_text(partial)))

    def _reason(self, code: int) -> Problem:
        """Why it died, for a person. Reads the fault file, so it runs in a thread."""
        if self._killed_for:
            what, remedy = f"was ended, because {self._killed_for}", "The next run starts it again."
        elif code == OUT_OF_BUDGET and self._config.worker_memory is not None:
            what = f"used more than {_gigabytes(self._config.worker_memory)} of memory"
            remedy = "Use smaller pictures or batches, or raise the memory limit of the worker."
        elif code == DEVICE_FAULT:
            what, remedy = "ended, because its device no longer worked", "The next run starts it again."
        elif code < 0:
            what, remedy = f"was killed by {_signal_name(-code)}", _SIGNAL_REMEDIES.get(-code, "")
        else:
            what, remedy = f"ended with exit code {code}", ""
        memory = f"; it last used {_gigabytes(self._memory)}" if self._memory else ""
        return Problem(
            code="worker_died", message=f"The worker {what}{memory}.", remedy=remedy, details=self._last_words()
        )

    def _last_words(self) -> str:
        lines = list(self._last_lines)
        with suppress(OSError):
            lines += _stack_of_crash((self._config.data_dir / FAULTS).read_text(errors="replace").splitlines())
        return "\n".join(lines)


def _python_environment() -> dict[str, str]:
    """The child imports from where this process does, whatever the current folder holds (`-P`)."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:replace"}


_SIGNAL_REMEDIES = {
    getattr(signal, "SIGKILL", 9): "The machine may have run out of memory: use smaller pictures or fewer models.",
    signal.SIGSEGV: "A native library crashed; the details show where.",
}


def _stack_of_crash(lines: list[str]) -> list[str]:
    """What faulthandler wrote of the thread that crashed; it stands among all other threads."""
    current = next((number for number, line in enumerate(lines) if line.startswith("Current thread")), 0)
    return lines[:1] + lines[max(current, 1) : current + MAX_STACK]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB"


def _text(line: bytes) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", line[:4096].decode(errors="replace"))
