"""Nodes from the user's folder: there as soon as they are needed, and harmless when they are broken."""

from pathlib import Path

from engine.graph.document import Graph, Node
from tests.engine.run.harness import EngineHarness, value

SHOUT = '''
from typing import Annotated

from blockloom import In, Out, node


@node("mine.shout", title="Shout", category="Text")
def shout(text: Annotated[str, In("What to say")]) -> Annotated[str, Out("text")]:
    """Say it loudly."""
    return text.upper() + "!"
'''
GRAPH = Graph(nodes=[Node(id="s", type="mine.shout", params={"text": "hello"})])


def packs(folder: Path, **files: str) -> Path:
    nodes_dir = folder / "nodes"
    nodes_dir.mkdir()
    for name, source in files.items():
        (nodes_dir / f"{name}.py").write_text(source)
    return nodes_dir


async def test_a_run_right_after_the_start_waits_for_the_users_nodes(tmp_path: Path) -> None:
    async with EngineHarness(tmp_path, nodes_dir=packs(tmp_path, shout=SHOUT)) as engine:
        run = await engine.engine.submit(GRAPH)
        assert value(await engine.engine.wait(run.id), "s", "text") == "HELLO!"


async def test_broken_packs_are_named_and_left_out(tmp_path: Path) -> None:
    broken = {"raises": "1 / 0", "dies": "import os; os._exit(3)", "steals": SHOUT.replace("mine.shout", "fake.add")}
    async with EngineHarness(tmp_path, nodes_dir=packs(tmp_path, shout=SHOUT, **broken)) as engine:
        run = await engine.engine.submit(GRAPH)
        assert (await engine.engine.wait(run.id)).state == "succeeded"
        await engine.engine.packs_loaded()
        assert set(engine.engine.pack_problems) == {"file:raises.py", "file:dies.py", "file:steals.py"}
        assert (await engine.run("x:add")).state == "succeeded"
