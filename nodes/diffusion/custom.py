"""`diffusion.custom`: the blocks of any repo as one node; type a repo id or a local folder and its ports grow.

Code of the repo runs in a worker, after approval. What its author says in `mellon_pipeline_config.json` is laid over
the ports that follow from the blocks themselves.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from engine.catalogue.context import Context
from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.errors import NodeError, Problem
from nodes.diffusion import overlay
from nodes.diffusion.block import environment
from nodes.diffusion.describer import Describer
from nodes.diffusion.heavy import runtime
from nodes.diffusion.interfaces import Interfaces
from nodes.diffusion.lock import changed_folders, repo_need
from nodes.diffusion.missing import missing_of, missing_warnings
from nodes.diffusion.names import as_ports, block_name
from nodes.diffusion.own_code import has_code, require_packages
from nodes.diffusion.ports import input_ports, output_ports
from nodes.diffusion.ref import PipelineRef, locked_components
from nodes.diffusion.repos import Repos, lock_name, split_revision

SUBJECT = "diffusion.custom"

_REPO = Port(
    name="repo", type="string", title="Repo", required=True,
    description="A repo id such as `org/name` or `org/name@revision`, or a folder of yours among the local blocks.",
    widget=Widget(kind="repo", placeholder="org/name"),
)  # fmt: skip


def _workflow_port(workflows: tuple[str, ...], chosen: str) -> Port:
    return Port(
        name="workflow", type="string", title="Workflow", default=chosen,
        description="What the pipeline is used for; the other ports follow. Unset, it follows from what is connected.",
        widget=Widget(kind="select", options=workflows),
    )  # fmt: skip


def _pipeline_port(*, required: bool) -> Port:
    return Port(
        name="pipeline", type="pipeline", title="Pipeline", required=required, advanced=not required,
        description="Shares its components of the same name that the block's own repo does not bring, its precision "
        "and its device.",
    )  # fmt: skip


_BARE = Interface(inputs=(_REPO, _pipeline_port(required=False)))


def resolve(view: NodeView) -> Resolved:
    """The ports of the repo's blocks. Raises NodeError if there are none, or if their code may not run."""
    values = dict(view.params) | dict(view.known)
    if not (text := _repo_text(values)):
        return Resolved(_BARE)
    asked, description = _described(text, values, view)
    if description is None:
        return Resolved(_BARE.model_copy(update={"needs": (asked,)}))
    interface, warnings = _interfaces.of(asked.key, description, view.connected, values)
    components, repos = locked_components(description, view.lock)
    source = PipelineRef(
        repo=description["repo"], commit=description["commit"], workflow=description["workflow"], components=components
    )
    name = lock_name(*split_revision(text))
    return Resolved(
        interface,
        bound={"source": source.to_json()},
        repos={name: source.commit, **repos},
        warnings=(
            *(Problem(code="block_warning", message=text, port="repo") for text in warnings),
            *missing_warnings(description["missing"], "repo"),
            *changed_folders(name, description, view.lock),
        ),
    )


def need(view: NodeView) -> Need | None:
    """The question whose answer describes the node's blocks, as far as can be told; None if no repo is named yet.

    Raises NodeError for a repo that can't be used.
    """
    values = dict(view.params) | dict(view.known)
    return _described(text, values, view)[0] if (text := _repo_text(values)) else None


def _repo_text(values: Mapping[str, Any]) -> str:
    text = values.get("repo")
    if text is not None and not isinstance(text, str):
        raise NodeError("The repo must be named by text.", port="repo")
    return (text or "").strip()


def _described(text: str, values: Mapping[str, Any], view: NodeView) -> tuple[Need, Mapping[str, Any] | None]:
    """The question about the repo in its workflow, with the answer, None if there is none yet. Raises NodeError.

    Where no workflow is set, it follows from what is connected and set.
    """
    workflow = values.get("workflow")
    more = {"workflow": workflow} if workflow and isinstance(workflow, str) else {}
    asked, description = _answer(text, view, more)
    if description is None or more:
        return asked, description
    given = view.connected | {name for name, value in values.items() if value not in (None, "")}
    fitting = fitting_workflow(description["asks"], {block_name(port) for port in given})
    if fitting in (None, description["workflow"]):
        return asked, description
    return _answer(text, view, {"workflow": fitting})


def _answer(text: str, view: NodeView, more: Mapping[str, Any]) -> tuple[Need, Mapping[str, Any] | None]:
    asked = repo_need(SUBJECT, text, view, **more)
    description = view.descriptions.get(asked.key)
    if description is not None and (problem := description.get("problem")):
        raise NodeError(Problem(**problem | {"port": "repo"}))
    return asked, description


def fitting_workflow(asks: Mapping[str, list[str]], given: Collection[str]) -> str | None:
    """Of the workflows, by the inputs that each asks for, the one that uses most of those `given`; None if none can."""
    possible = [name for name, wanted in asks.items() if wanted and all(each in given for each in wanted)]
    return max(possible, key=lambda name: len(asks[name]), default=None)


def block_ports(description: Mapping[str, Any], connected: frozenset[str] = frozenset()) -> overlay.Laid:
    """The ports of the described blocks as their author wants them shown, and what of that does not fit.

    They are named, as `connected` is, as in the block.
    """
    inputs, own_warnings = overlay.declared(input_ports(description, connected), _metadata(description))
    if description["leaf"] and not description["mellon"]:
        inputs = tuple(_shown(port, description) for port in inputs)
    laid = overlay.lay_over(inputs, output_ports(description), description["mellon"])
    return overlay.Laid(laid.inputs, laid.outputs, (*description["warnings"], *own_warnings, *laid.warnings))


def _shown(port: Port, description: Mapping[str, Any]) -> Port:
    """A single block has few inputs, and each is there for a reason."""
    own = any(item["name"] == port.name and not item["group"] for item in description["inputs"])
    return port.model_copy(update={"advanced": port.advanced and not own})


def _metadata(description: Mapping[str, Any]) -> dict[str, Any]:
    return {item["name"]: item["mellon"] for item in description["inputs"] if item.get("mellon")}


def describe(describer: Describer, repos: Repos, data_dir: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{repo, revision, workflow?}` → what `runtime.custom.described` says, and where that is: `repo`, `commit`, ….

    `foreign` are the components in other repos with the commits of those; with `latest` the hub is asked anew.
    `missing` are packages that are not installed, by the component that needs them. Raises NodeError besides for code
    that is not approved or lacks packages. Runs in a worker; imports diffusers only for an answer that is not kept yet.
    """
    latest = bool(request.get("latest"))
    located = repos.locate(request["repo"], request.get("revision"), latest=latest)
    conflicts: list[str] = []
    if has_code(located):
        repos.require_approval(located)
        conflicts = require_packages(located)
    workflow = request.get("workflow") or ""

    def make() -> dict[str, Any]:
        made: dict[str, Any] = runtime("custom").described(located, repos, data_dir, workflow)
        return made

    facts = describer.kept(["custom", located.repo, located.commit, workflow], make)
    foreign = runtime("foreign").resolved(repos, facts["foreign"], latest=latest) if facts["foreign"] else []
    place = {"commit": located.commit, "local": not located.on_hub, "in_blocks": located.in_blocks}
    told = {"warnings": [*conflicts, *facts["warnings"]], "missing": missing_of(facts["packages"], facts["packages"])}
    return {**facts, "repo": located.repo, **place, "foreign": foreign, **told}


def _interface(description: Mapping[str, Any], connected: frozenset[str]) -> tuple[Interface, tuple[str, ...]]:
    laid = block_ports(description, connected)
    workflows = tuple(description["workflows"])
    own = (_REPO, _workflow_port(workflows, description["workflow"])) if workflows else (_REPO,)
    pipeline, inputs = _pipeline_port(required=bool(description["lacks"])), as_ports(laid.inputs)
    inputs = (*own, pipeline, *inputs) if pipeline.required else (*own, *inputs, pipeline)
    return Interface(inputs=inputs, outputs=as_ports(laid.outputs)), laid.warnings


_interfaces = Interfaces(_interface, limit=256)


def run(context: Context, **inputs: Any) -> Mapping[str, Any]:
    """Run the repo's blocks in a worker; see `nodes.diffusion.runtime.custom`."""
    outputs: Mapping[str, Any] = runtime("custom").run_custom(context, **inputs)
    return outputs


DEFINITION = NodeDefinition(
    type=NodeType(
        type=SUBJECT,
        title="Custom block",
        category="Diffusion",
        description="Runs the blocks of any repo, or of a folder of yours. Its ports follow from them. Their code runs "
        "only after you have approved it.",
        lane="gpu",
        cache="always",
        dynamic=True,
        interface=_BARE,
        keywords=("modular", "repo", "hub", "code", "extension", "diffusers"),
    ),
    function=run,
    context_parameter="context",
    resolve=resolve,
    environment=environment(),
)  # fmt: skip
