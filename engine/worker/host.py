"""The server's side of a worker: starts it, speaks with it, says why it died, and starts it again."""

import asyncio
import itertools
import os
import re
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from engine.errors import Problem, WorkerError
from engine.worker.link import make_link
from engine.worker.protocol import (
    FAULTS,
    OUT_OF_BUDGET,
    Describe,
    Described,
    Done,
    Execute,
    Failed,
    Frames,
    Free,
    FromWorker,
    Log,
    PackLoaded,
    PackLoading,
    Ready,
    Shutdown,
    Stats,
    ToWorker,
    WorkerConfig,
    frame,
    from_worker_decoder,
)  # fmt: skip

__all__ = ["HostState", "Limits", "Listener", "WorkerConfig", "WorkerHost"]

HostState = Literal["starting", "ready", "restarting", "stopped", "failed"]
"""`failed`: it died several times before it was ready; it is still tried again now and then."""

BACK_OFF = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds to wait before the n-th start in a row."""
STABLE_SECONDS = 60.0
"""A worker that lived this long died for a new reason: back-off begins anew."""
HOPELESS = 5
"""This many deaths in a row before `Ready` make the state `failed`."""
LAST_LINES = 20
MAX_OUTPUT = 1_000
"""Lines of output without a node that are passed on per `OUTPUT_SECONDS`; the rest is only drained."""
OUTPUT_SECONDS = 10.0

_STOPPED = Problem(code="worker_stopped", message="The worker was stopped.")


class Listener(Protocol):
    """Hears of a worker, in the event loop."""

    def on_message(self, message: FromWorker) -> None: ...

    def on_state(self, state: HostState, reason: str) -> None:
        """The state changed; `reason` says why a worker that is not ready is not."""

    def on_death(self, problem: Problem) -> None:
        """The worker is gone with all its values; no message of it follows. It is started again by itself."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds that a worker may take: to become ready, to import an outside pack, and to end when told to."""

    ready: float = 120.0
    pack: float = 60.0
    stop: float = 3.0


class WorkerHost:
    """One worker process, kept alive from `start` to `stop`. Lives in the event loop; nothing here blocks it."""

    def __init__(self, config: WorkerConfig, listener: Listener, limits: Limits = Limits()) -> None:
        self._config = config
        self._listener = listener
        self._limits = limits
        self._skip: list[str] = list(config.skip)
        self._suspects: Counter[str] = Counter()
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._is_ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._session: _Session | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether what is sent now reaches a worker."""
        return self._is_ready.is_set()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._session.process.pid if self._session else None

    def start(self) -> None:
        """Start the worker in the background; `on_state` tells when it is ready."""
        self._supervisor = asyncio.create_task(self._supervise())

    async def wait_ready(self) -> None:
        """Wait for a worker. Raises WorkerError if the host is stopped first."""
        if self._stopping.is_set():
            raise WorkerError(_STOPPED)
        waiting = [asyncio.ensure_future(event.wait()) for event in (self._is_ready, self._stopping)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if not self.ready:
            raise WorkerError(_STOPPED)

    def send(self, message: ToWorker) -> None:
        """Send without waiting; goes nowhere while there is no worker, since a new one knows nothing of the old one."""
        if self._session is not None and self.ready:
            self._session.send(message)

    async def describe(self, subject: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer of the describer `subject`. Raises WorkerError with its problem, or if the worker dies."""
        return await self._ask(lambda id: Describe(id=id, subject=subject, request=request))

    async def free(self, what: Literal["results", "models"], model: str | None = None) -> None:
        """Drop results or models (all, or `model`); returns when they are gone."""
        await self._ask(lambda id: Free(id=id, what=what, model=model))

    def kill(self, reason: str) -> None:
        """End the worker at once because of `reason`; another one is started."""
        if self._session is not None:
            self._session.kill(reason)

    async def stop(self) -> None:
        """End the worker in good order, by force if it takes too long, and start no other."""
        self._stopping.set()
        if self._supervisor is None:
            return
        if self._session is not None:
            self._session.send(Shutdown())
        try:
            async with asyncio.timeout(self._limits.stop):
                await asyncio.shield(self._supervisor)
        except TimeoutError:
            self.kill("it did not stop in time")
            await self._supervisor

    async def _ask(self, question: Callable[[int], ToWorker]) -> dict[str, Any]:
        await self.wait_ready()
        message_id = next(self._ids)
        self._answers[message_id] = asyncio.get_running_loop().create_future()
        self.send(question(message_id))
        try:
            return await self._answers[message_id]
        finally:
            self._answers.pop(message_id, None)

    async def _supervise(self) -> None:
        attempt, unready = 0, 0
        self._listener.on_state("starting", "")
        while not self._stopping.is_set():
            await self._pause(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
            if self._stopping.is_set():
                break
            began = time.monotonic()
            problem = await self._live()
            was_ready = self.ready
            self._gone(_STOPPED if self._stopping.is_set() else problem)
            if self._stopping.is_set():
                break
            unready = 0 if was_ready else unready + 1
            attempt = 0 if time.monotonic() - began > STABLE_SECONDS or self._condemn(problem) else attempt + 1
            self._listener.on_state("failed" if unready >= HOPELESS else "restarting", problem.message)
        self._listener.on_state("stopped", "")

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _live(self) -> Problem:
        """One life of a worker, from its start to its end; why it ended."""
        try:
            config = msgspec.structs.replace(self._config, skip=self._skip)
            self._session = await _Session.start(config, self._on_message, self._limits)
        except (OSError, TimeoutError, WorkerError) as error:
            message = f"The worker could not be started: {error}."
            return Problem(code="worker_died", message=message, remedy="See the server's log.")
        if self._stopping.is_set():
            self._session.send(Shutdown())
        return await self._session.ended()

    def _gone(self, problem: Problem) -> None:
        self._is_ready.clear()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(WorkerError(problem))
        self._listener.on_death(problem)

    def _condemn(self, problem: Problem) -> bool:
        """Whether the worker died of a pack it was importing: alone, or for the second time. Such a pack is skipped."""
        session, self._session = self._session, None
        if session is None or (pack := session.loading_pack) is None:
            return False
        self._suspects[pack] += 1
        if session.executing and self._suspects[pack] < 2:
            return False
        self._skip.append(pack)
        message = f"The node pack {pack!r} is left out, because the worker died while importing it: {problem.message}"
        refusal = Problem(code="bad_pack", message=message, remedy="Mend or remove the pack, then restart the server.",
                          details=problem.details)  # fmt: skip
        self._listener.on_message(PackLoaded(pack=pack, problem=refusal))
        return True

    def _on_message(self, message: FromWorker) -> None:
        match message:
            case Described():
                answer = self._answers.get(message.id)
                if answer is not None and not answer.done():
                    if message.problem is not None:
                        answer.set_exception(WorkerError(message.problem))
                    else:
                        answer.set_result(message.data or {})
            case Ready():
                self._is_ready.set()
                self._listener.on_message(message)
                self._listener.on_state("ready", "")
            case _:
                self._listener.on_message(message)


class _Session(asyncio.Protocol):
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
    async def start(cls, config: WorkerConfig, on_message: Callable[[FromWorker], None], limits: Limits) -> "_Session":
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
        if self._transport is not None and not self._transport.is_closing():
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
            lines += (self._config.data_dir / FAULTS).read_text(errors="replace").splitlines()[:40]
        return "\n".join(lines)


def _python_environment() -> dict[str, str]:
    """The child imports from where this process does, whatever the current folder holds (`-P`)."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:replace"}


_SIGNAL_REMEDIES = {
    getattr(signal, "SIGKILL", 9): "The machine may have run out of memory: use smaller pictures or fewer models.",
    signal.SIGSEGV: "A native library crashed; the details show where.",
}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB"


def _text(line: bytes) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", line[:4096].decode(errors="replace"))
