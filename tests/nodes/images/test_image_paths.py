"""Names of files never lead out of the input and output folders."""

from pathlib import Path

import pytest

from engine.errors import NodeError
from nodes.images.paths import input_file, output_place

OUTSIDE = [
    "",
    " ",
    "/etc/passwd",
    "../secret.png",
    "a/../../secret.png",
    "..",
    "C:\\secret.png",
    "C:secret.png",
    "..\\secret.png",
    "\\\\server\\share",
    "a\0.png",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An input folder with a secret beside it."""
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_outside_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(NodeError, match="not a name inside the input folder"):
        input_file(folder, name, port="image")
    with pytest.raises(NodeError, match="not a name inside the output folder"):
        output_place(folder, name, port="name")


def test_links_that_lead_out_are_refused(folder: Path) -> None:
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "up").symlink_to(folder.parent)
    for name in ("link.png", "up/secret.png"):
        with pytest.raises(NodeError, match="not a name inside the input folder"):
            input_file(folder, name, port="image")
    with pytest.raises(NodeError, match="not a name inside the output folder"):
        output_place(folder, "up/new/image", port="name")
    assert not (folder.parent / "new").exists()


def test_links_that_stay_inside_are_followed(folder: Path) -> None:
    (folder / "real.png").write_bytes(b"picture")
    (folder / "link.png").symlink_to("real.png")
    assert input_file(folder, "link.png", port="image") == (folder / "real.png").resolve()


@pytest.mark.parametrize("name", ["missing.png", "x" * 5000, "a" + "/b" * 3000, "."])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    with pytest.raises(NodeError, match="no file") as caught:
        input_file(folder, name, port="image")
    assert len(caught.value.problems[0].message) < 300


def test_links_in_a_circle_are_no_file(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    with pytest.raises(NodeError, match="no file"):
        input_file(folder, "a", port="image")


@pytest.mark.parametrize(
    "name", [".hidden", "a/.hidden/b", "ab:c", "a\nb", "what?", "end.", "CON", "nul.txt", "x" * 101]
)
def test_bad_file_names_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(NodeError, match="not a good file name") as caught:
        output_place(folder, name, port="name")
    assert caught.value.problems[0].port == "name"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["image", "Zoë (2)", "a/b/c-1.5,x=2", "7"])
def test_good_file_names_get_their_folder(folder: Path, name: str) -> None:
    place, stem = output_place(folder, name, port="name")
    assert place.is_dir()
    assert (place / stem).relative_to(folder).as_posix() == name
