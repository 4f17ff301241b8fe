"""What the packs brought to a worker: node definitions, kinds of value, describers, states and the holder of models."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.pack import Describer, ModelHolder, Pack, WorkerFacts, WorkerSide
from engine.catalogue.spec import Lane, NodeType
from engine.errors import NodeError, Problem, WorkerError
from engine.values.codecs import Kinds


class Library:
    """Grows while packs are loaded; read by all threads."""

    def __init__(self, facts: WorkerFacts) -> None:
        self.facts = facts
        self.kinds = Kinds()
        self.states: dict[str, Any] = {}
        self.models: ModelHolder | None = None
        self._definitions: dict[str, NodeDefinition] = {}
        self._describers: dict[str, Describer] = {}
        self._stops: list[Callable[[str], None]] = []
        self._to_warm: list[WorkerSide] = []

    def add(self, pack: Pack) -> None:
        """Take what `pack` brings; its worker side is made now."""
        side = pack.worker(self.facts) if pack.worker is not None else WorkerSide()
        self.kinds.add(side.kinds)
        self.states |= side.states
        self._describers |= side.describers
        self._stops += [side.stop_download] if side.stop_download is not None else []
        self.models = self.models or side.models
        self._to_warm.append(side)
        self._definitions |= {definition.type.type: definition for definition in pack.definitions}

    def definition(self, node_type: str) -> NodeDefinition:
        """Raises NodeError if no pack brought it."""
        try:
            return self._definitions[node_type]
        except KeyError:
            remedy = "Install or mend the pack it comes from."
            raise NodeError(f"The worker does not know the node type {node_type!r}.", remedy=remedy) from None

    def types(self) -> list[NodeType]:
        return [definition.type for definition in self._definitions.values()]

    def lane(self, node_type: str) -> Lane:
        """Where it runs; an unknown type fails in the lane `cpu`."""
        definition = self._definitions.get(node_type)
        return "gpu" if definition is not None and definition.type.lane == "gpu" else "cpu"

    def knows(self, node_type: str) -> bool:
        return node_type in self._definitions

    def may_read_graph(self, node_type: str) -> bool:
        """Whether it may ask for the graph of its run; of an unknown type, nobody can say yet."""
        definition = self._definitions.get(node_type)
        return definition is None or definition.type.reads_graph

    def describe(self, subject: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises WorkerError if no pack answers about `subject`; what the describer raises passes through."""
        if subject not in self._describers:
            raise WorkerError(Problem(code="no_describer", message=f"No node pack answers about {subject!r}."))
        return self._describers[subject](request)

    def stop_download(self, repo: str) -> None:
        """End the downloads of `repo`: whoever waits for them is told so."""
        for stop in self._stops:
            stop(repo)

    def warm(self) -> None:
        """Do the slow imports of all packs added since the last call."""
        while self._to_warm:
            if (warm := self._to_warm.pop(0).warm) is not None:
                try:
                    warm()
                except Exception:  # it only saves time; the first node that needs the import says what is wrong
                    traceback.print_exc()
