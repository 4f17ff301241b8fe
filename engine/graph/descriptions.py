"""Compiles graphs whose dynamic nodes must first be asked about, and asks: each question once at a time."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.spec import Need
from engine.errors import BlockloomError, WorkerError
from engine.graph.compile import Compiled, compile_graph
from engine.graph.document import Graph, Lock

RETRY_AFTER = 5.0
"""Seconds after which a question that could not be answered is asked again by the next compile."""

Describe = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""Answers about a subject with plain data. Raises BlockloomError with what keeps it from that."""


class Descriptions:
    """Fills `catalogue` with what `describe` answers, and calls `changed` whenever others should compile again."""

    def __init__(self, catalogue: Catalogue, describe: Describe, changed: Callable[[], None]) -> None:
        self._catalogue = catalogue
        self._describe = describe
        self._changed = changed
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._refused: dict[str, float] = {}

    async def close(self) -> None:
        """Ask no more."""
        tasks = [*self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def compile(self, graph: Graph, *, retry: bool = False) -> Compiled:
        """Compile now; what is pending is asked in the background.

        Questions that were refused are asked again after a while, or with `retry` at once.
        """
        self._forget_refusals(older_than=0.0 if retry else RETRY_AFTER)
        compiled = compile_graph(graph, self._catalogue)
        for need in compiled.needs:
            self._ask(need)
        return compiled

    async def settle(self, graph: Graph) -> Compiled:
        """Compile, waiting for all pending interfaces."""
        self._forget_refusals(older_than=0.0)
        while (compiled := compile_graph(graph, self._catalogue)).needs:
            await asyncio.gather(*(self._ask(need) for need in compiled.needs))
        return compiled

    async def compile_latest(self, graph: Graph) -> Compiled:
        """Compile as if the graph's lock were empty, with repos as they are on the hub now; changes nothing else.

        Its lock says what the graph would use if it were updated.
        """
        graph = graph.model_copy(update={"lock": Lock()})
        catalogue = self._catalogue.undescribed()
        while (compiled := compile_graph(graph, catalogue)).needs:
            answers = await asyncio.gather(*(self._latest_answer(need) for need in compiled.needs))
            catalogue.describe({need.key: answer for need, answer in zip(compiled.needs, answers, strict=True)})
        return compiled

    def ask_anew(self, *, refused: bool = False, keys: Iterable[str] | None = None) -> None:
        """Forget all answers, or only the refusals, or those to these needs; everyone compiles again."""
        if keys is not None:
            for key in keys:
                self._refused.pop(key, None)
                self._catalogue.forget(key)
        elif refused:
            self._forget_refusals(older_than=0.0)
        else:
            self._refused.clear()
            self._catalogue.forget_all()
        self._changed()

    def _ask(self, need: Need) -> "asyncio.Task[None]":
        if need.key not in self._asking:
            self._asking[need.key] = asyncio.create_task(self._answer(need))
        return self._asking[need.key]

    async def _answer(self, need: Need) -> None:
        try:
            answer = await self._describe_patiently(need)
        except BlockloomError as error:
            answer = {"problem": dataclasses.asdict(error.problems[0])}
            self._refused[need.key] = time.monotonic()
        finally:
            del self._asking[need.key]
        self._catalogue.describe({need.key: answer})
        self._changed()

    async def _describe_patiently(self, need: Need) -> dict[str, Any]:
        """Ask again, once, if the worker dies: it need not have died of the question."""
        try:
            return await self._describe(need.subject, need.request)
        except WorkerError as error:
            if error.problems[0].code != "worker_died":
                raise
        return await self._describe(need.subject, need.request)

    async def _latest_answer(self, need: Need) -> Mapping[str, Any]:
        try:
            return await self._describe(need.subject, {**need.request, "latest": True})
        except BlockloomError as error:
            return {"problem": dataclasses.asdict(error.problems[0])}

    def _forget_refusals(self, *, older_than: float) -> None:
        before = time.monotonic() - older_than
        for key in [key for key, refused in self._refused.items() if refused <= before]:
            del self._refused[key]
            self._catalogue.forget(key)
