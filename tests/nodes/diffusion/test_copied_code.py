"""Code of other repos goes along when blocks are published: from subfolders, with the files that it reads."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.catalogue.pack import WorkerFacts
from engine.errors import NodeError
from engine.graph.document import Graph, load_graph
from nodes.diffusion.repos import Repos
from nodes.diffusion.runtime.copied import copied
from nodes.diffusion.runtime.imports import Modules, after_head, rewritten
from nodes.diffusion.trust import ANY_COMMIT
from tests.fakes import blocks
from tests.fakes.block_edits import Editor
from tests.fakes.diffusion import Direct
from tests.fakes.hub import FakeHub

BLOCK = '''
"""Says what its helpers know."""

from __future__ import annotations

from pathlib import Path

import json, lib.deep.numbers as numbers
import lib.words
import plain
from diffusers.modular_pipelines import InputParam, ModularPipelineBlocks, OutputParam
from lib import shout

from .lib.deep import twice
from . import plain as again


class Says(ModularPipelineBlocks):
    description = "Says what it knows."
    inputs = [InputParam("name", type_hint=str, default="you")]
    intermediate_outputs = [OutputParam("said", type_hint=str)]

    def __call__(self, components, state):
        from .lib.words import GREETING

        b = self.get_block_state(state)
        table = json.loads((Path(__file__).parent / "data" / "tables" / "ages.json").read_text())
        raw = list((Path(__file__).parent / "data" / "raw.dat").read_bytes())
        same = [lib.words.GREETING == GREETING, plain is again]
        known = [*same, numbers.FOUR, twice(3), lib.words.REGISTERED, table, raw]
        b.said = shout(f"{GREETING} {b.name}: {known}")
        self.set_block_state(state, b)
        return components, state
'''
FILES = {
    "block.py": BLOCK,
    "plain.py": "WORD = 'plain'\n",
    "lib/__init__.py": "from .words import REGISTERED\nREGISTERED.append('lib')\n\n\n"
    "def shout(text):\n    return text.upper()\n",
    "lib/shout.py": "raise RuntimeError('the function in __init__ goes before this module')\n",
    "lib/words.py": "from pathlib import Path\n\nREGISTERED = []\n"
    "GREETING = (Path(__file__).parent.parent / 'data' / 'greeting.txt').read_text(encoding='utf-8').strip()\n",
    "lib/deep/numbers.py": "from ..words import GREETING as _; from ... import plain\nFOUR = len(plain.WORD) - 1\n",
    "lib/deep/twice.py": "from .numbers import FOUR\n\n\ndef twice(x):\n    return 2 * x\n",
    "lib/deep/__init__.py": "from .twice import twice\n",
    "data/greeting.txt": 'Grüß dich "\n',
    "data/tables/ages.json": '{"ann": 3}',
    "LICENSE": "Do as you like.",
    "README.md": "not for the code",
    "unet/config.json": "{}",
}  # fmt: skip


def says(folder: Path) -> Path:
    blocks.write(folder, "block.Says", FILES, requirements={"numpy": ">=1"})
    (folder / "data" / "raw.dat").write_bytes(bytes([0, 255, 13, 10]))
    (folder / "unet" / "model.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def editor(models: Path, tmp_path: Path) -> Editor:
    return Editor(Direct(tmp_path, models))


def custom(repo: str) -> Graph:
    nodes = [{"id": "say", "type": "diffusion.custom", "params": {"repo": repo, "name": "Ann"}}]
    return load_graph({"format": "blockloom/1", "nodes": nodes, "edges": []})


def approved(editor: Editor, name: str) -> str:
    editor.repos.approvals.approve(name, ANY_COMMIT)
    return name


def in_plain_diffusers(folder: Path, modules: Path) -> str:
    script = f"""
from diffusers import ModularPipelineBlocks
pipe = ModularPipelineBlocks.from_pretrained({str(folder)!r}, trust_remote_code=True).init_pipeline()
print(ascii(pipe(name="Ann", output="said")))
"""
    environment = os.environ | {"HF_MODULES_CACHE": str(modules)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, timeout=300, text=True)
    assert done.returncode == 0, done.stderr
    return str(eval(done.stdout.splitlines()[-1]))


def test_code_in_subfolders_and_its_files_go_along_and_give_the_same(editor: Editor, tmp_path: Path) -> None:
    says(tmp_path / "blocks" / "says")
    graph = custom(approved(editor, "says"))
    published = editor.publish(graph, ["say"], "copy")
    folder = Path(published.folder)
    assert {path.name for path in folder.iterdir() if path.suffix in (".py", "")} == {
        "block.py", "says_block.py", "says_plain.py", "says_lib.py", "says_lib_words.py", "says_lib_deep.py",
        "says_lib_deep_numbers.py", "says_lib_deep_twice.py", "says_files.py", "says_LICENSE",
    }  # fmt: skip
    expected = editor.direct.run_graph(graph.model_dump(mode="json"))["say"]["said"]
    assert expected == "GRÜSS DICH \" ANN: [TRUE, TRUE, 4, 6, ['LIB'], {'ANN': 3}, [0, 255, 13, 10]]"
    assert in_plain_diffusers(folder, tmp_path / "modules") == expected
    again = editor.direct.run_graph(custom("copy").model_dump(mode="json"))["say"]["said"]
    assert again == expected
    assert editor.repos.approvals.has("copy", editor.repos.locate("copy").commit)  # running it changed nothing there


def test_code_and_files_of_the_hub_go_along(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the hub's cache all files are links."""
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        commit = hub.upload("acme/says", says(tmp_path / "upload"))
        editor = Editor(Direct(tmp_path / "data", models, settings={"offline": False}))
        editor.repos.approvals.approve("acme/says", commit)
        graph = custom("acme/says")
        expected = editor.direct.run_graph(graph.model_dump(mode="json"))["say"]["said"]
        folder = Path(editor.publish(graph, ["say"], "copy").folder)
    assert in_plain_diffusers(folder, tmp_path / "modules") == expected


def test_what_was_published_is_published_again_along(editor: Editor, tmp_path: Path) -> None:
    says(tmp_path / "blocks" / "says")
    editor.publish(custom(approved(editor, "says")), ["say"], "copy")
    folder = Path(editor.publish(custom("copy"), ["say"], "copy-of-copy").folder)
    expected = editor.direct.run_graph(custom("says").model_dump(mode="json"))["say"]["said"]
    assert in_plain_diffusers(folder, tmp_path / "modules") == expected


def refused(editor: Editor, folder: Path, change: dict[str, str]) -> str:
    blocks.write(says(folder), "block.Says", FILES | change)
    with pytest.raises(NodeError) as error:
        editor.publish(custom(approved(editor, folder.name)), ["say"], "copy")
    (problem,) = error.value.problems
    assert problem.code == "not_publishable" and problem.remedy and not (folder.parent / "copy").exists()
    return problem.message


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"plain.py": "WORD = 'plain'\n\n\ndef f():\n    from .gone import x\n"}, "from 'gone'"),
        ({"plain.py": "WORD = 'plain'\n\n\ndef f():\n    from ... import x\n"}, "above the repo's folder"),
        ({"plain.py": "from importlib import resources\nWORD = 'plain'\n"}, "importlib.resources"),
        ({"plain.py": "WORD = 'plain'\nHERE = __spec__\n"}, "uses __spec__"),
        ({"data/net.pt": "", "plain.py": "WORD = 'plain'\nNET = 'net.pt'\n"}, "data/net.pt holds weights"),
        ({"data/large.txt": "x" * (5 * 2**20)}, "data/large.txt is larger than 4 MB"),
        ({f"data/{number}.txt": "x" * (3 * 2**20) for number in range(6)}, "16 MB"),
        ({f"data/{number}": "" for number in range(1001)}, "more than 1000"),
    ],
    ids=["gone", "above", "resources", "spec", "weights", "large", "all too large", "many"],
)
def test_what_can_not_go_along_is_refused_with_the_reason(
    editor: Editor, tmp_path: Path, change: dict[str, str], why: str
) -> None:
    assert why in refused(editor, tmp_path / "blocks" / "says", change)


def test_nothing_from_outside_the_folder_goes_along(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret")
    folder = says(tmp_path / "blocks" / "says")
    (folder / "data" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert "data/link.txt leads out of its folder" in refused(editor, folder, {})


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("x = 1\n", 0),
        ('"""Doc."""\nx = 1', 1),
        ('"""Doc\nmore."""\nfrom __future__ import annotations\nx = 1\n', 3),
        ("", 0),
    ],
)
def test_a_statement_goes_in_front_of_all_others(text: str, first: int) -> None:
    lines = after_head(text, "HERE").splitlines()
    assert lines[first] == "HERE" and [*lines[:first], *lines[first + 1 :]] == text.splitlines()


def test_rewritten_imports_keep_the_rest_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("é = 1; import b, json; x = b.B  # é\nif x:\n    import b as c  # here\n")
    (tmp_path / "b.py").write_text("B = 2\n")
    made = rewritten(Modules(tmp_path), "a", lambda name: f"new_{name}")
    assert made.text == (
        "é = 1; from . import new_b as b; import json; x = b.B  # é\nif x:\n    from . import new_b as c  # here\n"
    )
    assert made.needed == ["b"] and not made.looks_beside


def test_two_repos_with_the_same_names_stay_apart(tmp_path: Path) -> None:
    facts = WorkerFacts(data_dir=tmp_path, input_dir=tmp_path, output_dir=tmp_path, settings={})
    repos = Repos(facts)
    for name in ("a/says", "b/says"):
        says(tmp_path / "blocks" / name)
    made = copied(repos, {repos.locate(name): () for name in ("a/says", "b/says")})
    assert {"says_block.py", "says2_block.py", "says_files.py", "says2_files.py"} <= made.files.keys()
    assert "from .says2_lib_words import" in made.files["says2_block.py"]


def test_the_files_are_laid_out_once_and_gone_when_python_ends(tmp_path: Path) -> None:
    facts = WorkerFacts(data_dir=tmp_path, input_dir=tmp_path, output_dir=tmp_path, settings={})
    says(tmp_path / "blocks" / "says")
    text = copied(Repos(facts), {Repos(facts).locate("says"): ["unet"]}).files["says_files.py"]
    assert "README" not in text and "weights" not in text and "unet" not in text and '"data/greeting.txt"' in text
    (tmp_path / "laid.py").write_text(text)
    script = "import laid; one = laid.path_of('lib/x.py'); assert one == laid.path_of('lib/x.py'); print(one)"
    told = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("lib/x.py") and not Path(told.stdout.strip()).parent.parent.exists()
    importlib.invalidate_caches()
