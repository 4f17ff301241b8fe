"""The diffusion pack: its node definitions, and what it brings to a worker."""

from collections.abc import Mapping
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.pack import WorkerFacts, WorkerSide
from nodes.diffusion import block, pipeline
from nodes.diffusion.heavy import runtime


def definitions() -> list[NodeDefinition]:
    """For server and worker alike; imports neither torch nor diffusers."""
    return [pipeline.DEFINITION, block.DEFINITION]


def worker_side(facts: WorkerFacts) -> WorkerSide:
    """Value kinds, describers and the component store. Imports nothing heavy itself: `warm` does, in the background."""
    from nodes.diffusion.runtime.components import ComponentStore
    from nodes.diffusion.runtime.repos import Repos
    from nodes.diffusion.runtime.tensors import TensorKind

    repos = Repos(facts)
    store = ComponentStore(facts, repos)

    def describe_repo(request: Mapping[str, Any]) -> dict[str, Any]:
        description: dict[str, Any] = runtime("describe").Describer(facts.data_dir, repos).repo(request)
        return description

    def describe_block(request: Mapping[str, Any]) -> dict[str, Any]:
        description: dict[str, Any] = runtime("describe").Describer(facts.data_dir, repos).block(request)
        return description

    return WorkerSide(
        kinds=(TensorKind(),),
        describers={pipeline.SUBJECT: describe_repo, block.SUBJECT: describe_block},
        states={"components": store},
        models=store,
        warm=warm,
    )


def warm() -> None:
    """Import what the first run needs: torch, transformers and diffusers' modular part."""
    runtime("run")
