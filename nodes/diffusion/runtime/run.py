"""Runs a block as a node: inputs checked and converted, shared weights put in, steps reported, results taken out."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import diffusers.utils.logging
import torch
import transformers.utils.logging
from diffusers import SchedulerMixin

from engine.catalogue.context import Context
from engine.errors import NodeError
from nodes.diffusion.ports import GROUP, look
from nodes.diffusion.ref import PipelineRef, parse_ref
from nodes.diffusion.runtime.built import Built, built
from nodes.diffusion.runtime.components import ComponentStore, device_for
from nodes.diffusion.runtime.convert import block_value, flat_pictures, node_value, own_copy
from nodes.diffusion.runtime.steps import watched
from nodes.diffusion.runtime.words import unknown_words

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()
# at each guider, so at each run, that guiders are experimental
logging.getLogger("diffusers.guiders.guider_utils").setLevel(logging.ERROR)


def run_block(context: Context, *, pipeline: Any, block: str = "", **values: Any) -> dict[str, Any]:
    """Run the block at path `block` of the pipeline that the ref names; returns the outputs by port name.

    `values` are by port name, None where not given. Raises NodeError for an input that is missing, unknown or wrong,
    and for weights that can't be loaded.
    """
    ref = parse_ref(pipeline)
    store = cast(ComponentStore, context.state("components"))
    given = {name: value for name, value in values.items() if value is not None}
    with store.session():
        subject = built(store.repos, ref, block or "")
        arguments = _arguments(subject, given, device_for(ref))
        with _components(store, ref, subject):
            _report_unknown_words(context, subject, given)
            vae = subject.pipe.components.get("vae") or store.peek(ref, "vae")
            # inference mode spares small models a good part of their time; blocks of other authors may want gradients
            with watched(context, subject.pipe, vae), torch.inference_mode(not subject.own_code):
                results = subject.pipe(**arguments, output=list(subject.outputs))
    return {name: _output(name, subject, arguments, results) for name in context.ports}


def _arguments(subject: Built, given: Mapping[str, Any], device: str) -> dict[str, Any]:
    """What the block is called with, copied so that a block which works in place changes no cached value."""
    own = own_copy({name: value for name, value in given.items() if name not in ("seed", "generator")}, device)
    bundle = own.pop("embeddings", {})
    if not isinstance(bundle, dict):
        raise NodeError("The embeddings are no bundle.", remedy="Connect an embeddings output.", port="embeddings")
    named: dict[str, Any] = {}
    for name, value in own.items():
        if (item := subject.inputs.get(name)) is None:
            raise NodeError(f"The block has no input {name!r}.", remedy="Remove it.", port=name)
        (bundle if item["group"] else named)[name] = block_value(item, value)
    _require(subject, named | bundle)
    if "output_type" in subject.inputs:
        named["output_type"] = "pil"
    if "generator" in subject.inputs:
        named["generator"] = _generator(given)
    if subject.takes_group:
        return named | {GROUP: bundle}
    return named | {name: value for name, value in bundle.items() if name in subject.inputs}


def _require(subject: Built, present: Mapping[str, Any]) -> None:
    for name, item in subject.inputs.items():
        if item["required"] and name != "generator" and present.get(name) is None:
            port = "embeddings" if item["group"] else name
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


@contextmanager
def _components(store: ComponentStore, ref: PipelineRef, subject: Built) -> Iterator[None]:
    """Put the shared models in, with schedulers and guiders of their own, and take them out again.

    Between runs the pipeline holds no models, so that evicting one frees its memory.
    """
    pipe = subject.pipe
    with ExitStack() as after:
        for name in pipe.pretrained_component_names:
            if name in subject.absent:
                continue
            component = store.take(ref, subject.located, pipe.get_component_spec(name))
            after.callback(setattr, pipe, name, None)
            if isinstance(component, torch.nn.Module):
                after.callback(_cast_back, component, next(component.parameters()).dtype)
            setattr(pipe, name, _own_scheduler(component))
        for name in pipe.config_component_names:
            setattr(pipe, name, subject.from_config(name, ref))
        yield


def _own_scheduler(component: Any) -> Any:
    """A scheduler counts its steps, so each run gets a fresh one; anything else is shared."""
    if not isinstance(component, SchedulerMixin):
        return component
    scheduler: Any = component
    return type(scheduler).from_config(scheduler.config)


def _cast_back(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """Some blocks cast a shared VAE for decoding; one that failed half-way has not cast it back."""
    if next(module.parameters()).dtype != dtype:
        module.to(dtype)


def _report_unknown_words(context: Context, subject: Built, given: Mapping[str, Any]) -> None:
    prompts = [value for name, value in given.items() if "prompt" in name and isinstance(value, str)]
    if words := unknown_words(subject.pipe.components.values(), prompts):
        context.log(f"The tokenizer doesn't know: {', '.join(map(repr, words))}.", "warning")


def _output(name: str, subject: Built, arguments: Mapping[str, Any], results: Mapping[str, Any]) -> Any:
    if name == "generator":
        return arguments["generator"].get_state()
    if name == "embeddings":
        made = {key: results[key] for key, item in subject.outputs.items() if item["group"]}
        both = {**arguments.get(GROUP, {}), **made}
        return {key: node_value(value) for key, value in both.items() if value is not None}
    value = results[name]
    if look(subject.outputs[name]).type == "list[image]":
        return flat_pictures(value)
    return node_value(value)
