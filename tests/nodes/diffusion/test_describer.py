"""Descriptions are kept: for all repos of a family, over a restart, and without diffusers once they are there."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.pack import WorkerFacts
from nodes.diffusion.describer import Describer
from nodes.diffusion.families import Families
from nodes.diffusion.repos import Repos
from nodes.diffusion.runtime import families as families_runtime
from nodes.diffusion.runtime.components import ComponentStore
from tests.fakes.tiny import tiny_sdxl


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """A folder of models with two repos of one family, `one` and `two`."""
    tiny_sdxl(tmp_path / "models" / "one")
    shutil.copytree(tmp_path / "models" / "one", tmp_path / "models" / "two")
    (tmp_path / "models" / "two" / "README.md").write_text("Another one.")
    return tmp_path


def facts_of(folder: Path) -> WorkerFacts:
    settings = {"models": str(folder / "models"), "offline": True}
    return WorkerFacts(data_dir=folder, input_dir=folder, output_dir=folder, settings=settings)


def repos_in(folder: Path) -> Repos:
    return Repos(facts_of(folder))


def describe(folder: Path, repo: str, block: str = "denoise") -> dict[str, Any]:
    describer = Describer(folder, repos_in(folder))
    commit = describer.repo({"repo": repo, "revision": None})["commit"]
    return describer.block({"repo": repo, "commit": commit, "workflow": "text2image", "block": block})


def kept(folder: Path) -> set[Path]:
    return set((folder / "descriptions").glob("*.json"))


def test_a_second_repo_of_the_family_needs_no_new_description_of_blocks(twins: Path) -> None:
    first = describe(twins, "one")
    before = kept(twins)
    assert describe(twins, "two") == first
    assert len(kept(twins) - before) == 1  # of the repo itself


def test_sizes_follow_from_the_configs_of_the_repo(twins: Path) -> None:
    assert describe(twins, "one")["sizes"] == {"step": 8, "height": 128, "width": 128}


def test_a_damaged_file_is_made_anew(twins: Path) -> None:
    first = describe(twins, "one")
    for path in kept(twins):
        path.write_text(path.read_text()[:-9])
    assert describe(twins, "one") == first


def test_kept_answers_come_without_diffusers(twins: Path) -> None:
    first = describe(twins, "one")
    code = (
        "import json, sys; from pathlib import Path; from engine.catalogue.pack import WorkerFacts\n"
        "from nodes.diffusion.describer import Describer; from nodes.diffusion.repos import Repos\n"
        "folder = Path(sys.argv[1]); settings = {'models': str(folder / 'models'), 'offline': True}\n"
        "facts = WorkerFacts(data_dir=folder, input_dir=folder, output_dir=folder, settings=settings)\n"
        "describer = Describer(folder, Repos(facts))\n"
        "commit = describer.repo({'repo': 'one', 'revision': None})['commit']\n"
        "request = {'repo': 'one', 'commit': commit, 'workflow': 'text2image', 'block': 'denoise'}\n"
        "print(json.dumps(describer.block(request)))\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules), 'imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(twins)], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(first))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one family, so that it is quick."""
    families = [cls for cls in families_runtime.family_classes() if cls.__name__ == "WanModularPipeline"]
    monkeypatch.setattr(families_runtime, "family_classes", lambda: families)


@pytest.mark.usefixtures("few")
def test_families_are_prepared_in_turns_and_then_known(tmp_path: Path) -> None:
    turns = []

    @contextmanager
    def quiet(hurry: threading.Event) -> Iterator[None]:
        turns.append("began")
        yield
        turns.append("ended")

    Families(Describer(tmp_path, repos_in(tmp_path))).prepare(quiet)
    assert turns == ["began", "ended"] * 3  # find the classes; make the blocks; describe their only workflow
    families = Families(Describer(tmp_path, repos_in(tmp_path)))
    families.prepare(quiet)
    assert [row["family"] for row in families.answer({})["rows"]] == ["WanModularPipeline"]
    assert len(turns) == 6


@pytest.mark.usefixtures("few")
def test_families_are_not_described_while_a_node_runs_until_someone_asks(tmp_path: Path) -> None:
    store = ComponentStore(facts_of(tmp_path), repos_in(tmp_path))
    families = Families(Describer(tmp_path, repos_in(tmp_path)))
    with store.session(lambda: None):
        preparing = threading.Thread(target=families.prepare, args=(store.quiet,))
        preparing.start()
        preparing.join(timeout=0.3)
        assert (preparing.is_alive(), kept(tmp_path)) == (True, set())
        assert families.answer({})["rows"]
    preparing.join()


@pytest.mark.usefixtures("few")
def test_what_people_ask_goes_before_the_families(tmp_path: Path) -> None:
    families = Families(Describer(tmp_path, repos_in(tmp_path)))
    asked, answered = threading.Event(), threading.Event()
    question = families.first(lambda request: {"in time": asked.set() or answered.wait(60)})
    asking = threading.Thread(target=question, args=({},))
    asking.start()
    asked.wait(60)
    preparing = threading.Thread(target=families.prepare, args=(lambda hurry: nullcontext(),))
    preparing.start()
    preparing.join(timeout=0.3)
    assert (preparing.is_alive(), kept(tmp_path)) == (True, set())
    answered.set()
    preparing.join()
    assert kept(tmp_path)


@pytest.mark.usefixtures("few")
def test_a_prepared_family_s_repos_find_their_blocks_described(twins: Path) -> None:
    describer = Describer(twins, repos_in(twins))
    Families(describer).answer({})
    before = kept(twins)
    describer.kept(["workflow", "WanBlocks", ""], lambda: pytest.fail("made again"))
    assert kept(twins) == before
