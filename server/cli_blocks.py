"""`blockloom block`: for those who write blocks."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.terminal import (
    BAD_INPUT,
    OK,
    ConfigOption,
    DataOption,
    JsonOption,
    problems_shown,
    read_settings,
    say,
    table,
)

if TYPE_CHECKING:
    from engine.catalogue.spec import Port

# Imports are inside the functions, as in server/cli.py.

block = typer.Typer(no_args_is_help=True, help="Write blocks, check them, and say which code may run.")

FolderArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder that holds the block's code.", show_default=False)
]


@block.command("new")
def block_new(
    name: Annotated[
        str, typer.Argument(help="Name of the folder, such as my-block or org/my-block.", show_default=False)
    ],
    place: Annotated[
        Path | None, typer.Option("--dir", help="Where to put it. Default: your local blocks.", show_default=False)
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the folder of a new block. It works as it is: change it, and its node follows while you save."""
    with problems_shown():
        from server.block_folders import new_block

        folder, repo = new_block(read_settings(config, data), name, place)
    print(folder)
    if repo is not None:
        say(f"On the canvas: add the node Custom block and type {repo}. Its code is approved, as it is yours.")
    else:
        say("To use it on the canvas, move or link it into the folder of your local blocks.")


@block.command("check")
def block_check(
    folder: FolderArgument, as_json: JsonOption = False, data: DataOption = None, config: ConfigOption = None
) -> None:
    """Import a block and show the node that it makes. Runs its code. Exit code: 0 if it is fine, 2 if it is not."""
    with problems_shown(as_json):
        from nodes.diffusion.custom import block_ports
        from server.block_folders import described

        description = described(read_settings(config, data), folder)
        ports = block_ports(description)
    if as_json:
        shown = {
            "inputs": [port.model_dump(mode="json") for port in ports.inputs],
            "outputs": [port.model_dump(mode="json") for port in ports.outputs],
            "components": description["components"],
            "warnings": list(ports.warnings),
        }
        print(json.dumps({"class": description["class"], **shown}, ensure_ascii=False, indent=2))
    else:
        _show(description, ports)
    raise typer.Exit(BAD_INPUT if ports.warnings else OK)


@block.command("config")
def block_config(
    folder: FolderArgument,
    fresh: Annotated[bool, typer.Option("--fresh", help="Don't keep what the file says now.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write mellon_pipeline_config.json: how the block's node looks, with all of its inputs. Runs its code.

    What you have changed in the file is kept.
    """
    with problems_shown():
        from server.block_folders import described, write_config

        print(write_config(folder, described(read_settings(config, data), folder), fresh=fresh))


def _show(description: Any, ports: Any) -> None:
    print(f"{description['class']}\n\n{description['description']}\n")
    if ports.inputs:
        table(("Input", "Type", "Widget", "Default", "What it is"), [_input_row(port) for port in ports.inputs])
    table(
        ("Output", "Type", "What it is"),
        [(_name(port), port.type, port.description) for port in ports.outputs],
    )
    if description["components"]:
        elsewhere = {item["name"]: item["repo"] for item in description["foreign"]}
        lacks = set(description["lacks"])
        rows = [(item["name"], item["type"], _home(item, elsewhere, lacks)) for item in description["components"]]
        table(("Component", "Type", "Comes from"), rows)
    for warning in ports.warnings:
        say(f"warning: {warning}")


def _input_row(port: "Port") -> tuple[str, ...]:
    default = "required" if port.required else json.dumps(port.default, ensure_ascii=False)
    return _name(port), port.type, port.widget.kind if port.widget else "", default, port.description


def _name(port: "Port") -> str:
    return f"{port.name} (advanced)" if port.advanced else port.name


def _home(item: dict[str, Any], elsewhere: dict[str, str], lacks: set[str]) -> str:
    if item["from"] != "from_pretrained":
        return "its config"
    if item["name"] in lacks:
        return "the connected pipeline"
    return elsewhere.get(item["name"], "this folder")
