"""A real node context over temporary folders, with what was logged."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.catalogue.pack import WorkerFacts
from engine.values.artifacts import ArtifactStore
from engine.worker.capture import NodeLog
from engine.worker.context import NodeContext

GRAPH = '{"format":"blockloom/1","name":"Kätzchen <3 & more"}'
"""Of the run that the node is in."""


@dataclass
class Place:
    """Folders of a node, its context, and the lines it logged."""

    context: NodeContext
    input_dir: Path
    output_dir: Path
    artifacts: ArtifactStore
    lines: list[str]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    facts = WorkerFacts(data_dir=tmp_path / "data", input_dir=tmp_path / "inputs", output_dir=tmp_path / "outputs")
    for folder in (facts.data_dir, facts.input_dir, facts.output_dir):
        folder.mkdir()
    artifacts = ArtifactStore(facts.data_dir / "artifacts", 2**30)
    lines: list[str] = []
    context = NodeContext(
        id=1, node="node", ports={}, facts=facts, artifacts=artifacts, states={}, preview_rate=8.0,
        send=lambda message: None, log=NodeLog(lambda text, level: lines.append(text)),
        graph=GRAPH,
    )  # fmt: skip
    return Place(context, facts.input_dir, facts.output_dir, artifacts, lines)
