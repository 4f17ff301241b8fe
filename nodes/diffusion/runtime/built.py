"""A block made ready to run: its own pipeline object without weights, and what is known of its inputs and outputs."""

from collections import OrderedDict
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from diffusers import ModelMixin
from diffusers.configuration_utils import FrozenDict

from engine.errors import STALE_DESCRIPTION, NodeError
from nodes.diffusion.ports import GROUP
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.runtime.blocks import Pipeline, block_at, has_own_code, in_workflow, loops, root_pipeline
from nodes.diffusion.runtime.describe import input_facts, output_facts
from nodes.diffusion.runtime.repos import Located, Repos
from nodes.diffusion.runtime.weights import components_in_index, read_config

_KEPT = 64
_built: "OrderedDict[tuple[str, str, str, str], Built]" = OrderedDict()


@dataclass(frozen=True)
class Built:
    """`inputs` and `outputs` by name, as in the block's description. Between runs `pipe` holds no models.

    `own_code`: some of the blocks come from elsewhere than diffusers.
    """

    pipe: Pipeline
    located: Located
    inputs: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]]
    takes_group: bool
    absent: frozenset[str]
    own_code: bool

    def from_config(self, name: str, ref: PipelineRef) -> Any:
        """A fresh component that has no weights (guider, image processor), with the ref's guidance scale."""
        spec = self.pipe.get_component_spec(name)
        config = dict(spec.config or {})
        if name == "guider" and ref.guidance_scale is not None:
            config["guidance_scale"] = ref.guidance_scale
        return spec.create(config=config)


def built(repos: Repos, ref: PipelineRef, path: str) -> Built:
    """The block at `path`, made once and kept. Raises NodeError if the repo or the block is not there."""
    located = repos.locate(ref.repo, ref.commit)
    if located.commit != ref.commit:
        raise NodeError(
            f"The files of repo {ref.repo!r} have changed since they were described.",
            remedy="Run it again; the repo is read anew.", port="pipeline", code=STALE_DESCRIPTION,
        )  # fmt: skip
    key = (str(located.folder), located.commit, ref.workflow, path)
    if key not in _built:
        _built[key] = _build(located, ref.workflow, path)
        while len(_built) > _KEPT:
            _built.popitem(last=False)
    _built.move_to_end(key)
    return _built[key]


def _build(located: Located, workflow: str, path: str) -> Built:
    root = root_pipeline(located)
    blocks = in_workflow(root._blocks, workflow)
    block = block_at(blocks, path)
    pipe = type(root)(blocks=block, pretrained_model_name_or_path=str(located.folder), local_files_only=True)
    _stand_in(pipe, root, located)
    for loop in loops(block):
        loop._progress_bar_config = {"disable": True}
    grouped = {output.name for output in blocks.intermediate_outputs if output.kwargs_type == GROUP}
    inputs = input_facts(block, grouped, set())
    wanted = set(pipe.pretrained_component_names)
    return Built(
        pipe=pipe,
        located=located,
        inputs={item["name"]: item for item in inputs if item["name"]},
        outputs={item["name"]: item for item in output_facts(block, grouped, None)},
        takes_group=any(param.kwargs_type == GROUP for param in block.inputs),
        absent=frozenset(wanted - set(components_in_index(located.folder))),
        own_code=has_own_code(block),
    )


def _stand_in(pipe: Pipeline, root: Pipeline, located: Located) -> None:
    """Let a stage know the configs of models that only other stages hold.

    Pipelines take default sizes and the VAE's scale factor from whatever model they have, so without this a stage by
    itself would assume other sizes than the whole pipeline does.
    """
    for name in set(root.pretrained_component_names) - set(pipe.component_names):
        spec = root.get_component_spec(name)
        config = read_config(located.folder / (spec.subfolder or name))
        if config and isinstance(spec.type_hint, type) and issubclass(spec.type_hint, ModelMixin):
            setattr(pipe, name, SimpleNamespace(config=FrozenDict(config)))
