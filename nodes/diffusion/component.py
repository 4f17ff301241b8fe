"""`diffusion.component` and `diffusion.with_component`: a component of another repo, put in a pipeline's place of one.

Both are plain data on the way to a block: nothing loads here. Pipelines that differ in one component share the rest.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.catalogue.define import NodeDefinition, NodeView, Resolved
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.errors import NodeError, Problem
from nodes.diffusion import pipeline as load_pipeline
from nodes.diffusion.described import of_pipeline
from nodes.diffusion.files import pickles_in, weights_in
from nodes.diffusion.lock import changed_folders, repo_need
from nodes.diffusion.ref import ComponentRef, PipelineRef, parse_component, parse_ref
from nodes.diffusion.repos import Repos, lock_name, split_revision
from nodes.diffusion.requirements import read_object
from nodes.diffusion.trust import LOCAL

SUBJECT = "diffusion.component"
CONFIGS = ("config.json", "scheduler_config.json", "tokenizer_config.json", "preprocessor_config.json")
"""Files that make a folder a component: of models, schedulers, tokenizers and processors."""

_REPO = Port(
    name="repo", type="string", title="Repo", required=True,
    description="A repo id such as `org/name` or `org/name@revision`, or a folder among the local models.",
    widget=Widget(kind="repo", placeholder="org/name"),
)  # fmt: skip
_VARIANT = Port(
    name="variant", type="string", title="Variant", advanced=True,
    description="Takes weight files of this name, such as `fp16` for `model.fp16.safetensors`.",
    widget=Widget(kind="text", placeholder="the usual files"),
)  # fmt: skip
_COMPONENT = Port(
    name="component", type="component", title="Component", description="Says which weights; Replace component takes it."
)


def _subfolder_port(folders: tuple[str, ...]) -> Port:
    return Port(
        name="subfolder", type="string", title="Subfolder", default=folders[0] if len(folders) == 1 else "",
        description="Where in the repo the component is; empty for a repo that holds nothing else.",
        widget=Widget(kind="combobox", options=folders, placeholder="main folder"),
    )  # fmt: skip


def resolve_component(view: NodeView) -> Resolved:
    """The component ref, from what the repo holds. Raises NodeError for a repo or a folder that can't be used."""
    values = dict(view.params) | dict(view.known)
    bare = Interface(inputs=(_REPO, _subfolder_port(()), _VARIANT), outputs=(_COMPONENT,))
    repo = values.get("repo")
    if not isinstance(repo, str) or not repo.strip():
        return Resolved(bare)
    need = repo_need(SUBJECT, repo, view)
    description = view.descriptions.get(need.key)
    if description is None:
        return Resolved(bare.model_copy(update={"needs": (need,)}))
    if problem := description.get("problem"):
        raise NodeError(Problem(**problem | {"port": "repo"}))
    folders = tuple(description["folders"])
    subfolder = values.get("subfolder") or ("" if len(folders) > 1 else folders[0])
    _check_folder(description, subfolder)
    name = lock_name(*split_revision(repo))
    variant = values.get("variant") or None
    ref = ComponentRef(repo=description["repo"], commit=description["commit"], subfolder=subfolder, variant=variant)
    return Resolved(
        Interface(inputs=(_REPO, _subfolder_port(folders), _VARIANT), outputs=(_COMPONENT,)),
        {"component": ref.to_json()},
        repos={name: ref.commit},
        warnings=changed_folders(name, description, view.lock),
    )


def _check_folder(description: Mapping[str, Any], subfolder: str) -> None:
    if subfolder not in description["folders"]:
        where = repr(subfolder) if subfolder else "its main folder"
        raise NodeError(
            f"Repo {description['repo']!r} has no component in {where}.",
            remedy=f"Choose one of {', '.join(folder or 'the main folder' for folder in description['folders'])}.",
            port="subfolder", code="missing_component",
        )  # fmt: skip
    if pickle := description["pickled"].get(subfolder):
        raise NodeError(
            f"The weights {pickle} of repo {description['repo']!r} are a pickle, which can run code.",
            remedy="Choose a repo with safetensors weights, or switch the setting `pickles` on.",
            port="subfolder", code="pickled_weights",
        )  # fmt: skip


def describe(repos: Repos, request: Mapping[str, Any]) -> dict[str, Any]:
    """`{repo, revision}` → `{repo, commit, local, in_blocks, folders, pickled}`.

    `folders` says which class is in which folder, `pickled` where the weights are pickles only. Raises NodeError for a
    repo that can't be had or has no component. Reads configs only.
    """
    located = repos.locate(request["repo"], request.get("revision"), latest=bool(request.get("latest")))
    names = repos.files(located)
    places = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in CONFIGS and name.count("/") < 3}
    found = {place: cls for place in sorted(places) if (cls := _class_in(located.folder / place)) is not None}
    if not found:
        raise NodeError(
            f"Repo {located.repo!r} holds no component: no folder has a config of one.",
            remedy="Check the repo's name.", code="missing_component",
        )  # fmt: skip
    pickled = {
        place: pickles[0]
        for place in found
        if not repos.pickles and not weights_in(names, place, None) and (pickles := pickles_in(names, place))
    }
    place = {"commit": located.commit, "local": not located.on_hub, "in_blocks": located.in_blocks}
    return {"repo": located.repo, **place, "folders": found, "pickled": pickled}


def _class_in(folder: Any) -> str | None:
    """The class that a component's config names; None if it is none of a component."""
    for name in CONFIGS:
        config = read_object(folder / name) or {}
        named = config.get("_class_name") or config.get("tokenizer_class") or config.get("image_processor_type")
        architectures = config.get("architectures")
        named = named or (architectures[0] if isinstance(architectures, list) and architectures else None)
        if isinstance(named, str):
            return named
    return None


# Replace component

PIPELINE = Port(
    name="pipeline", type="pipeline", title="Pipeline", required=True, description="The pipeline, from Load pipeline."
)
_GIVEN = Port(name="component", type="component", title="Component", required=True, description="From Load component.")
_CHANGED = Port(
    name="pipeline",
    type="pipeline",
    title="Pipeline",
    description="The same with this component instead of its own.",
)


def _name_port(names: tuple[str, ...]) -> Port:
    return Port(
        name="name", type="string", title="Name", default="",
        description="Which component of the pipeline it replaces. Empty: the one that its folder is named after.",
        widget=Widget(kind="combobox", options=("", *names), placeholder="as its folder"),
    )  # fmt: skip


def resolve_replacement(view: NodeView) -> Resolved:
    """The pipeline ref with the component in it. Raises NodeError if the pipeline has no component of the name."""
    bare = Interface(inputs=(PIPELINE, _GIVEN, _name_port(())), outputs=(_CHANGED,))
    return of_pipeline(view, bare, partial(known_need, view), partial(_replaced, view))


def _replaced(view: NodeView, ref: PipelineRef, description: Mapping[str, Any]) -> Resolved:
    names = tuple(item["name"] for item in description["components"] if item["from"] == "from_pretrained")
    interface = Interface(inputs=(PIPELINE, _GIVEN, _name_port(names)), outputs=(_CHANGED,))
    if view.known.get("component") is None:
        return Resolved(interface)
    component = parse_component(view.known["component"])
    name = _named(component, view.known.get("name", view.params.get("name")))
    if name not in names:
        raise NodeError(
            f"The pipeline {ref.repo!r} has no component {name!r}.", remedy=f"It has {', '.join(names)}.", port="name"
        )
    return Resolved(interface, replace_component(pipeline=ref, component=component, name=name))


def replace_component(*, pipeline: Any, component: Any, name: str = "") -> dict[str, Any]:
    """`{"pipeline": ref}` of the pipeline with the component in it. Raises NodeError if either is none."""
    ref, given = parse_ref(pipeline), parse_component(component)
    components = {**ref.components, _named(given, name): given}
    return {"pipeline": ref.model_copy(update={"components": components}).to_json()}


def _named(component: ComponentRef, name: Any) -> str:
    found = name or component.subfolder.rpartition("/")[2]
    if not found:
        raise NodeError("It is not said which component is replaced.", remedy="Choose a name.", port="name")
    return str(found)


def known_need(view: NodeView, ref: PipelineRef) -> Need:
    """The question about the pipeline's repo: as Load pipeline asked it, where that can be told."""
    plain = Need(subject=load_pipeline.SUBJECT, request={"repo": ref.repo, "revision": None})
    if ref.commit.startswith(LOCAL) or view.descriptions.get(plain.key, {}).get("commit") == ref.commit:
        return plain
    return Need(subject=load_pipeline.SUBJECT, request={"repo": ref.repo, "revision": ref.commit})


LOAD = NodeDefinition(
    type=NodeType(
        type="diffusion.component",
        title="Load component",
        category="Diffusion",
        description="Choose one component of any repo, such as another VAE, to put it into a pipeline.",
        lane="inline",
        dynamic=True,
        interface=Interface(inputs=(_REPO, _subfolder_port(()), _VARIANT), outputs=(_COMPONENT,)),
        keywords=("vae", "unet", "transformer", "text encoder", "scheduler", "model", "loader"),
    ),
    resolve=resolve_component,
)
REPLACE = NodeDefinition(
    type=NodeType(
        type="diffusion.with_component",
        title="Replace component",
        category="Diffusion",
        description="The same pipeline with another component in place of its own. What stays the same is loaded once.",
        lane="inline",
        dynamic=True,
        interface=Interface(inputs=(PIPELINE, _GIVEN, _name_port(())), outputs=(_CHANGED,)),
        keywords=("vae", "unet", "transformer", "swap", "override", "share"),
    ),
    function=replace_component,
    resolve=resolve_replacement,
)
