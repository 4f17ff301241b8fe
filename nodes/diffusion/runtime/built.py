"""A block made ready to run: its own pipeline object without weights, and what is known of its inputs and outputs."""

import copy
import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from diffusers import ModelMixin
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from nodes.diffusion.own_code import has_code
from nodes.diffusion.parts import Part
from nodes.diffusion.ports import look
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.repos import Located, Repos, require_commit
from nodes.diffusion.runtime.blocks import (
    Pipeline,
    block_at,
    has_own_code,
    in_workflow,
    loops,
    pipeline_of,
    require_runnable,
    root_pipeline,
)
from nodes.diffusion.runtime.composed import Homes, bring_specs, compose, homes_of, require_commits
from nodes.diffusion.runtime.describe import describe_block, describe_within
from nodes.diffusion.runtime.foreign import home_of, own_components
from nodes.diffusion.runtime.schedulers import is_scheduler, uses_scheduler
from nodes.diffusion.runtime.stand_in import StandIn
from nodes.diffusion.runtime.weights import read_config, stored_tensor

_KEPT = 64
_built: "OrderedDict[tuple[Hashable, ...], Built]" = OrderedDict()


@dataclass(frozen=True)
class Built:
    """`inputs` and `outputs` by name, as in the block's description. Between runs `pipe` holds no models.

    `groups` are those of which the block takes or makes parts, `open_groups` those that it takes whatever is in them.
    `own_code`: some of the blocks come from elsewhere than diffusers. `undeclared`: what else the pipeline has that is
    no model, in case that the block uses it all the same. `picture_mode` is that of the pictures its VAE encodes.
    `vae` stands in for that where it is not at hand, whether the workflow uses it or not.
    `asks_negative`: it makes negative embeddings only if it is given a negative prompt, and the guider needs them.
    """

    pipe: Pipeline
    located: Located
    inputs: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]]
    groups: tuple[str, ...]
    open_groups: frozenset[str]
    absent: frozenset[str]
    own_code: bool
    undeclared: tuple[Any, ...]
    picture_mode: str
    vae: StandIn | None
    asks_negative: bool

    def requires(self, name: str) -> bool:
        return name in self.inputs and bool(self.inputs[name]["required"])

    def makes_pictures(self) -> bool:
        """Whether an output holds pictures: sounds have no such form to ask for."""
        return any(look(item).type in ("image", "list[image]") for item in self.outputs.values())

    def from_config(self, spec: Any, ref: PipelineRef) -> Any:
        """A fresh component that has no weights (guider, image processor), with the ref's guidance scale."""
        config = dict(spec.config or {})
        if spec.name == "guider" and ref.guidance_scale is not None:
            config["guidance_scale"] = ref.guidance_scale
        return spec.create(config=config)


def built(
    repos: Repos,
    ref: PipelineRef,
    path: str,
    parts: tuple[Part, ...] = (),
    commits: Mapping[str, str] = MappingProxyType({}),
) -> Built:
    """The block at `path`, or composed of `parts` at `commits`, made once and kept.

    Raises NodeError if a repo or block is not there, or may not run.
    """
    located = repos.locate(ref.repo, ref.commit)
    require_commit(located, ref.commit, "pipeline")
    if has_code(located):
        repos.require_approval(located)  # it may have been taken back since the block was made
    homes = homes_of(repos, parts, commits)
    require_commits(homes, commits)
    elsewhere = tuple(sorted(ref.components.items()))
    key = (str(located.folder), located.commit, ref.workflow, path, parts, tuple(homes.values()), elsewhere)
    if key not in _built:
        _built[key] = build(located, repos, ref, path, parts, homes)
        while len(_built) > _KEPT:
            _built.popitem(last=False)
    _built.move_to_end(key)
    return _built[key]


def build(located: Located, repos: Repos, ref: PipelineRef, path: str, parts: tuple[Part, ...], homes: Homes) -> Built:
    """As `built`, made anew each time; `located` and `homes` are where the repos of the pipeline and of parts are."""
    root = root_pipeline(located, repos)
    blocks = in_workflow(root._blocks, ref.workflow)
    require_runnable(blocks, path)
    block = compose(repos, blocks, parts, homes) if parts else block_at(blocks, path)
    pipe = pipeline_of(type(root), block, located)
    _take_specs(pipe, blocks)
    bring_specs(repos, pipe, parts, homes)

    def config_of(spec: Any) -> Mapping[str, Any]:
        return read_config(home_of(repos, ref, located, spec).folder)

    def stand_in(spec: Any) -> StandIn | None:
        home = home_of(repos, ref, located, spec)
        stored = functools.partial(stored_tensor, repos, home.located, home.subfolder, home.variant)
        config = read_config(home.folder)
        return StandIn(spec.type_hint, config, stored) if config and _is_model(spec) else None

    for spec in _elsewhere(pipe, root, blocks):
        if (found := stand_in(spec)) is not None:
            setattr(pipe, spec.name, found)
    pipe.register_to_config(
        **{name: root.config[name] for name in root._config_specs.keys() - pipe._config_specs.keys()}
    )
    for loop in loops(block):
        loop._progress_bar_config = {"disable": True}
    if parts:
        described = describe_within(blocks, block, path, after={param.name for param in block.inputs})
    else:
        described = describe_block(root._blocks, ref.workflow, path)
    return Built(
        pipe=pipe,
        located=located,
        inputs={item["name"]: item for item in described["inputs"] if item["name"]},
        outputs={item["name"]: item for item in described["outputs"]},
        groups=tuple(
            sorted({item["group"] for item in (*described["inputs"], *described["outputs"]) if item["group"]})
        ),
        open_groups=frozenset(param.kwargs_type for param in block.inputs if param.kwargs_type),
        absent=frozenset(_absent(pipe, located) - ref.components.keys()),
        own_code=has_own_code(block),
        undeclared=tuple(_undeclared(pipe, root, block)),
        picture_mode=_picture_mode(root, config_of),
        vae=stand_in(root.get_component_spec("vae")) if "vae" in root.pretrained_component_names else None,
        asks_negative="guider" in root.component_names and _encodes_blindly(block),
    )


def _take_specs(pipe: Pipeline, blocks: ModularPipelineBlocks) -> None:
    """A pipeline has one guider, though its blocks may ask for different ones: its stages take that of the whole."""
    for spec in blocks.expected_components:
        if spec.name in pipe.component_names and spec.default_creation_method == "from_config":
            pipe._component_specs[spec.name] = copy.deepcopy(spec)


def _absent(pipe: Pipeline, located: Located) -> set[str]:
    """The components that the repo has not, as far as it and its blocks say."""
    return set(pipe.pretrained_component_names) - own_components(pipe, located).keys()


def _elsewhere(pipe: Pipeline, root: Pipeline, blocks: ModularPipelineBlocks) -> Iterator[Any]:
    """The specs of models that only other stages of `blocks` hold. A stage is to know their configs.

    Pipelines take default sizes, the VAE's scale factor and statistics of latents from whatever model they have, so
    without this a stage by itself would assume other values than the whole pipeline does.
    """
    for name in {spec.name for spec in blocks.expected_components} - set(pipe.component_names):
        if name in root.pretrained_component_names:
            yield root.get_component_spec(name)


def _is_model(spec: Any) -> bool:
    """Whether a spec is of a model of diffusers, which is known by its config."""
    return isinstance(spec.type_hint, type) and issubclass(spec.type_hint, ModelMixin)


def _picture_mode(root: Pipeline, config_of: Callable[[Any], Mapping[str, Any]]) -> str:
    """Most VAEs take no transparency, and none may reach them; some are made for it."""
    if "vae" not in root.pretrained_component_names:
        return "RGB"
    config = config_of(root.get_component_spec("vae"))
    return "RGBA" if 4 in (config.get("in_channels"), config.get("input_channels")) else "RGB"


def _encodes_blindly(block: ModularPipelineBlocks) -> bool:
    """Whether negative embeddings are made by a block that has no guider to ask whether they are needed."""
    if block.sub_blocks:
        return any(map(_encodes_blindly, block.sub_blocks.values()))
    takes = any(param.name == "negative_prompt" for param in block.inputs)
    makes = "negative_prompt_embeds" in block.intermediate_output_names
    return takes and makes and "guider" not in block.component_names


def _undeclared(pipe: Pipeline, root: Pipeline, block: ModularPipelineBlocks) -> Iterator[Any]:
    """The specs of the root's schedulers, if the block uses any, guiders and processors that `pipe` lacks."""
    scheduling = uses_scheduler(block)
    for name in set(root.component_names) - set(pipe.component_names):
        spec = root.get_component_spec(name)
        if spec.default_creation_method == "from_config" or (scheduling and is_scheduler(spec.type_hint)):
            yield spec
