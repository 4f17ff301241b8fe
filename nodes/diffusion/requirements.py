"""Which Python packages a repo's code asks for, and which of them are here; nothing is imported or installed."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.catalogue.spec import Data
from engine.errors import NodeError

if TYPE_CHECKING:
    from packaging.requirements import Requirement as Parsed

MOST = 200
"""How many are read of one repo."""


class Requirement(Data):
    """A package by name, the versions asked for, the one that is here (None: none is), and what follows."""

    name: str
    specifier: str
    installed: str | None
    state: Literal["met", "missing", "conflicting"]


def requirements_of(folder: Path, config: Mapping[str, Any]) -> list[Requirement]:
    """What `modular_config.json` (`config`) and `requirements.txt` of a repo ask for, each package once."""
    texts = [*_configured(config.get("requirements")), *_listed(folder / "requirements.txt")]
    found: dict[tuple[str, str], Requirement] = {}
    for text in texts[:MOST]:
        if (requirement := _check(text)) is not None:
            found.setdefault((requirement.name.lower(), requirement.specifier), requirement)
    return list(found.values())


def pip_command(requirements: Iterable[Requirement]) -> str:
    """What installs the packages that are missing or conflicting; "" if there are none.

    A name or specifier that pip would not take as one is left out, and so is code from an address (`name @ https://…`).
    """
    wanted = [f"{item.name}{item.specifier}" for item in requirements if item.state != "met"]
    plain = [text for text in wanted if (parsed := _parse(text)) is not None and not parsed.url]
    return f"pip install {shlex.join(plain)}" if plain else ""


def refuse_missing(repo: str, requirements: Iterable[Requirement]) -> None:
    """Raise NodeError if packages are missing. Another version than asked for may do, as it does in diffusers."""
    if not (missing := [item for item in requirements if item.state == "missing"]):
        return
    names, command = ", ".join(item.name for item in missing), pip_command(missing)
    raise NodeError(
        f"The code of repo {repo!r} needs Python packages that are not installed: {names}.",
        remedy=f"Install them where Blockloom runs: {command}" if command else "Install them where Blockloom runs.",
        port="repo", code="missing_requirements",
    )  # fmt: skip


def _configured(requirements: Any) -> Iterator[str]:
    """`{"name": ">=1"}`, also nested, as diffusers writes it; or a list of texts."""
    if isinstance(requirements, list):
        yield from (item for item in requirements if isinstance(item, str))
    elif isinstance(requirements, dict):
        for name, specifier in requirements.items():
            if isinstance(specifier, dict):
                yield from _configured(specifier)
            elif specifier is None or isinstance(specifier, str):
                exact = bool(specifier) and str(specifier).strip()[:1].isdigit()
                yield f"{name}{'==' if exact else ''}{specifier or ''}"


def _listed(path: Path) -> Iterator[str]:
    """The lines of a requirements file, without comments and options."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        text = line.partition(" #")[0].strip()
        if text and not text.startswith(("#", "-")):
            yield text


def _check(text: str) -> Requirement | None:
    """None for a requirement that does not hold for this Python or system."""
    parsed = _parse(text)
    if parsed is None:
        return Requirement(name=text[:100], specifier="", installed=None, state="missing")
    if parsed.marker is not None and not parsed.marker.evaluate():
        return None
    specifier = f" @ {parsed.url}" if parsed.url else str(parsed.specifier)
    try:
        installed = version(parsed.name)
    except PackageNotFoundError:
        return Requirement(name=parsed.name, specifier=specifier, installed=None, state="missing")
    met = parsed.specifier.contains(installed, prereleases=True)
    return Requirement(
        name=parsed.name, specifier=specifier, installed=installed, state="met" if met else "conflicting"
    )


def _parse(text: str) -> "Parsed | None":
    from packaging.requirements import InvalidRequirement  # costs the start of the server, which seldom needs it
    from packaging.requirements import Requirement as Parsed

    try:
        return Parsed(text)
    except InvalidRequirement:
        return None


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file; None if there is none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
