"""What the commands share: options, exit codes, problems as sentences, tables."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from engine.catalogue.spec import Port
    from engine.errors import BlockloomError
    from server.settings import Settings

OK, FAILED, BAD_INPUT, CANCELLED = 0, 1, 2, 130

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder for everything that is kept.", show_default=False)
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_settings(config: Path | None, data: Path | None, **flags: Any) -> "Settings":
    from server.settings import load_settings, misspelt_variables

    for name, meant in misspelt_variables(os.environ).items():
        say(f"There is no setting {name}: it is ignored. Did you mean {meant}?")
    return load_settings(config, data=data, **flags)


def read_file(path: Path) -> bytes:
    """Raises GraphError if it can't be read."""
    from engine.errors import GraphError, Problem

    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem(code="no_file", message=f"{path} cannot be read: {error.strerror}.", remedy="Check the path.")
        raise GraphError(problem) from error


@contextlib.contextmanager
def problems_shown(as_json: bool = False) -> Iterator[None]:
    """Print problems as sentences and exit with 2; everything else is a bug and keeps its traceback."""
    from engine.errors import BlockloomError

    try:
        yield
    except BlockloomError as error:
        refuse(error, as_json)


def refuse(error: "BlockloomError", as_json: bool) -> NoReturn:
    if as_json:
        print(problems_json(error.problems))
    else:
        for problem in error.problems:
            say(f"error: {problem}")
    raise typer.Exit(BAD_INPUT)


def problems_json(problems: Any) -> str:
    from dataclasses import asdict

    return json.dumps({"problems": [asdict(problem) for problem in problems]}, ensure_ascii=False, indent=2)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def port_row(port: "Port") -> tuple[str, ...]:
    default = "required" if port.required else json.dumps(port.default, ensure_ascii=False)
    return port.name, port.type, default, port.description


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    made = Table(*heads, box=box.SIMPLE_HEAD)
    for row in rows:
        made.add_row(*(cell.replace("[", "\\[") for cell in row))
    console = Console()
    # Cut no column short where nobody looks at a screen.
    Console(width=None if console.is_terminal else 240, highlight=False).print(made)
