"""A listener that records what a real worker says, and waits for it."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import Problem
from engine.values.refs import Key
from engine.worker.host import HostState, WorkerHost
from engine.worker.protocol import Done, Execute, Failed, FromOutput, FromWorker, Given, Log, WorkerConfig
from engine.worker.session import Limits

PATIENCE = 30.0
"""Seconds after which a test fails instead of waiting on."""

Found = TypeVar("Found")


def config(folder: Path, **changes: Any) -> WorkerConfig:
    """A worker with the fake pack, all its folders below `folder`."""
    fields: dict[str, Any] = {
        "packs": ["tests.fakes.pack:load"], "data_dir": folder / "data", "input_dir": folder / "in",
        "output_dir": folder / "out", "cpu_threads": 2,
    }  # fmt: skip
    return WorkerConfig(**(fields | changes))


class Bench:
    """`async with Bench(config) as bench:` runs a worker; all that it said is in `heard`, in order."""

    def __init__(self, config: WorkerConfig, **limits: float) -> None:
        self.host = WorkerHost(config, self, Limits(**limits))
        self.heard: list[FromWorker] = []
        self.states: list[tuple[HostState, str]] = []
        self.deaths: list[Problem] = []
        self.ended: dict[int, Done | Failed] = {}
        self._next_id = itertools.count(1)
        self._news = asyncio.Event()

    async def __aenter__(self) -> "Bench":
        self.host.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.host.stop()

    def on_message(self, message: FromWorker) -> None:
        self.heard.append(message)
        if isinstance(message, Done | Failed):
            assert message.id not in self.ended, f"ended twice: {message}"
            self.ended[message.id] = message
        self._news.set()

    def on_state(self, state: HostState, reason: str) -> None:
        self.states.append((state, reason))
        self._news.set()

    def on_death(self, problem: Problem) -> None:
        self.deaths.append(problem)
        self._news.set()

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """What `look` finds, as soon as it finds something."""
        async with asyncio.timeout(PATIENCE):
            while not (found := look()):
                self._news.clear()
                await self._news.wait()
        return found

    async def hear(self, kind: type[Found], **facts: Any) -> Found:
        """The first message of this kind with these facts, heard already or yet to come."""
        return await self.until(lambda: next(iter(self.all(kind, **facts)), None))

    async def death(self, number: int = 1) -> Problem:
        """The reason of the n-th death."""
        await self.until(lambda: len(self.deaths) >= number)
        return self.deaths[number - 1]

    def all(self, kind: type[Found], **facts: Any) -> list[Found]:
        """All messages heard of this kind with these facts."""
        return [
            message for message in self.heard
            if isinstance(message, kind) and all(getattr(message, name) == fact for name, fact in facts.items())
        ]  # fmt: skip

    async def start(self, node_type: str, /, key: str = "", run: str = "r", **fields: Any) -> int:
        """Send an `Execute`, without waiting for its end; inputs that are no messages are given as they are."""
        await self.host.wait_ready()
        message_id = next(self._next_id)
        inputs = {
            name: value if hasattr(value, "__struct_fields__") else Given(value=value)
            for name, value in fields.pop("inputs", {}).items()
        }
        self.host.send(
            Execute(
                id=message_id,
                run=run,
                node=f"n{message_id}",
                type=f"fake.{node_type}",
                inputs=inputs,
                key=Key(key or f"key-{message_id}"),
                **fields,
            )
        )
        return message_id

    async def ending(self, message_id: int) -> Done | Failed:
        """How an execution ended."""
        return await self.until(lambda: self.ended.get(message_id))

    async def execute(self, node_type: str, /, **fields: Any) -> Done | Failed:
        return await self.ending(await self.start(node_type, **fields))

    async def done(self, node_type: str, /, **fields: Any) -> Done:
        """An execution that must succeed."""
        ending = await self.execute(node_type, **fields)
        assert isinstance(ending, Done), ending
        return ending

    async def failed(self, node_type: str, /, **fields: Any) -> Failed:
        """An execution that must fail."""
        ending = await self.execute(node_type, **fields)
        assert isinstance(ending, Failed), ending
        return ending

    async def value(self, node_type: str, port: str, /, **fields: Any) -> Any:
        """The small plain value of an output."""
        return (await self.done(node_type, **fields)).outputs[port].value

    def log(self, message_id: int) -> list[tuple[str, str]]:
        """(level, text) of the lines of an execution."""
        return [(line.level, line.text) for line in self.all(Log, id=message_id)]


def output(key: str, port: str) -> FromOutput:
    return FromOutput(key=Key(key), port=port)
