"""The diffusion pack: its node definitions, and what it brings to a worker."""

from collections.abc import Mapping
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.pack import WorkerFacts, WorkerSide
from nodes.diffusion import block, custom, pipeline
from nodes.diffusion.heavy import runtime


def definitions() -> list[NodeDefinition]:
    """For server and worker alike; imports neither torch nor diffusers."""
    return [pipeline.DEFINITION, block.DEFINITION, custom.DEFINITION]


def worker_side(facts: WorkerFacts) -> WorkerSide:
    """Value kinds, describers and the component store. Imports nothing heavy itself: `warm` does, in the background."""
    from nodes.diffusion.describer import Describer
    from nodes.diffusion.repos import Repos
    from nodes.diffusion.runtime.components import ComponentStore
    from nodes.diffusion.runtime.tensors import TensorKind

    repos = Repos(facts)
    store, describer = ComponentStore(facts, repos), Describer(facts.data_dir, repos)

    def describe_block(request: Mapping[str, Any]) -> dict[str, Any]:
        if not request.get("parts"):
            return describer.block(request)
        description: dict[str, Any] = runtime("composed").describe(describer, repos, request)
        return description

    def describe_custom(request: Mapping[str, Any]) -> dict[str, Any]:
        return custom.describe(describer, repos, facts.data_dir, request)

    return WorkerSide(
        kinds=(TensorKind(),),
        describers={
            pipeline.SUBJECT: describer.repo,
            block.SUBJECT: describe_block,
            custom.SUBJECT: describe_custom,
        },
        states={"components": store},
        models=store,
        warm=warm,
    )


def warm() -> None:
    """Import what the first run needs: torch, transformers and diffusers' modular part."""
    runtime("run")
