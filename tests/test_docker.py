"""The container files match the project; no container engine is needed to see that."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKERFILES = ("Dockerfile.cpu", "Dockerfile.cuda")


def instructions(path: Path) -> list[tuple[str, str]]:
    """(INSTRUCTION, arguments) of a Dockerfile, continued lines joined, comments dropped."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(name, arguments) for name, arguments in pairs]


def final_stage(path: Path) -> dict[str, str]:
    """The last stage's instructions; of one that occurs more than once, all arguments joined."""
    stage: dict[str, str] = {}
    for name, arguments in instructions(path):
        if name == "FROM":
            stage = {}
        stage[name] = f"{stage[name]} {arguments}" if name in stage else arguments
    return stage


@pytest.fixture(params=DOCKERFILES)
def dockerfile(request: pytest.FixtureRequest, root: Path) -> Path:
    return root / "docker" / request.param


@pytest.fixture
def compose(root: Path) -> Any:
    return yaml.safe_load((root / "docker" / "compose.yaml").read_text())


def copied_from_context(dockerfile: Path) -> list[str]:
    arguments = [a for name, a in instructions(dockerfile) if name == "COPY" and not a.startswith("--from")]
    return [source for argument in arguments for source in argument.split()[:-1]]


def test_all_that_is_copied_exists_and_reaches_the_builder(dockerfile: Path, root: Path) -> None:
    allowed = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = copied_from_context(dockerfile)
    assert [source for source in copied if not (root / source).exists()] == []
    assert set(copied) == allowed


def test_all_that_the_wheel_holds_is_copied(dockerfile: Path, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    needed = [*wheel, project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"]
    assert set(needed) <= set(copied_from_context(dockerfile))


def test_both_images_are_built_from_one_python(root: Path) -> None:
    bases = {a.split()[0] for f in DOCKERFILES for name, a in instructions(root / "docker" / f) if name == "FROM"}
    assert len(bases) == 1
    assert fnmatch(bases.pop(), "python:3.1[1-9]-slim-*")


def test_the_server_is_not_root_and_keeps_its_data_in_volumes(dockerfile: Path) -> None:
    stage = final_stage(dockerfile)
    assert stage["USER"] == "blockloom"
    assert stage["VOLUME"] == '["/data", "/models"]'
    assert stage["CMD"].endswith('["blockloom", "serve"]')


def test_the_health_check_asks_the_port_that_is_exposed(dockerfile: Path) -> None:
    stage = final_stage(dockerfile)
    assert f"http://127.0.0.1:{stage['EXPOSE']}/api/health" in stage["HEALTHCHECK"]
    assert f"BLOCKLOOM_PORT={stage['EXPOSE']}" in stage["ENV"]


def test_only_the_cpu_image_takes_torch_from_the_cpu_index(root: Path) -> None:
    cpu, cuda = ((root / "docker" / name).read_text() for name in DOCKERFILES)
    assert "https://download.pytorch.org/whl/cpu" in cpu
    assert "download.pytorch.org" not in cuda


def test_each_compose_service_builds_its_image_and_demands_a_token(compose: Any, root: Path) -> None:
    assert {name: service["profiles"] for name, service in compose["services"].items()} == {
        "cpu": ["cpu"],
        "cuda": ["cuda"],
    }
    for name, service in compose["services"].items():
        assert service["build"]["dockerfile"] == f"docker/Dockerfile.{name}"
        assert service["environment"]["BLOCKLOOM_TOKEN"].startswith("${BLOCKLOOM_TOKEN:?")
        assert service["ports"] == ["127.0.0.1:${BLOCKLOOM_PORT:-8188}:8188"]
        assert {volume.split(":")[0] for volume in service["volumes"]} == set(compose["volumes"])


def test_settings_in_the_images_exist(dockerfile: Path) -> None:
    from server.settings import Settings

    named = re.findall(r"BLOCKLOOM_([A-Z_]+)", dockerfile.read_text())
    assert {name.lower() for name in named} <= set(Settings.model_fields)
