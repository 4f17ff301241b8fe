"""The command line: serve, run a graph, check it, look at the catalogue, keep the caches small."""

import gc
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from server.cli_blocks import block
from server.terminal import (
    BAD_INPUT,
    CANCELLED,
    FAILED,
    OK,
    ConfigOption,
    DataOption,
    JsonOption,
    port_row,
    problems_json,
    problems_shown,
    read_file,
    read_settings,
    say,
    table,
)

if TYPE_CHECKING:
    from engine.catalogue.spec import NodeType
    from engine.graph.document import Graph
    from engine.run.record import Run
    from server.settings import Settings

# Imports are inside the functions: `--help` answers at once, and each command loads only what it needs.

app = typer.Typer(
    name="blockloom", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A node-graph workflow server for diffusion models.",
)  # fmt: skip

GraphArgument = Annotated[Path, typer.Argument(help="A graph document (JSON).", show_default=False)]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        print(f"blockloom {metadata.version('blockloom')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A node-graph workflow server for diffusion models."""


@app.command()
def serve(
    data: DataOption = None,
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default=False)] = None,
    open_browser: Annotated[
        bool | None,
        typer.Option("--open-browser/--no-open-browser", help="Open the canvas in a browser.", show_default=False),
    ] = None,
) -> None:
    """Start the server."""
    with problems_shown():
        gc.disable()  # until the engine runs: what is imported stays, and looking through it takes a tenth of the start
        from server.serve import serve as run_server

        run_server(read_settings(config, data, host=host, port=port, open_browser=open_browser))


@app.command()
def run(
    graph: GraphArgument,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NODE.PARAM=VALUE", help="Set a param.", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the outputs.", show_default=False)] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", help="Run only what this node needs.", show_default=False)
    ] = None,
    server: Annotated[str | None, typer.Option(help="Address of a server to run it on.", show_default=False)] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Run a graph and write its outputs.

    Exit code: 0 if it succeeded, 1 if it failed, 2 if graph or usage are wrong, 130 if it was cancelled.
    """
    with problems_shown(as_json):
        from server.running import run_graph

        document, texts = _read_graph(graph), _assignments(set_ or [])
        ended, files = run_graph(
            read_settings(config, data), document, texts, targets=target, out=out, server=server, say=say
        )
    if as_json:
        print(ended.model_dump_json(exclude_none=True, exclude={"graph"}, indent=2))
    else:
        _report(ended, files)
    raise typer.Exit({"succeeded": OK, "cancelled": CANCELLED}.get(ended.state, FAILED))


@app.command()
def check(
    graph: GraphArgument, as_json: JsonOption = False, data: DataOption = None, config: ConfigOption = None
) -> None:
    """Say what is wrong with a graph. Exit code: 0 if it would run, 2 if it has errors."""
    with problems_shown(as_json):
        from server.running import check_graph

        problems = check_graph(read_settings(config, data), _read_graph(graph), say=say)
    errors = [problem for problem in problems if problem.severity == "error"]
    if as_json:
        print(problems_json(problems))
    else:
        for problem in problems:
            print(f"{problem.severity}: {problem}")
        if not problems:
            print("No problems.")
    raise typer.Exit(BAD_INPUT if errors else OK)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A workflow that Mellon saved (JSON).", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where the graph goes; else it is printed.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a graph of a workflow that another program saved (Mellon), and say what became of each node.

    With --json both are printed as one document. Exit code: 0 if there is a graph, 2 if the file is something else.
    """
    with problems_shown(as_json):
        from engine.graph.document import dump_graph
        from nodes.diffusion.mellon import import_mellon

        imported = import_mellon(_read_document(file), name=file.stem)
        text = dump_graph(imported.graph)
        if out is not None:
            _write_text(out, text)
    if as_json:
        print(imported.model_dump_json(indent=2, exclude_defaults=True))
        return
    for line in imported.report:
        say(f"{line.status:11} {line.node or 'file'}: {line.text}")
    if out is None:
        print(text, end="")


@app.command()
def nodes(
    name: Annotated[str | None, typer.Argument(help="A node type, to see its ports.", show_default=False)] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Count how the blocks of all model families become nodes.")
    ] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """List the node types, yours included, or show one with its ports."""
    if coverage and name is not None:
        raise typer.BadParameter("--coverage counts all families; leave out the node type.")
    if coverage:
        return _coverage(as_json, data, config)
    with problems_shown(as_json):
        from server.running import node_types

        found_types = node_types(read_settings(config, data), say=say)
        types = sorted(found_types, key=lambda found: (found.category, found.type))
        if name is not None:
            types = [_named(types, name)]
    if as_json:
        print(json.dumps([found.model_dump(mode="json") for found in types], ensure_ascii=False, indent=2))
    elif name is not None:
        _show_type(types[0])
    else:
        table(("Type", "Title", "Category", "What it does"), [_row(found) for found in types])


def _coverage(as_json: bool, data: Path | None, config: Path | None) -> None:
    with problems_shown(as_json):
        from server.coverage import HEADS, coverage_rows
        from server.running import families

        found = families(read_settings(config, data), say=say)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"diffusers {found['diffusers']}\n")
    table(HEADS, coverage_rows(found["rows"]))
    if missing := [f"{row['family']} {row['workflow']} {text}" for row in found["rows"] for text in row["missing"]]:
        print("Not represented:", *missing, sep="\n  ")


cache = typer.Typer(invoke_without_command=True, help="Sizes of what is kept on disk; `clear` removes it.")
app.add_typer(cache, name="cache")

app.add_typer(block, name="block")

Kept = Literal["results", "artifacts", "descriptions"]
FOLDERS: dict[str, str] = {
    "results": "results",
    "artifacts": "artifacts",
    "descriptions": "descriptions",
}
"""Where each kind lies below the data folder."""


@cache.callback()
def cache_sizes(
    context: typer.Context, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Sizes of what is kept on disk."""
    with problems_shown(as_json):
        context.obj = settings = read_settings(config, data)
    if context.invoked_subcommand is not None:
        return
    sizes = {kind: _size(settings.data / folder) for kind, folder in FOLDERS.items()}
    if as_json:
        print(json.dumps(sizes))
    else:
        table(
            ("What", "Size", "Folder"),
            [(kind, _human(sizes[kind]), str(settings.data / FOLDERS[kind])) for kind in FOLDERS],
        )


@cache.command("clear")
def cache_clear(
    context: typer.Context,
    what: Annotated[Kept | None, typer.Argument(help="What to remove; by default results and descriptions.")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Remove cached results and descriptions, or what is named. Artifacts are removed only when named."""
    with problems_shown():
        from server.instance import DataLock

        settings: Settings = read_settings(config, data) if data or config else context.obj
        with DataLock(settings.data):
            for kind in [what] if what else ["results", "descriptions"]:
                folder = settings.data / FOLDERS[kind]
                freed = _size(folder)
                shutil.rmtree(folder, ignore_errors=True)
                print(f"{kind}: {_human(freed)} removed")


def _read_graph(path: Path) -> "Graph":
    from engine.graph.document import load_graph

    return load_graph(read_file(path))


def _read_document(path: Path) -> Any:
    """The JSON data in a file. Raises GraphError for what is none."""
    from engine.graph.document import parse_document

    return parse_document(read_file(path))


def _write_text(path: Path, text: str) -> None:
    from engine.errors import GraphError, Problem

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise GraphError(Problem(code="no_file", message=message, remedy="Choose another place.")) from error


def _assignments(texts: list[str]) -> dict[str, str]:
    """`node.param=value` → {node.param: value}, still as text: the param's type decides what it means."""
    from engine.errors import GraphError, Problem

    pairs = [text.partition("=") for text in texts]
    if wrong := [key for key, equals, _ in pairs if not (equals and "." in key)]:
        raise GraphError([
            Problem(code="bad_usage", message=f"--set {key!r} sets nothing.", remedy="Write it as node.param=value.")
            for key in wrong
        ])  # fmt: skip
    return {key.strip(): value for key, _, value in pairs}


def _report(ended: "Run", files: list[Path]) -> None:
    if ended.problem is not None:
        say(f"{ended.state}: {ended.problem}")
    for file in files:
        print(file)


def _named(types: "list[NodeType]", name: str) -> "NodeType":
    from difflib import get_close_matches

    from engine.errors import GraphError, Problem

    found = next((candidate for candidate in types if candidate.type == name), None)
    if found is None:
        near = get_close_matches(name, [candidate.type for candidate in types], n=3, cutoff=0.4)
        remedy = f"Did you mean {', '.join(near)}?" if near else "`blockloom nodes` lists them."
        raise GraphError(Problem(code="unknown_type", message=f"There is no node type {name!r}.", remedy=remedy))
    return found


def _row(found: "NodeType") -> tuple[str, ...]:
    return found.type, found.title, found.category, found.description.partition("\n")[0]


def _show_type(found: "NodeType") -> None:
    print(f"{found.title} ({found.type})\n\n{found.description}\n")
    if found.dynamic:
        print("Its ports follow from its params and from what is connected; these are there from the start.\n")
    if inputs := found.interface.inputs:
        table(("Input", "Type", "Default", "What it is"), [port_row(port) for port in inputs])
    if outputs := found.interface.outputs:
        table(("Output", "Type", "What it is"), [(port.name, port.type, port.description) for port in outputs])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0


def _human(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"


if __name__ == "__main__":
    app()
