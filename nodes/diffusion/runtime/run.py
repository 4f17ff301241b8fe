"""Runs a block as a node: inputs checked and converted, shared weights put in, steps reported, results taken out."""

import functools
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Any, cast

import diffusers.utils.logging
import torch
import transformers.utils.logging

from engine.catalogue.context import Context
from engine.errors import NodeError
from nodes.diffusion.missing import missing_packages, missing_problem
from nodes.diffusion.names import block_name
from nodes.diffusion.parts import Part, parse_parts
from nodes.diffusion.ports import bundle_name, look
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.runtime.arguments import arguments
from nodes.diffusion.runtime.built import Built, built
from nodes.diffusion.runtime.components import ComponentStore, device_for, dtype_for
from nodes.diffusion.runtime.composed import asked_ref, homes_of
from nodes.diffusion.runtime.convert import flat_pictures, node_value, own_copy
from nodes.diffusion.runtime.ip_adapter_images import hand_out_pictures, require_both
from nodes.diffusion.runtime.placed import dtype_of, place
from nodes.diffusion.runtime.precision import decoding_any_precision, encoding_to
from nodes.diffusion.runtime.schedulers import is_scheduler, of_own, restore, state_of
from nodes.diffusion.runtime.sounds import USUAL_RATE, rate_of, sounds
from nodes.diffusion.runtime.steps import watched
from nodes.diffusion.runtime.words import unknown_words

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()
# at each guider, so at each run, that guiders are experimental
logging.getLogger("diffusers.guiders.guider_utils").setLevel(logging.ERROR)


def run_block(
    context: Context,
    *,
    pipeline: Any = None,
    block: str = "",
    parts: Any = None,
    commits: Mapping[str, str] = MappingProxyType({}),
    components: Mapping[str, Any] = MappingProxyType({}),
    **values: Any,
) -> dict[str, Any]:
    """Run the block at path `block` of the pipeline that the ref names, or `parts`; returns the outputs by port name.

    `commits` and `components` say at which commits parts of other repos were described, and what they bring. `values`
    are by port name, None where not given. Raises NodeError for an input that is missing, unknown or wrong, and for
    weights that can't be loaded.
    """
    chosen = parse_parts(parts)
    repos = cast(ComponentStore, context.state("components")).repos
    ref = asked_ref(repos, pipeline, chosen, homes_of(repos, chosen, commits), components)
    return run_ref(context, ref, values, path=block or "", parts=chosen, commits=commits)


def run_ref(
    context: Context,
    ref: PipelineRef,
    values: Mapping[str, Any],
    *,
    path: str = "",
    parts: tuple[Part, ...] = (),
    commits: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """See `run_block`."""
    store = cast(ComponentStore, context.state("components"))
    given = {name: value for name, value in values.items() if value is not None}
    with store.session(context.check):
        subject = built(store.repos, ref, path, parts, commits)
        device = device_for(ref)
        dtype = dtype_for(ref, device, (subject.located.folder,))
        place(subject.pipe, device, dtype)
        if subject.requires("dtype"):
            given.setdefault("dtype", dtype)
        if subject.requires("device"):
            given.setdefault("device", device)
        given_to = arguments(subject, given, device)
        require_both(ref, subject, given_to)
        hand_out_pictures(ref, given_to)
        with _components(store, ref, subject, own_copy(given.get("scheduler_state"), "cpu")) as schedulers:
            _report_unknown_words(context, subject, given)
            vae = subject.pipe.components.get("vae") or store.peek(ref, "vae") or subject.vae
            # inference mode spares small models a good part of their time; blocks of other authors may want gradients
            with watched(context, subject.pipe, vae), torch.inference_mode(not subject.own_code):
                results = _results(subject, given_to.named)
            rate = rate_of(subject.pipe, results)
    beside: dict[str, Callable[[], Any]] = {
        "generator": lambda: given_to.named["generator"].get_state(),
        "scheduler_state": lambda: {name: node_value(state_of(scheduler)) for name, scheduler in schedulers.items()},
        **{
            bundle_name(group): functools.partial(_bundle, subject, group, given_to.bundles, results)
            for group in subject.groups
        },
    }
    output = functools.partial(_output, context, subject, results, rate)
    made = {port: block_name(port) for port in context.ports}
    return {port: beside[port]() if port in beside else output(made[port]) for port in made}


def _results(subject: Built, named: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the block makes. Raises NodeError if a package is missing that it needs only now."""
    try:
        results: Mapping[str, Any] = subject.pipe(**named, output=list(subject.outputs))
    except Exception as error:  # blocks raise anything
        if packages := missing_packages(error):
            details = "".join(traceback.format_exception(error))
            what = f"The block {type(subject.pipe._blocks).__name__}"
            raise NodeError(missing_problem(what, packages, details=details)) from error
        raise
    return results


@contextmanager
def _components(
    store: ComponentStore, ref: PipelineRef, subject: Built, states: Mapping[str, Any] | None
) -> Iterator[dict[str, Any]]:
    """Put the shared models in, with schedulers and guiders of their own, and take them out again.

    Yields the schedulers, which are brought to `states` where there are any. Between runs the pipeline holds no models,
    so that evicting one frees its memory.
    """
    pipe, schedulers = subject.pipe, dict[str, Any]()
    with ExitStack() as after:
        for name in pipe.pretrained_component_names:
            if name in subject.absent:
                continue
            component = store.take(ref, subject.located, pipe.get_component_spec(name))
            after.callback(setattr, pipe, name, None)
            if isinstance(component, torch.nn.Module):
                after.callback(_cast_back, component, next(component.parameters()).dtype)
            setattr(pipe, name, of_own(component))
            if hasattr(component, "decode") and isinstance(component, torch.nn.Module):
                after.enter_context(decoding_any_precision(component))
                if name in ref.dtypes and hasattr(component, "encode"):
                    after.enter_context(encoding_to(component, dtype_of(pipe)))
        for spec in (*map(pipe.get_component_spec, pipe.config_component_names), *subject.undeclared):
            made = spec.default_creation_method == "from_config"
            found = subject.from_config(spec, ref) if made else store.take(ref, subject.located, spec)
            setattr(pipe, spec.name, of_own(found))
        for name in (*pipe.component_names, *(spec.name for spec in subject.undeclared)):
            if is_scheduler(type(scheduler := getattr(pipe, name, None))):
                schedulers[name] = scheduler
                restore(scheduler, (states or {}).get(name, {}))
        yield schedulers


def _cast_back(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """Some blocks cast a shared VAE for decoding; one that failed half-way has not cast it back."""
    if next(module.parameters()).dtype != dtype:
        module.to(dtype)


def _report_unknown_words(context: Context, subject: Built, given: Mapping[str, Any]) -> None:
    prompts = [value for name, value in given.items() if "prompt" in name and isinstance(value, str)]
    if words := unknown_words(subject.pipe.components.values(), prompts):
        context.log(f"The tokenizer doesn't know: {', '.join(map(repr, words))}.", "warning")


def _bundle(
    subject: Built, group: str, given: Mapping[str, Mapping[str, Any]], results: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a group that the block was given, with what it made in place of those of the same name."""
    made = {name: results[name] for name, item in subject.outputs.items() if item["group"] == group}
    return {name: node_value(value) for name, value in {**given[group], **made}.items() if value is not None}


def _output(context: Context, subject: Built, results: Mapping[str, Any], rate: int | None, name: str) -> Any:
    value, kind = results[name], look(subject.outputs[name]).type
    if kind == "list[image]":
        return flat_pictures(value)
    if kind == "list[audio]" and value is not None:
        if rate is None:
            context.log(f"Nothing says the rate of {name}; it is taken as {USUAL_RATE} samples a second.", "warning")
        return sounds(value, rate or USUAL_RATE)
    return node_value(value)
