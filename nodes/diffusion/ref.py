"""The pipeline ref: plain data that says which weights a block runs with."""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from engine.catalogue.spec import Data
from engine.errors import NodeError
from nodes.diffusion.repos import lock_name

DType = Literal["auto", "float32", "float16", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]


class ComponentRef(Data):
    """One component: weights below `subfolder` ("" for the main folder) of a repo at a commit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["component"] = "component"
    repo: str
    commit: str
    subfolder: str = ""
    variant: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The ref as it travels in the graph; options at their defaults are left out."""
        return {"kind": self.kind, **self.model_dump(exclude_defaults=True)}


ADAPTED = "unet"
"""The component that IP-Adapters become a part of."""


_Counts = float | list[float]


class IPAdapterRef(Data):
    """An IP-Adapter: the weights in `file` of a repo at a commit. `scale` says how much it counts, 0 for not at all.

    A dict says it by layers, as diffusers' `set_ip_adapter_scale` takes it; what it leaves out counts for nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    repo: str
    commit: str
    file: str
    scale: float | dict[str, _Counts | dict[str, _Counts]] = 1.0


class PipelineRef(Data):
    """Which weights, and how they are used. `commit` pins the files of `repo`; "" as `workflow` means all blocks.

    `guidance_scale` is None for the model's own. `components` are those whose weights are not below the repo's own
    folder: its index points elsewhere, or a node replaced them. `ip_adapters` are put into the component `ADAPTED`.
    `dtypes` are the precisions of components that differ from `dtype`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["pipeline"] = "pipeline"
    repo: str
    commit: str
    workflow: str = ""
    dtype: DType = "auto"
    dtypes: dict[str, Literal["float32", "float16", "bfloat16"]] = Field(default_factory=dict)
    device: Device = "auto"
    variant: str | None = None
    guidance_scale: float | None = None
    components: dict[str, ComponentRef] = Field(default_factory=dict)
    ip_adapters: tuple[IPAdapterRef, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The ref as it travels in the graph; options at their defaults are left out."""
        return {"kind": self.kind, **self.model_dump(mode="json", exclude_defaults=True)}


_Ref = TypeVar("_Ref", PipelineRef, ComponentRef)


def parse_ref(value: Any) -> PipelineRef:
    """Raises NodeError if `value` is no pipeline ref."""
    return _parsed(PipelineRef, value, "pipeline")


def parse_component(value: Any) -> ComponentRef:
    """Raises NodeError if `value` is no component ref."""
    return _parsed(ComponentRef, value, "component")


def _parsed(kind: type[_Ref], value: Any, port: str) -> _Ref:
    """What came in at `port`, which has the name of what it takes."""
    if isinstance(value, kind):
        return value
    try:
        return kind.model_validate(dict(value) if isinstance(value, Mapping) else value)
    except ValidationError as error:
        raise NodeError(
            f"The {port} input holds no {port}.", remedy=f"Connect a Load {port} node.", port=port
        ) from error


def locked_components(
    description: Mapping[str, Any], lock: Mapping[str, str]
) -> tuple[dict[str, ComponentRef], dict[str, str]]:
    """The components of a described repo that are in other repos, and those repos' commits as the lock names them.

    The graph's lock decides at which commit a repo of the hub is used; a local folder is used as it is.
    """
    components: dict[str, ComponentRef] = {}
    repos: dict[str, str] = {}
    for item in description.get("foreign", ()):
        name = lock_name(item["repo"], item["revision"])
        commit = item["commit"] if item["local"] else lock.get(name, item["commit"])
        components[item["name"]] = ComponentRef(
            repo=item["repo"], commit=commit, subfolder=item["subfolder"], variant=item["variant"]
        )
        repos[name] = commit
    return components, repos
