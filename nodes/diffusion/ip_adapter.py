"""`diffusion.ip_adapter`: puts an IP-Adapter into a pipeline, whose pictures then follow another one.

The adapter becomes plain data in the pipeline ref; nothing loads here. What its weights fit is read off their header.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.errors import NodeError, Problem
from nodes.diffusion.component import CONFIGS
from nodes.diffusion.files import is_pickle
from nodes.diffusion.lock import changed_folders, repo_need
from nodes.diffusion.ref import ComponentRef, IPAdapterRef, PipelineRef, parse_component, parse_ref
from nodes.diffusion.repos import Repos, lock_name, split_revision

SUBJECT = "diffusion.ip_adapter"
FIT = "diffusion.ip_adapter_fit"
ENCODER = "image_encoder"
"""The component that sees the pictures which an IP-Adapter is given."""
IMAGE = "ip_adapter_image"
"""The input of blocks that takes those pictures."""

Layers = dict[str, dict[str, list[float]]]
"""How much a picture counts: `{"up": {"block_0": [0.0, 1.0, 0.0]}}`."""

_STYLE: Layers = {"up": {"block_0": [0.0, 1.0, 0.0]}}
_LAYOUT: Layers = {"down": {"block_2": [0.0, 1.0]}}
PARTS: Mapping[str, Layers | None] = {
    "everything": None,
    "style": _STYLE,
    "layout": _LAYOUT,
    "style and layout": _LAYOUT | _STYLE,
}
"""What of a picture is followed, and which layers do so (None: all). As in https://arxiv.org/abs/2404.02733, for UNets
that are built as SDXL's."""

_PIPELINE = Port(
    name="pipeline", type="pipeline", title="Pipeline", required=True,
    description="The pipeline, from Load pipeline or from another Load IP-Adapter.",
)  # fmt: skip
_REPO = Port(
    name="repo", type="string", title="Repo", required=True,
    description="A repo id such as `h94/IP-Adapter` or `org/name@revision`, or a folder among the local models.",
    widget=Widget(kind="repo", options=("h94/IP-Adapter",), placeholder="org/name"),
)  # fmt: skip
_SCALE = Port(
    name="scale", type="float", title="Scale", default=1.0,
    description="How much the result follows the picture beside the prompt; 0 for not at all.",
    widget=Widget(kind="slider", min=0, max=2, step=0.05),
)  # fmt: skip
_PART = Port(
    name="part", type="string", title="Follows", default="everything",
    description="What of the picture counts. Style and layout are told apart in UNets that are built as SDXL's.",
    widget=Widget(kind="select", options=tuple(PARTS)),
)  # fmt: skip
_LAYERS = Port(
    name="layers", type="json", title="Scale by layer", advanced=True,
    description=(
        "How much the picture counts in which layers, in place of the scale and of what it follows; in layers that are "
        "left out it doesn't count."
    ),
    widget=Widget(kind="json", placeholder='{"up": {"block_0": [0.0, 1.0, 0.0]}}'),
)  # fmt: skip
_ENCODER = Port(
    name=ENCODER, type="component", title="Image encoder", advanced=True,
    description="From Load component. Unconnected: the one in the adapter's repo, or in the pipeline's, that fits.",
)  # fmt: skip
_CHANGED = Port(
    name="pipeline", type="pipeline", title="Pipeline",
    description="The same with the adapter, in the workflow that takes a picture for it.",
)  # fmt: skip


def _interface(files: tuple[str, ...] = ()) -> Interface:
    weights = Port(
        name="weights", type="string", title="Weights", required=len(files) != 1,
        default=files[0] if len(files) == 1 else None,
        description="Which file of the repo, such as `sdxl_models/ip-adapter_sdxl.safetensors`.",
        widget=Widget(kind="combobox", options=files, placeholder="folder/file.safetensors"),
    )  # fmt: skip
    return Interface(inputs=(_PIPELINE, _REPO, weights, _SCALE, _PART, _ENCODER, _LAYERS), outputs=(_CHANGED,))


def resolve(view: NodeView) -> Resolved:
    """The pipeline ref with the adapter in it; `problems` where the adapter does not suit the pipeline.

    Raises NodeError for a repo that can't be used.
    """
    values = dict(view.params) | dict(view.known)
    repo = values.get("repo")
    if not isinstance(repo, str) or not repo.strip():
        return Resolved(_interface())
    need = repo_need(SUBJECT, repo, view)
    description = view.descriptions.get(need.key)
    if description is None:
        return Resolved(_interface().model_copy(update={"needs": (need,)}))
    if problem := description.get("problem"):
        raise NodeError(Problem(**problem | {"port": "repo"}))
    name = lock_name(*split_revision(repo))
    interface = _interface(tuple(description["weights"]))
    given = {port.name: port.default for port in interface.inputs} | {
        name: value for name, value in values.items() if value not in (None, "")
    }
    try:
        found = _adapted(given, description, view)
    except NodeError as error:
        return Resolved(interface, problems=error.problems)
    return Resolved(
        interface if not isinstance(found, Need) else interface.model_copy(update={"needs": (found,)}),
        {"pipeline": found.to_json()} if isinstance(found, PipelineRef) else None,
        repos={name: description["commit"]},
        warnings=changed_folders(name, description, view.lock),
    )


def _adapted(given: Mapping[str, Any], description: Mapping[str, Any], view: NodeView) -> PipelineRef | Need | None:
    """The ref with the adapter; what must be asked first; None while something is not set. Raises NodeError."""
    if given["weights"] is None or given["pipeline"] is None or view.connected - view.params.keys() - view.known.keys():
        return None
    ref, adapter = parse_ref(given["pipeline"]), _adapter(given, description)
    encoder = None if given[ENCODER] is None else _parsed_encoder(given[ENCODER])
    need = _question(ref, adapter, encoder, given["layers"], PARTS[given["part"]])
    fit = view.descriptions.get(need.key)
    if fit is None:
        return need
    if problem := fit.get("problem"):
        raise NodeError(Problem(**problem))
    components = dict(ref.components)
    if fit["encoder"] is not None:
        components[ENCODER] = parse_component(fit["encoder"])
    return ref.model_copy(
        update={
            "components": components,
            "ip_adapters": (*ref.ip_adapters, adapter),
            "workflow": fit["workflow"],
        }
    )


def _adapter(given: Mapping[str, Any], description: Mapping[str, Any]) -> IPAdapterRef:
    file, repo = given["weights"], description["repo"]
    if file in description["pickled"]:
        raise _pickled(repo, file, "weights")
    if file not in description["weights"]:
        raise NodeError(
            f"Repo {repo!r} has no weights {file!r}.", remedy=f"Choose one of {', '.join(description['weights'])}.",
            port="weights", code="missing_file",
        )  # fmt: skip
    port = "scale" if given["layers"] is None else "layers"
    try:
        return IPAdapterRef(repo=repo, commit=description["commit"], file=file, scale=_scale(given))
    except (ValidationError, TypeError) as error:
        raise NodeError(
            "How much the adapter counts is no number, and no object of numbers by layers.",
            remedy='Write it as {"up": {"block_0": [0.0, 1.0, 0.0]}}.', port=port,
        ) from error  # fmt: skip


def _scale(given: Mapping[str, Any]) -> Any:
    """A number, or numbers by layer. Raises TypeError for layers that are no object, NodeError for an unknown part."""
    if given["part"] not in PARTS:
        raise NodeError("The adapter can't follow that.", remedy=f"Choose one of {', '.join(PARTS)}.", port="part")
    if given["layers"] is not None:
        if not isinstance(given["layers"], Mapping):
            raise TypeError(f"no object: {given['layers']!r}")
        return given["layers"]
    if (layers := PARTS[given["part"]]) is None:
        return given["scale"]
    return {
        way: {block: [each * given["scale"] for each in counts] for block, counts in blocks.items()}
        for way, blocks in layers.items()
    }


def _pickled(repo: str, file: str, port: str) -> NodeError:
    return NodeError(
        f"The weights {file} of repo {repo!r} are a pickle, which can run code.",
        remedy="Choose safetensors weights, or switch the setting `pickles` on.", port=port, code="pickled_weights",
    )  # fmt: skip


def _parsed_encoder(value: Any) -> ComponentRef:
    try:
        return parse_component(value)
    except NodeError as error:
        raise NodeError(
            "The image encoder input holds no component.", remedy="Connect a Load component node.", port=ENCODER
        ) from error


def _question(
    ref: PipelineRef, adapter: IPAdapterRef, encoder: ComponentRef | None, layers: Any, part: Layers | None
) -> Need:
    """Whether the adapter fits, whatever its scale: that is moved often."""
    plain = [each.model_copy(update={"scale": 1.0}).model_dump(mode="json") for each in (*ref.ip_adapters, adapter)]
    pipeline = PipelineRef(repo=ref.repo, commit=ref.commit, workflow=ref.workflow, components=ref.components)
    request: dict[str, Any] = {"pipeline": pipeline.to_json(), "adapters": plain}
    if encoder is not None:
        request[ENCODER] = encoder.to_json()
    if layers is not None:
        request["layers"] = layers
    elif part is not None:
        request["part"] = part
    return Need(subject=FIT, request=request)


def missing_adapter(port: str) -> NodeError:
    """A picture for an IP-Adapter comes in at `port` of a block, and the pipeline has none."""
    return NodeError(
        "The block takes a picture for an IP-Adapter, and the pipeline has no IP-Adapter.",
        remedy="Put a Load IP-Adapter node between Load pipeline and this one.", port=port, code="missing_ip_adapter",
    )  # fmt: skip


def describe(repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{repo, revision}` → `{repo, commit, local, in_blocks, weights, pickled}`: files that may be adapters.

    `pickled` are those that can't be loaded since they are pickles. Raises NodeError for a repo without any.
    """
    located = repos.locate(request["repo"], request.get("revision"), latest=bool(request.get("latest")))
    names = repos.files(located)
    models = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in CONFIGS}
    loose = [name for name in names if name.rpartition("/")[0] not in models or "/" not in name]
    weights = [name for name in loose if name.endswith(".safetensors")]
    pickled = [name for name in loose if is_pickle(name)]
    if repos.pickles:
        weights, pickled = weights + pickled, []
    if not weights:
        if pickled:
            raise _pickled(located.repo, pickled[0], "repo")
        raise NodeError(
            f"Repo {located.repo!r} holds no weights of an IP-Adapter.",
            remedy="Choose a repo with safetensors weights beside the models.", port="repo", code="missing_file",
        )  # fmt: skip
    place = {"commit": located.commit, "local": not located.on_hub, "in_blocks": located.in_blocks}
    return {"repo": located.repo, **place, "weights": sorted(weights), "pickled": sorted(pickled)}


DEFINITION = NodeDefinition(
    type=NodeType(
        type="diffusion.ip_adapter",
        title="Load IP-Adapter",
        category="Diffusion",
        description=(
            "Lets a pipeline follow a picture beside the prompt: its style, its face, its content. The pipeline's "
            "workflow becomes the one with an IP-Adapter image."
        ),
        lane="inline",
        dynamic=True,
        interface=_interface(),
        keywords=("ip adapter", "ipadapter", "image prompt", "reference", "style", "style transfer", "face"),
    ),
    resolve=resolve,
)  # fmt: skip
