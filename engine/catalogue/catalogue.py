"""The catalogue: which node types exist, with their code, and what workers have described."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.spec import NodeType


class Catalogue:
    """Node definitions by type. Mutated only by `put` and `describe`; each mutation raises `revision`."""

    def __init__(self, definitions: Iterable[NodeDefinition] = ()) -> None:
        self._definitions = {definition.type.type: definition for definition in definitions}
        self._descriptions: dict[str, Mapping[str, Any]] = {}
        self.revision = 0

    def get(self, node_type: str) -> NodeDefinition | None:
        return self._definitions.get(node_type)

    def types(self) -> list[NodeType]:
        return [definition.type for definition in self._definitions.values()]

    @property
    def descriptions(self) -> Mapping[str, Mapping[str, Any]]:
        """Answers of workers, by `Need.key`."""
        return self._descriptions

    def put(self, definitions: Iterable[NodeDefinition]) -> None:
        self._definitions |= {definition.type.type: definition for definition in definitions}
        self.revision += 1

    def describe(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self._descriptions |= answers
        self.revision += 1

    def forget(self, need_key: str) -> None:
        """Drop an answer, so that it is asked for again."""
        self._descriptions.pop(need_key, None)
        self.revision += 1

    def undescribed(self) -> "Catalogue":
        """The same definitions, and no answers."""
        return Catalogue(self._definitions.values())

    def forget_all(self) -> None:
        """Drop all answers."""
        self._descriptions.clear()
        self.revision += 1
