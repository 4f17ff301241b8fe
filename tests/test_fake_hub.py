"""The fake hub is one for the hub's own client: what tests see through it is what people see."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.fakes.hub import TOKEN, FakeHub

WEIGHTS = bytes(range(256)) * 400


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub


def contents(folder: str) -> dict[str, bytes]:
    paths = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_branches_tags_and_commits_are_snapshots_of_their_own(hub: FakeHub) -> None:
    first = hub.commit("org/a", {"x.json": "{}", "deep/w.safetensors": WEIGHTS})
    second = hub.commit("org/a", {"x.json": "[1]", "deep/w.safetensors": None})
    branch = hub.commit("org/a", {"y.txt": "y"}, branch="refs/pr/1")
    hub.tag("org/a", "v1", first)
    assert contents(snapshot_download("org/a")) == {"x.json": b"[1]"}
    assert contents(snapshot_download("org/a", revision="v1")) == {"x.json": b"{}", "deep/w.safetensors": WEIGHTS}
    assert contents(snapshot_download("org/a", revision="refs/pr/1")) == {"x.json": b"[1]", "y.txt": b"y"}
    shas = [HfApi().model_info("org/a", revision=revision).sha for revision in ("v1", None, "refs/pr/1")]
    assert shas == [first, second, branch]


def test_sizes_and_a_tree_of_many_pages_are_told(hub: FakeHub) -> None:
    hub.commit("org/a", {f"f{number:03}.txt": "x" * number for number in range(250)} | {"w.bin": WEIGHTS})
    info = HfApi().model_info("org/a", files_metadata=True)
    assert {file.rfilename: file.size for file in info.siblings or ()}["w.bin"] == len(WEIGHTS)
    assert len(list(HfApi().list_repo_tree("org/a", recursive=True))) == 251


def test_what_is_missing_private_or_gated_is_said_so(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("private", "gated"):
        hub.commit(f"org/{name}", {"x.json": "{}"})
        setattr(hub.repos[f"org/{name}"], name, True)
    hub.commit("org/a", {"x.json": "{}"})
    cases = {
        ("org/none", "x.json", "main"): RepositoryNotFoundError,
        ("org/private", "x.json", "main"): RepositoryNotFoundError,
        ("org/gated", "x.json", "main"): GatedRepoError,
        ("org/a", "y.json", "main"): RemoteEntryNotFoundError,
        ("org/a", "x.json", "v9"): RevisionNotFoundError,
    }
    for (repo, name, revision), error in cases.items():
        with pytest.raises(error):
            hf_hub_download(repo, name, revision=revision)
    for repo in ("org/private", "org/gated"):
        assert Path(hf_hub_download(repo, "x.json", token=TOKEN)).read_text() == "{}"


def test_a_transfer_that_breaks_off_is_resumed(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 10_000)  # what it keeps of a broken transfer
    hub.commit("org/a", {"w.safetensors": WEIGHTS})
    hub.break_off("w.safetensors", after=40_000)
    assert Path(hf_hub_download("org/a", "w.safetensors")).read_bytes() == WEIGHTS
    assert hub.served == len(WEIGHTS)


def test_an_unwell_hub_is_an_error(hub: FakeHub) -> None:
    hub.commit("org/a", {"x.json": "{}"})
    hub.fail("x.json", status=500)
    with pytest.raises(HfHubHTTPError):
        hf_hub_download("org/a", "x.json")
    assert Path(hf_hub_download("org/a", "x.json")).read_text() == "{}"


def test_a_transfer_can_be_held(hub: FakeHub) -> None:
    hub.commit("org/a", {"w.safetensors": WEIGHTS})
    held, got = hub.hold("w.safetensors", after=1000), list[str]()
    thread = threading.Thread(target=lambda: got.append(hf_hub_download("org/a", "w.safetensors")))
    thread.start()
    assert held.reached.wait(30) and not got
    held.release()
    thread.join(30)
    assert Path(got[0]).read_bytes() == WEIGHTS


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # of the hub's client
def test_folders_are_pushed(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "new" / "deep").mkdir(parents=True)
    (tmp_path / "new" / "README.md").write_text("---\nlibrary_name: diffusers\n---\n# New\n")
    (tmp_path / "new" / "deep" / "w.safetensors").write_bytes(WEIGHTS)
    api = HfApi(token=TOKEN)
    url = api.create_repo("org/new", private=True, exist_ok=True)
    commit = api.upload_folder(repo_id="org/new", folder_path=tmp_path / "new", commit_message="First")
    assert (url, commit.oid) == (f"{hub.url}/org/new", hub.repos["org/new"].refs["main"])
    assert hub.repos["org/new"].private and hub.files("org/new")["deep/w.safetensors"] == WEIGHTS
    assert api.create_repo("org/new", exist_ok=True) == url
    with pytest.raises(HfHubHTTPError):
        HfApi().create_repo("org/other")
