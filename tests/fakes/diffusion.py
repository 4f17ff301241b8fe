"""Runs diffusion graphs in this process, without engine and worker: interfaces, edges and node functions only."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.pack import WorkerFacts, WorkerSide
from engine.catalogue.spec import Need
from engine.errors import BlockloomError, Cancelled
from engine.graph.compile import Compiled, compile_graph
from engine.graph.document import Graph
from nodes.diffusion import pack
from tests.fakes import pictures

DEFINITIONS: dict[str, NodeDefinition] = {
    definition.type.type: definition for definition in (*pack.definitions(), *pictures.load().definitions)
}


class DirectContext:
    """A context that writes down what a node tells it; `cancel_at` cancels after so many steps."""

    def __init__(
        self, side: WorkerSide, ports: dict[str, str], *, previews: bool = False, cancel_at: int | None = None
    ) -> None:
        self.node, self.ports, self._side = "node", ports, side
        self._previews, self._cancel_at = previews, cancel_at
        self.steps: list[tuple[int, int]] = []
        self.shown: list[bytes] = []
        self.lines: list[tuple[str, str]] = []

    def progress(self, step: int, total: int) -> None:
        self.steps.append((step, total))
        self.check()

    def check(self) -> None:
        if self._cancel_at is not None and len(self.steps) >= self._cancel_at:
            raise Cancelled

    def preview(self, data: bytes, *, mime: str = "image/jpeg", step: int = 0) -> None:
        self.shown.append(data)

    def wants_preview(self) -> bool:
        return self._previews

    def log(self, text: str, level: str = "info") -> None:
        self.lines.append((level, text))

    def state(self, name: str) -> Any:
        return self._side.states[name]


class Direct:
    """The diffusion pack with `models` as its folder of local models, asked directly."""

    def __init__(self, data: Path, models: Path, *, settings: Mapping[str, Any] | None = None, **facts: Any) -> None:
        known = {"models": str(models), "offline": True, **(settings or {})}
        self.facts = WorkerFacts(data_dir=data, input_dir=data, output_dir=data, settings=known, **facts)
        self.side = pack.worker_side(self.facts)
        self.catalogue = Catalogue(DEFINITIONS.values())

    def resolve(
        self, type: str, params: dict[str, Any], known: dict[str, Any], connected: Iterable[str] = ()
    ) -> Resolved:
        """The interface with all needs answered."""
        definition, answers = DEFINITIONS[type], {}
        if definition.resolve is None:
            return Resolved(definition.type.interface)
        while True:
            view = NodeView(
                params=params, known=known, connected=frozenset((*known, *connected)), descriptions=answers, lock={}
            )
            resolved = definition.resolve(view)
            if not resolved.interface.pending:
                return resolved
            for need in resolved.interface.needs:
                answers[need.key] = self.describe(need)

    def settle(self, graph: Graph) -> Compiled:
        """The graph compiled, with all needs answered."""
        while (compiled := compile_graph(graph, self.catalogue)).needs:
            self.catalogue.describe({need.key: self.describe(need) for need in compiled.needs})
        return compiled

    def describe(self, need: Need) -> dict[str, Any]:
        """The answer to a need, a problem in the form in which the engine keeps it."""
        try:
            return self.side.describers[need.subject](need.request)
        except BlockloomError as error:
            return {"problem": asdict(error.problems[0])}

    def ref(self, repo: str, **params: Any) -> dict[str, Any]:
        """The pipeline ref that Load pipeline makes."""
        outputs = self.resolve("diffusion.pipeline", {"repo": repo, **params}, {}).outputs
        assert outputs is not None
        return dict(outputs["pipeline"])

    def run(self, type: str, given: dict[str, Any], **context: Any) -> tuple[dict[str, Any], DirectContext]:
        """Run one node with `given` as params and inputs; returns outputs and context, which is also `seen`."""
        known = {"pipeline": given["pipeline"]} if "pipeline" in given else {}
        resolved = self.resolve(type, given, known, given)
        seen = DirectContext(self.side, {port.name: port.type for port in resolved.interface.outputs}, **context)
        self.seen = seen
        if resolved.outputs is not None:
            return dict(resolved.outputs), seen
        definition = DEFINITIONS[type]
        inputs = {port.name: port.default for port in resolved.interface.inputs} | given
        extra = {definition.context_parameter: seen} if definition.context_parameter else {}
        assert definition.function is not None
        return dict(definition.function(**extra, **inputs, **resolved.bound)), seen

    def block(self, ref: dict[str, Any], path: str, **given: Any) -> dict[str, Any]:
        return self.run("diffusion.block", {"pipeline": ref, "block": path, **given})[0]

    def run_graph(self, graph: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """All outputs of a graph document, by node; nodes must stand in topological order."""
        results: dict[str, dict[str, Any]] = {}
        for node in graph["nodes"]:
            inputs: dict[str, Any] = {}
            for edge in (edge for edge in graph["edges"] if edge["target"] == node["id"]):
                name, value = edge["targetHandle"], results[edge["source"]][edge["sourceHandle"]]
                inputs[name] = [*inputs.get(name, []), value] if name == "embeddings" else value
            results[node["id"]] = self.run(node["type"], node.get("params", {}) | inputs)[0]
        return results
