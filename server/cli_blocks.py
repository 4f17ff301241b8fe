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
    read_file,
    read_settings,
    say,
    table,
)

if TYPE_CHECKING:
    from engine.catalogue.spec import Port
    from nodes.diffusion.review import BlockReview

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
        say("To use it on the canvas, move it into the folder of your local blocks.")


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


RepoArgument = Annotated[
    str, typer.Argument(metavar="REPO[@REVISION]", help="A repo id, or a local folder's name.", show_default=False)
]


@block.command("publish")
def block_publish(
    graph: Annotated[Path, typer.Argument(help="A graph document (JSON).", show_default=False)],
    nodes: Annotated[
        str, typer.Option(help="Ids of block nodes, with commas between them; several become one.", show_default=False)
    ],
    name: Annotated[str, typer.Option(help="Name of the folder among your local blocks.", show_default=False)],
    push: Annotated[
        str | None, typer.Option(metavar="ORG/NAME", help="Push it to this repo of the hub.", show_default=False)
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Make the hub's repo a private one.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Save block nodes of a graph as a modular repo, which plain diffusers loads. Runs the code of their blocks."""
    with problems_shown(as_json):
        from engine.graph.document import load_graph
        from server.block_publishing import publish_blocks

        chosen = [node.strip() for node in nodes.split(",") if node.strip()]
        published = publish_blocks(
            read_settings(config, data), load_graph(read_file(graph)), chosen, name, push_to=push, private=private,
            say=say,
        )  # fmt: skip
    if as_json:
        print(published.model_dump_json(indent=2))
        return
    print(published.url or published.folder)
    if published.local:
        say(f"Its components load from folders of this machine, which others don't have: {', '.join(published.local)}.")


@block.command("approve")
def block_approve(
    repo: RepoArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask: the code was read elsewhere.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Read a repo without running any of it, and let its code run at that commit."""
    with problems_shown():
        from nodes.diffusion.repos import split_revision
        from nodes.diffusion.trust import ANY_COMMIT
        from server.approving import desk

        name, revision = split_revision(repo)
        with desk(read_settings(config, data), say=say) as here:
            found = here.review(name, revision)
            _show_review(found)
            if found.approved:
                say("It is approved already.")
                return
            if not yes and not typer.confirm("Let this code run on your machine?", err=True):
                raise typer.Exit(BAD_INPUT)
            here.approve(name, ANY_COMMIT if found.local else found.commit)
    print(f"{name}: approved {'as it is and as it will be' if found.local else f'at {found.commit}'}")


@block.command("revoke")
def block_revoke(repo: RepoArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Take back the approval of a repo, at the commit named after @ or at all of them."""
    with problems_shown():
        from nodes.diffusion.repos import split_revision
        from server.approving import desk

        name, commit = split_revision(repo)
        with desk(read_settings(config, data), say=say) as here:
            known = [found for of, found, _ in here.approvals() if of == name and found.startswith(commit or "")]
            revoked = sum(here.revoke(name, found) for found in known)
    print(f"{name}: {revoked} revoked")


@block.command("approvals")
def block_approvals(as_json: JsonOption = False, data: DataOption = None, config: ConfigOption = None) -> None:
    """List the repos whose code may run."""
    with problems_shown(as_json):
        from datetime import datetime

        from server.approving import desk

        with desk(read_settings(config, data), say=say) as here:
            found = here.approvals()
    if as_json:
        print(json.dumps([{"repo": repo, "commit": commit, "time": time} for repo, commit, time in found]))
    else:
        rows = [(repo, commit, f"{datetime.fromtimestamp(time):%Y-%m-%d %H:%M}") for repo, commit, time in found]
        table(("Repo", "Commit", "Approved"), rows)


def _show_review(found: "BlockReview") -> None:
    """What a person looks at before approving; the code itself is in the files named."""
    say(f"{found.repo} at {found.commit}, in {found.folder}")
    if found.origin == "unnamed":
        whose = "it can be anybody's, of a fork or of a pull request"
        say(f"No branch or tag of {found.repo} leads to this commit: {whose}.")
    elif found.origin_ref:
        say(f"It is on {found.origin_ref}.")
    for change in found.diff or []:
        say(change.unified or f"{change.status}: {change.path}")
    table(("Code", "Bytes"), [(file.path, str(file.size)) for file in found.files if file.language == "python"])
    if found.requirements:
        rows = [(item.name + item.specifier, item.installed or "", item.state) for item in found.requirements]
        table(("Package", "Installed", "State"), rows)
    if found.pip:
        say(f"To install what is missing: {found.pip}")
    if found.refers:
        say(f"It refers to {', '.join(found.refers)}; their code does not run.")
    if found.pickles:
        say(f"It holds pickles, which can run code when they are loaded: {', '.join(found.pickles)}")


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
