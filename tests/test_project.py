"""The project keeps its own rules: imports, pinned dependencies, and documentation that tells the truth."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from pydantic import ByteSize

import hatch_build
from engine.run.events import Event
from engine.worker.protocol import FromWorker, ToWorker

ROOT = Path(__file__).parent.parent
PACKAGES = ("engine", "nodes", "server")
MODULES = [ROOT / "blockloom.py", *sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]
GUIDES = sorted(
    [
        *ROOT.glob("*.md"),
        *(guide for folder in (*PACKAGES, "docker", "tests") for guide in (ROOT / folder).rglob("*.md")),
        ROOT / "web" / "README.md",
    ]
)
DISTRIBUTIONS = {
    "PIL": "pillow",
    "pydantic_core": "pydantic",
    "pydantic_settings": "pydantic-settings",
    "starlette": "fastapi",
    "tokenizers": "transformers",
}
"""Where the name of an import is not that of the dependency which brings it."""

IMPORTED_BY_LIBRARIES = {"accelerate", "ftfy", "python-multipart", "websockets"}
"""Dependencies that diffusers, fastapi and uvicorn import once they are installed; our code need not."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


@pytest.fixture(scope="module")
def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements}


# Imports


def test_imports_run_one_way() -> None:
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    answer = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stdout


def test_the_server_does_not_import_torch() -> None:
    heavy = python(
        "import sys, nodes, server.app, server.cli; nodes.load(); "
        "print(*{'torch', 'diffusers', 'transformers', 'tensorflow', 'numpy'} & set(sys.modules))"
    )
    assert heavy == ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_module_opens_with_a_sentence(path: Path) -> None:
    text = path.read_text()
    docstring = ast.get_docstring(ast.parse(text))
    assert not text.strip() or (docstring or "").split("\n\n")[0].rstrip().endswith((".", "?", ":", ";"))


# Dependencies


def test_all_direct_dependencies_are_pinned(project: Any) -> None:
    extras = chain(*project["optional-dependencies"].values())
    direct = names([*project["dependencies"], *extras, hatch_build.NODE_WHEEL])
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", line) for line in lines)
    assert names(lines) == direct


def test_each_dependency_has_a_reason(project: Any) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    rows = set(re.findall(r"^\| ([\w@/*.-]+) \| .+ \|$", guide, re.M)) - {"package"}
    canvas = json.loads((ROOT / "web" / "package.json").read_text())
    assert rows == names(project["dependencies"]) | set(canvas["dependencies"])
    further = [*chain(*project["optional-dependencies"].values()), hatch_build.NODE_WHEEL, *canvas["devDependencies"]]
    assert [name for name in names(further) if not re.search(rf"(?<![\w/-]){name}(?![\w/-])", guide)] == []


def test_packages_of_the_canvas_are_pinned_exactly() -> None:
    canvas = json.loads((ROOT / "web" / "package.json").read_text())
    versions = canvas["dependencies"] | canvas["devDependencies"]
    assert [name for name, version in versions.items() if not re.fullmatch(r"[\d.]+", version)] == []


def test_what_is_imported_is_declared_and_what_is_declared_is_used(project: Any) -> None:
    nodes = [node for path in MODULES for node in ast.walk(ast.parse(path.read_text()))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in imported} - sys.stdlib_module_names - {"blockloom", *PACKAGES}
    used = {DISTRIBUTIONS.get(name, name) for name in roots}
    assert used | IMPORTED_BY_LIBRARIES == names(project["dependencies"])


# Documentation


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_links_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text())
    assert [link for link in links if not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_make_targets_in_the_guides_exist(guide: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    named = re.findall(r"(?:^|`)make ([a-z-]+(?: [a-z-]+)*)", guide.read_text(), re.M)
    assert {target for line in named for target in line.split()} <= targets


def test_commands_in_the_readme_exist() -> None:
    import typer.main

    from server.cli import app

    commands = typer.main.get_group(app).commands  # type: ignore[attr-defined]
    named = set(re.findall(r"(?:^|`)blockloom ([a-z]+)", (ROOT / "README.md").read_text(), re.M))
    assert named == set(commands)
    assert [name for name, command in commands.items() if not command.help] == []


def test_each_setting_stands_in_the_readme_as_it_is() -> None:
    from server.settings import Settings

    rows = re.findall(r"^\| `BLOCKLOOM_(\w+)` \| (.*?) ?\| (.+) \|$", (ROOT / "README.md").read_text(), re.M)
    documented = [(name.lower(), default.strip("`"), text) for name, default, text in rows]
    assert documented == [
        (name, shown_default(name, field.default), field.description) for name, field in Settings.model_fields.items()
    ]


def shown_default(name: str, default: Any) -> str:
    if name == "data":
        return "the platform's user data folder"
    if default is None or default == []:
        return ""
    if isinstance(default, ByteSize):
        return default.human_readable(separator=" ").replace("iB", "B").replace(".0 ", " ")
    return f"{default:g}" if isinstance(default, int | float) else str(default)


def test_each_node_type_and_port_says_what_it_is() -> None:
    import nodes

    types = [definition.type for definition in nodes.load().definitions]
    silent = [node.type for node in types if not node.description.strip()]
    silent += [f"{node.type}.{port.name}" for node in types for port in node.interface.inputs if not port.description]
    assert silent == []


def test_each_route_says_what_it_does() -> None:
    code = (
        "from server.app import create_app; from server.settings import Settings; "
        "from fastapi.routing import APIRoute; "
        "print(*[r.path for r in create_app(Settings()).routes if isinstance(r, APIRoute) and not r.endpoint.__doc__])"
    )
    assert python(code) == ""


def test_each_message_and_event_stands_in_the_engine_guide() -> None:
    guide = (ROOT / "engine" / "README.md").read_text()
    messages = [message.__name__ for union in (ToWorker, FromWorker) for message in get_args(union)]
    events = [event.model_fields["kind"].default for event in get_args(get_args(Event)[0])]
    assert all(issubclass(message, msgspec.Struct) for union in (ToWorker, FromWorker) for message in get_args(union))
    assert [name for name in [*messages, *events] if f"`{name}`" not in guide] == []


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_files_named_in_the_guides_exist(guide: Path) -> None:
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.py)`", guide.read_text())
    assert [name for name in named if not any((base / name).exists() for base in (guide.parent, ROOT))] == []


# What is shipped


def test_the_demo_model_stays_small() -> None:
    files = [path for path in (ROOT / "nodes" / "demo" / "model").rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) <= 16 * 2**20
