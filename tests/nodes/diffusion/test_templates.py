"""Every template compiles without a problem and draws a picture with the demo model."""

import json
from pathlib import Path
from typing import Any

import pytest

import nodes
from engine.catalogue.catalogue import Catalogue
from engine.graph.compile import compile_graph
from engine.graph.document import Graph
from nodes import images
from tests.fakes.diffusion import DEFINITIONS, Direct

TEMPLATES = sorted((Path(nodes.__file__).parent / "templates").glob("*.json"), key=lambda path: path.name)
IMAGES = {definition.type.type: definition for definition in images.definitions()}


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_compiles_without_problems(direct: Direct, path: Path) -> None:
    catalogue, graph = Catalogue((DEFINITIONS | IMAGES).values()), Graph.model_validate(read(path))
    while needs := compile_graph(graph, catalogue).needs:
        catalogue.describe({need.key: direct.side.describers[need.subject](need.request) for need in needs})
    assert compile_graph(graph, catalogue).problems == ()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_draws(direct: Direct, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, definition in IMAGES.items():
        monkeypatch.setitem(DEFINITIONS, name, definition)
    graph = read(path)
    for node in graph["nodes"]:
        if "num_inference_steps" in node.get("params", {}):
            node["params"]["num_inference_steps"] = 2
    assert [image.size for image in direct.run_graph(graph)["show"]["images"]] == [(128, 128)]


def test_there_is_a_template_for_each_workflow() -> None:
    names = ("text_to_image", "image_to_image", "inpainting")
    assert {path.stem for path in TEMPLATES} >= {f"{name}{end}" for name in names for end in ("", "_one_node")}
