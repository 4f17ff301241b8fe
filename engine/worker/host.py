"""The server's side of a worker: starts it, speaks with it, says why it died, and starts it again."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, Protocol

import msgspec

from engine.errors import Problem, WorkerError
from engine.values.refs import Key, ValueSummary
from engine.worker.protocol import (
    Describe,
    Described,
    Free,
    FromWorker,
    PackLoaded,
    Publish,
    Ready,
    Shutdown,
    ToWorker,
    WorkerConfig,
)  # fmt: skip
from engine.worker.session import USUAL_LIMITS, Limits, Session

HostState = Literal["starting", "ready", "restarting", "stopped", "failed"]
"""`failed`: it died several times before it was ready; it is still tried again now and then."""

BACK_OFF = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds to wait before the n-th start in a row."""
STABLE_SECONDS = 60.0
"""A worker that lived this long died for a new reason: back-off begins anew."""
HOPELESS = 5
"""This many deaths in a row before `Ready` make the state `failed`."""
_STOPPED = Problem(code="worker_stopped", message="The worker was stopped.")


class Listener(Protocol):
    """Hears of a worker, in the event loop."""

    def on_message(self, message: FromWorker) -> None: ...

    def on_state(self, state: HostState, reason: str) -> None:
        """The state changed; `reason` says why a worker that is not ready is not."""

    def on_death(self, problem: Problem) -> None:
        """The worker is gone with all its values; no message of it follows. It is started again by itself."""


class WorkerHost:
    """One worker process, kept alive from `start` to `stop`. Lives in the event loop; nothing here blocks it."""

    def __init__(self, config: WorkerConfig, listener: Listener, limits: Limits = USUAL_LIMITS) -> None:
        self._config = config
        self._listener = listener
        self._limits = limits
        self._skip: list[str] = list(config.skip)
        self._suspects: Counter[str] = Counter()
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._ready = False
        self._verdict = asyncio.Event()  # it is ready, or `_hopeless` says why waiting for it is in vain
        self._hopeless = _STOPPED
        self._stopping = asyncio.Event()
        self._session: Session | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether what is sent now reaches a worker."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._session.process.pid if self._session else None

    def start(self) -> None:
        """Start the worker in the background; `on_state` tells when it is ready."""
        self._supervisor = asyncio.create_task(self._supervise())

    async def wait_ready(self) -> None:
        """Wait for a worker. Raises WorkerError if the host is stopped, or if no worker comes to life."""
        await self._verdict.wait()
        if not self.ready:
            raise WorkerError(self._hopeless)

    def send(self, message: ToWorker) -> None:
        """Send without waiting; goes nowhere while there is no worker, since a new one knows nothing of the old one."""
        if self._session is not None and self.ready:
            self._session.send(message)

    async def describe(self, subject: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer of the describer `subject`. Raises WorkerError with its problem, or if the worker dies."""
        return await self._ask(lambda id: Describe(id=id, subject=subject, request=request))

    async def publish(self, key: Key) -> dict[str, ValueSummary] | None:
        """The outputs of `key` with their pictures as artifacts; None if there is no such result any more."""
        answer = await self._ask(lambda id: Publish(id=id, key=key))
        return msgspec.convert(answer["outputs"], dict[str, ValueSummary]) if "outputs" in answer else None

    async def free(self, what: Literal["results", "models"], model: str | None = None, repo: str | None = None) -> None:
        """Drop results or models (all, or those named `model`, of `repo`, or both); returns when they are gone."""
        await self._ask(lambda id: Free(id=id, what=what, model=model, repo=repo))

    def kill(self, reason: str) -> None:
        """End the worker at once because of `reason`; another one is started."""
        if self._session is not None:
            self._session.kill(reason)

    async def stop(self) -> None:
        """End the worker in good order, by force if it takes too long, and start no other."""
        self._stopping.set()
        self._give_up(_STOPPED)
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
            if unready >= HOPELESS:
                self._give_up(problem)
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
            self._session = await Session.start(config, self._on_message, self._limits)
        except Exception as error:  # whatever it is: runs wait for a worker, and someone must say why there is none
            message = f"The worker could not be started: {error}."
            return Problem(code="worker_died", message=message, remedy="See the server's log.")
        if self._stopping.is_set():
            self._session.send(Shutdown())
        return await self._session.ended()

    def _give_up(self, problem: Problem) -> None:
        """Let nobody wait: `problem` says why there is no worker. Whoever has one keeps it."""
        self._hopeless = problem
        self._verdict.set()

    def _gone(self, problem: Problem) -> None:
        if self._ready and not self._stopping.is_set():
            self._verdict.clear()
        self._ready = False
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
                self._ready = True
                self._verdict.set()
                self._listener.on_message(message)
                self._listener.on_state("ready", "")
            case _:
                self._listener.on_message(message)
