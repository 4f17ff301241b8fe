"""The built-in node types as a whole: documented, described as plain data, and light to import."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.define import NodeDefinition
from nodes import audio, basics, images, video

DEFINITIONS = [*basics.definitions(), *images.definitions(), *video.definitions(), *audio.definitions()]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.type.type)
def test_every_node_type_and_port_is_documented(definition: NodeDefinition) -> None:
    facts = definition.type
    assert facts.title and facts.category and facts.description and facts.keywords
    undocumented = [
        port.name
        for port in (*facts.interface.inputs, *facts.interface.outputs)
        if not port.description or not port.title
    ]
    assert undocumented == []


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.type.type)
def test_every_plain_input_has_a_widget_and_a_default_that_fits(definition: NodeDefinition) -> None:
    for port in definition.type.interface.inputs:
        if port.type in ("int", "float", "string", "bool"):
            assert port.widget is not None
        if port.widget and port.widget.options:
            assert port.default in port.widget.options
        if port.widget and isinstance(port.default, int | float):
            assert port.widget.min is None or port.widget.min <= port.default
            assert port.widget.max is None or port.default <= port.widget.max


def test_node_types_are_unique() -> None:
    types = [definition.type.type for definition in DEFINITIONS]
    assert len(types) == len(set(types))


def test_the_pack_loads_without_the_libraries_that_only_workers_need(root: Path) -> None:
    program = (
        "import nodes, sys; pack = nodes.load(); print(len(pack.definitions));"
        "sys.exit(', '.join({'PIL', 'numpy', 'torch', 'diffusers', 'transformers'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > len(DEFINITIONS)


def test_the_public_face_offers_what_it_lists() -> None:
    import blockloom

    for name in blockloom.__all__:
        assert getattr(blockloom, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = blockloom.Nothing


def test_the_example_of_the_readme_defines_a_node(root: Path) -> None:
    example = (root / "nodes" / "README.md").read_text().split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(example, names)
    interface = names["posterize"].definition.type.interface
    assert [port.name for port in (*interface.inputs, *interface.outputs)] == ["image", "bits", "image"]
