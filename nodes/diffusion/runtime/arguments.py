"""What a block is called with: a node's values by port name become the block's own arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from engine.errors import NodeError
from nodes.diffusion.names import block_name, port_name
from nodes.diffusion.ports import bundle_name
from nodes.diffusion.runtime.built import Built
from nodes.diffusion.runtime.convert import block_value, own_copy
from nodes.diffusion.runtime.sounds import missing_rates

BESIDE = frozenset({"seed", "generator", "scheduler_state"})
"""Inputs of a node that are none of its block's: they set up what the block works with."""


@dataclass(frozen=True)
class Arguments:
    """`named` goes into the call; `bundles` are all values of each group that the node was given, wanted or not."""

    named: dict[str, Any]
    bundles: dict[str, dict[str, Any]] = field(default_factory=dict)


def arguments(subject: Built, given: Mapping[str, Any], device: str) -> Arguments:
    """`given` is by port. All is copied, so that a block which works in place changes no cached value.

    Raises NodeError for an input that is missing, unknown or wrong.
    """
    beside = BESIDE - ({"seed"} & subject.inputs.keys())  # some blocks take a seed rather than a generator, or both
    own = own_copy({name: value for name, value in given.items() if name not in beside}, device)
    own |= missing_rates(subject.inputs, own)
    bundles = {group: _merged(subject, group, own.pop(bundle_name(group), None)) for group in subject.groups}
    named: dict[str, Any] = {}
    for port, value in own.items():
        name = block_name(port)
        if (item := subject.inputs.get(name)) is None:
            raise NodeError(f"The block has no input {name!r}.", remedy="Remove it.", port=port)
        (bundles[item["group"]] if item["group"] else named)[name] = block_value(item, value, subject.picture_mode)
    _require(subject, named, bundles)
    if subject.asks_negative:
        named.setdefault("negative_prompt", "")
    if "output_type" in subject.inputs and subject.makes_pictures():
        named["output_type"] = "pil"
    if "generator" in subject.inputs:
        named["generator"] = _generator(given)
    for group, bundle in bundles.items():
        wanted = {name: value for name, value in bundle.items() if name in subject.inputs}
        named |= {group: bundle} if group in subject.open_groups else wanted
    return Arguments(named, bundles)


def _merged(subject: Built, group: str, given: Any) -> dict[str, Any]:
    """Several bundles as one; parts of later ones win."""
    port, merged = bundle_name(group), dict[str, Any]()
    for bundle in given if isinstance(given, list) else [] if given is None else [given]:
        if not isinstance(bundle, dict):
            raise NodeError(f"The {port} are no bundle.", remedy=f"Connect an output of {port}.", port=port)
        for name, value in bundle.items():
            item = subject.inputs.get(name)
            merged[name] = block_value(item, value, subject.picture_mode) if item else value
    return merged


def _require(subject: Built, named: Mapping[str, Any], bundles: Mapping[str, Mapping[str, Any]]) -> None:
    for name, item in subject.inputs.items():
        group = item["group"]
        value = (bundles[group] if group else named).get(name)
        if item["required"] and name != "generator" and value is None:
            port = bundle_name(group) if group else port_name(name)
            raise NodeError(f"The input {name} is missing.", remedy=f"Connect or set {port}.", port=port)


def _generator(given: Mapping[str, Any]) -> torch.Generator:
    """On the CPU whatever the device, so that a seed means the same everywhere."""
    generator = torch.Generator("cpu")
    state = given.get("generator")
    if state is None:
        return generator.manual_seed(int(given.get("seed", 0)))
    try:
        return generator.set_state(state.cpu())
    except (RuntimeError, TypeError, AttributeError) as error:
        raise NodeError(
            "The generator input holds no generator state.", remedy="Connect a generator output.", port="generator"
        ) from error
