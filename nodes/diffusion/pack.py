"""The diffusion pack: its node definitions, and what it brings to a worker."""

import threading
from collections.abc import Mapping
from typing import Any

from engine.catalogue.define import NodeDefinition
from engine.catalogue.pack import Describer as Describe
from engine.catalogue.pack import WorkerFacts, WorkerSide
from nodes.diffusion import asking, block, component, custom, families, ip_adapter, objects, pipeline, precision
from nodes.diffusion.heavy import runtime


def definitions() -> list[NodeDefinition]:
    """For server and worker alike; imports neither torch nor diffusers."""
    return [
        pipeline.DEFINITION,
        component.LOAD,
        component.REPLACE,
        precision.DEFINITION,
        ip_adapter.DEFINITION,
        block.DEFINITION,
        custom.DEFINITION,
        objects.DEFINITION,
    ]


def worker_side(facts: WorkerFacts) -> WorkerSide:
    """Value kinds, describers and the component store. Imports nothing heavy itself: `warm` does, in the background."""
    from nodes.diffusion.describer import Describer
    from nodes.diffusion.families import Families
    from nodes.diffusion.repos import Repos
    from nodes.diffusion.runtime.components import ComponentStore
    from nodes.diffusion.runtime.tensors import ArrayKind, TensorKind

    repos = Repos(facts)
    store, describer = ComponentStore(facts, repos), Describer(facts.data_dir, repos)
    all_families = Families(describer)

    def describe_block(request: Mapping[str, Any]) -> dict[str, Any]:
        if not request.get("parts"):
            return describer.block(request)
        for part in request["parts"]:
            if part.get("repo"):  # refused in the same words as by itself: not approved, without its packages, hanging
                describe_custom({**part, "latest": request.get("latest")})
        description: dict[str, Any] = runtime("composed").describe(describer, repos, request)
        return description

    def describe_custom(request: Mapping[str, Any]) -> dict[str, Any]:
        return custom.describe(describer, repos, facts.data_dir, request)

    def describe_fit(request: Mapping[str, Any]) -> dict[str, Any]:
        description: dict[str, Any] = runtime("ip_adapter_fit").described(repos, request)
        return description

    def describe_doc(request: Mapping[str, Any]) -> dict[str, Any]:
        description: dict[str, Any] = runtime("doc").describe(repos, request)
        return description

    def publish(request: Mapping[str, Any]) -> dict[str, Any]:
        written: dict[str, Any] = runtime("publish").publish(repos, request)
        return written

    describers: dict[str, Describe] = {
        pipeline.SUBJECT: describer.repo,
        block.SUBJECT: describe_block,
        custom.SUBJECT: describe_custom,
        component.SUBJECT: lambda request: component.describe(repos, request),
        ip_adapter.SUBJECT: lambda request: ip_adapter.describe(repos, request),
        ip_adapter.FIT: describe_fit,
        asking.DOC: describe_doc,
        asking.PUBLISH: publish,
    }
    return WorkerSide(
        kinds=(TensorKind(), ArrayKind()),
        describers={subject: all_families.first(describe) for subject, describe in describers.items()}
        | {families.SUBJECT: all_families.answer},
        states={"components": store},
        models=store,
        warm=lambda: warm(all_families, store.quiet),
        stop_download=repos.hub.stop,
    )


def warm(all_families: families.Families, quiet: families.Quiet) -> None:
    """Import what the first run needs: torch, transformers and diffusers' modular part; then describe all families.

    That waits for whatever people want done, and is kept for the next start.
    """
    runtime("run")
    threading.Thread(target=all_families.prepare, args=(quiet,), name="describe-families", daemon=True).start()
