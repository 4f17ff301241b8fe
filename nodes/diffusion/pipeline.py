"""`diffusion.pipeline`: names a model repo and how to use it. Its output is a pipeline ref: nothing is loaded here."""

from typing import Any

from pydantic import ValidationError

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, NodeType, Port, Preset, Widget
from engine.errors import NodeError, Problem
from nodes.diffusion.lock import changed_folders, repo_need
from nodes.diffusion.ref import ComponentRef, PipelineRef, locked_components
from nodes.diffusion.repos import lock_name, split_revision

SUBJECT = "diffusion.repo"

_REPO = Port(
    name="repo", type="string", title="Repo", required=True,
    description="A repo id such as `org/name` or `org/name@revision`, a folder among the local models, or `demo`.",
    widget=Widget(kind="repo", options=("demo",), placeholder="org/name"),
)  # fmt: skip
_DTYPE = Port(
    name="dtype", type="string", title="Precision", default="auto", advanced=True,
    description="Number format of the weights. Auto: float32 on a CPU, else the half precision that suits the repo.",
    widget=Widget(kind="select", options=("auto", "float32", "float16", "bfloat16")),
)  # fmt: skip
_DEVICE = Port(
    name="device", type="string", title="Device", default="auto", advanced=True,
    description="Where the blocks run. Auto: a GPU if there is one.",
    widget=Widget(kind="select", options=("auto", "cpu", "cuda")),
)  # fmt: skip
_VARIANT = Port(
    name="variant", type="string", title="Variant", advanced=True,
    description="Takes weight files of this name, such as `fp16` for `model.fp16.safetensors`.",
    widget=Widget(kind="text", placeholder="the usual files"),
)  # fmt: skip
_OUTPUT = Port(name="pipeline", type="pipeline", title="Pipeline", description="Says which weights the blocks use.")


def _workflow_port(workflows: tuple[str, ...]) -> Port:
    return Port(
        name="workflow", type="string", title="Workflow", default=workflows[0] if workflows else "",
        description="What the pipeline is used for; the stages downstream follow.",
        widget=Widget(kind="select", options=workflows) if workflows else Widget(kind="text"),
    )  # fmt: skip


def _guidance_port(own: float) -> Port:
    return Port(
        name="guidance_scale", type="float", title="Guidance scale",
        description=f"How closely the result follows the prompt. Empty: the model's own, {own:g}.",
        widget=Widget(kind="slider", min=0, max=30, step=0.1, placeholder=f"{own:g}"),
    )  # fmt: skip


def resolve(view: NodeView) -> Resolved:
    """The interface and the ref, from the repo's description. Raises NodeError for a repo that cannot be used."""
    known = dict(view.params) | dict(view.known)
    unknown = Resolved(Interface(inputs=(_REPO, _workflow_port(()), _DTYPE, _DEVICE, _VARIANT), outputs=(_OUTPUT,)))
    repo = known.get("repo")
    if not isinstance(repo, str) or not repo.strip():
        return unknown
    need = repo_need(SUBJECT, repo, view)
    description = view.descriptions.get(need.key)
    if description is None:
        return Resolved(unknown.interface.model_copy(update={"needs": (need,)}))
    if problem := description.get("problem"):
        raise NodeError(Problem(**problem | {"port": "repo"}))
    interface = _interface(description)
    components, repos = locked_components(description, view.lock)
    ref = _ref(interface, description, known, components)
    name = lock_name(*split_revision(repo))
    return Resolved(
        interface,
        {"pipeline": ref.to_json()},
        repos={name: ref.commit, **repos},
        warnings=(
            *(Problem(code="block_warning", message=text, port="repo") for text in description.get("warnings", ())),
            *changed_folders(name, description, view.lock),
        ),
    )


def _interface(description: Any) -> Interface:
    own = description.get("guidance_scale")
    guidance = (_guidance_port(own),) if own is not None else ()
    workflow = _workflow_port(tuple(description["workflows"]))
    return Interface(inputs=(_REPO, workflow, *guidance, _DTYPE, _DEVICE, _VARIANT), outputs=(_OUTPUT,))


def _ref(
    interface: Interface, description: Any, known: dict[str, Any], components: dict[str, ComponentRef]
) -> PipelineRef:
    set_here: dict[str, Any] = {
        port.name: known[port.name] if known.get(port.name) not in (None, "") else port.default
        for port in interface.inputs
        if port.name != "repo"
    }
    workflows = description["workflows"]
    if workflows and set_here["workflow"] not in workflows:
        raise NodeError(
            f"{description['repo']} has no workflow {set_here['workflow']!r}.",
            remedy=f"Choose one of {', '.join(workflows)}.", port="workflow",
        )  # fmt: skip
    try:
        return PipelineRef(repo=description["repo"], commit=description["commit"], components=components, **set_here)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise NodeError(f"{wrong['input']!r} does not fit: {wrong['msg']}.", port=str(wrong["loc"][0])) from error


DEFINITION = NodeDefinition(
    type=NodeType(
        type="diffusion.pipeline",
        title="Load pipeline",
        category="Diffusion",
        description="Choose a model repo and a workflow. Weights load only when a block that needs them runs.",
        lane="inline",
        dynamic=True,
        interface=Interface(inputs=(_REPO, _workflow_port(()), _DTYPE, _DEVICE, _VARIANT), outputs=(_OUTPUT,)),
        presets=(
            Preset(
                title="Demo model", category="Diffusion", params={"repo": "demo"},
                description="The small model that comes with Blockloom: shapes on plain backgrounds.",
            ),
        ),
        keywords=("model", "checkpoint", "repo", "loader"),
    ),
    resolve=resolve,
)  # fmt: skip
