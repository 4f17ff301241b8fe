"""The pipeline ref: plain data that says which weights a block runs with."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, ValidationError

from engine.catalogue.spec import Data
from engine.errors import NodeError

DType = Literal["auto", "float32", "float16", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]


class PipelineRef(Data):
    """Which weights, and how they are used. `commit` pins the files of `repo`; "" as `workflow` means all blocks.

    `guidance_scale` is None for the model's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["pipeline"] = "pipeline"
    repo: str
    commit: str
    workflow: str = ""
    dtype: DType = "auto"
    device: Device = "auto"
    variant: str | None = None
    guidance_scale: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The ref as it travels in the graph; options at their defaults are left out."""
        return {"kind": self.kind, **self.model_dump(exclude_defaults=True)}


def parse_ref(value: Any) -> PipelineRef:
    """Raises NodeError if `value` is no pipeline ref."""
    if isinstance(value, PipelineRef):
        return value
    try:
        return PipelineRef.model_validate(dict(value) if isinstance(value, Mapping) else value)
    except ValidationError as error:
        raise NodeError(
            "The pipeline input holds no pipeline.", remedy="Connect a Load pipeline node.", port="pipeline"
        ) from error
