"""The files of the input folder: what is offered, and what is not."""

import os

import pytest


@pytest.fixture(scope="module")
def folder(server):
    """An input folder with all that may lie in one; the newest file is the first in `ages`."""
    folder = server.data / "input"
    (folder / "cats").mkdir()
    (folder / ".hidden").mkdir()
    ages = ["cats/Ginger.PNG", "film.mp4", "song.flac", "list.txt", "with space ü.jpg"]
    for age, name in enumerate([*ages, ".hidden/a.png", ".b.png", "back\\slash.png"]):
        (folder / name).write_bytes(b"x" * age)
        os.utime(folder / name, (1000 - age, 1000 - age))
    (server.data / "secret.png").write_bytes(b"secret")
    (folder / "link-out.png").symlink_to(server.data / "secret.png")
    (folder / "folder-out").symlink_to(server.data)
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "link-in.png").symlink_to(folder / "cats" / "Ginger.PNG")
    with open(os.fsencode(folder) + b"/not-utf8-\xff.png", "wb"):
        pass
    return ages


def listed(server, query: str = "") -> list[str]:
    return [file["path"] for file in server.http.get(f"/api/files{query}").json()["files"]]


def test_files_are_listed_newest_first_and_none_from_outside(server, folder):
    page = server.http.get("/api/files").json()
    assert [file["path"] for file in page["files"]] == ["cats/Ginger.PNG", "link-in.png", *folder[1:]]
    assert page["total"] == len(page["files"])
    assert page["files"][2] == {"path": "film.mp4", "size": 1, "modified": 999, "kind": "video"}


def test_files_are_searched_by_name_and_kind_and_counted_beyond_the_limit(server, folder):
    assert listed(server, "?search=GINGER") == ["cats/Ginger.PNG"]
    assert listed(server, "?search=cats/") == ["cats/Ginger.PNG"]
    assert listed(server, "?kind=audio") == ["song.flac"]
    assert listed(server, "?kind=other") == ["list.txt"]
    page = server.http.get("/api/files?kind=image&limit=1").json()
    assert (len(page["files"]), page["total"]) == (1, 3)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "kind=secret"])
def test_wrong_questions_are_refused(server, query):
    assert server.http.get(f"/api/files?{query}").status_code == 422
