"""One execution in a lane: inputs from the stores, the call, and exactly one `Done` or `Failed`."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.types import list_of
from engine.errors import Cancelled, NodeError, Problem
from engine.values.refs import Key
from engine.worker.capture import NodeLog, capturing
from engine.worker.context import NodeContext
from engine.worker.invoke import collect, invoke, problem_from
from engine.worker.library import Library
from engine.worker.protocol import Collect, Done, Execute, Failed, FromOutput, Input
from engine.worker.results import Results
from engine.worker.store import Held


class Missing(Exception):
    """Inputs are neither in memory nor on disk."""

    def __init__(self, keys: list[Key]) -> None:
        super().__init__(f"missing: {', '.join(keys)}")
        self.keys = keys


@dataclass
class Execution:
    """Runs `request` in the calling thread."""

    request: Execute
    context: NodeContext
    log: NodeLog
    library: Library
    results: Results
    released: bool = False
    """Its run ended before it did."""

    def run(self) -> Done | Failed:
        """Do it; whatever happens becomes a message."""
        started = time.perf_counter()
        try:
            with capturing(self.log):
                done = self._run(started)
            self.context.flush()
            return done
        except BaseException as error:  # SystemExit and the like must not end the lane
            self.context.flush()
            return failure(error, self.request, time.perf_counter() - started)

    def _run(self, started: float) -> Done:
        request = self.request
        self.context.check()
        definition = self.library.definition(request.type)
        ports = self.context.ports or _declared(definition)
        self.context.ports = ports
        types = self._types(ports)
        if (held := self._made()) is not None:
            summaries = self.results.publish(request.key, held, types) if request.publish else held.summaries
            return Done(id=request.id, outputs=dict(summaries), seconds=0.0, cached=True)
        inputs = self._inputs()
        began = time.perf_counter()
        values = invoke(
            definition, inputs, ports=ports, mapped=request.mapped, wrapped=request.wrapped, context=self.context
        )
        ended = time.perf_counter()
        del inputs
        made = self.results.add(request, definition.type.cache, values, types, seconds=ended - began)
        return Done(id=request.id, outputs=made, seconds=ended - started)

    def _made(self) -> Held | None:
        """The outputs, if they are at hand; the disk is asked only if the server, which knows it, says so."""
        request = self.request
        if request.made:
            return self.results.find(request.key, request.run)
        return self.results.pin(request.key, request.run) if request.reuse else None

    def _types(self, ports: Mapping[str, str]) -> dict[str, str]:
        return {name: list_of(kind) for name, kind in ports.items()} if self.request.mapped else dict(ports)

    def _inputs(self) -> dict[str, Any]:
        found: dict[Key, Held | None] = {
            source.key: self.results.find(source.key, self.request.run) for source in sources(self.request)
        }
        if missing := [key for key, held in found.items() if held is None]:
            raise Missing(missing)
        values = {key: held.outputs for key, held in found.items() if held is not None}
        return {name: _value(name, item, values) for name, item in self.request.inputs.items()}


def sources(request: Execute) -> list[FromOutput]:
    """The outputs that an execution takes its inputs from."""
    items = [
        item for given in request.inputs.values() for item in (given.items if isinstance(given, Collect) else [given])
    ]
    return [item for item in items if isinstance(item, FromOutput)]


def failure(error: BaseException, request: Execute, seconds: float) -> Failed:
    """The message for what ended an execution."""
    if isinstance(error, Cancelled):
        problem = Problem(code="cancelled", message="The node was cancelled.", node=request.node)
        return Failed(id=request.id, problem=problem, kind="cancelled", seconds=seconds)
    if isinstance(error, Missing):
        problem = Problem(
            code="missing", message="An input is no longer available.", node=request.node, remedy="Run it again."
        )
        return Failed(id=request.id, problem=problem, kind="missing", missing=error.keys, seconds=seconds)
    return Failed(id=request.id, problem=problem_from(error, request.node), seconds=seconds)


def _declared(definition: NodeDefinition) -> dict[str, str]:
    return {port.name: port.type for port in definition.type.interface.outputs}


def _value(name: str, item: Input, values: Mapping[Key, Mapping[str, Any]]) -> Any:
    if isinstance(item, Collect):
        return collect([_value(name, part, values) for part in item.items])
    if not isinstance(item, FromOutput):
        return item.value
    if item.port not in values[item.key]:
        raise NodeError(f"The node before has no output {item.port!r}.", port=name, code="bad_input")
    return values[item.key][item.port]
