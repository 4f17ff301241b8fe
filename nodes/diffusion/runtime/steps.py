"""Watches denoising loops while they run: progress, cancel and previews, without touching what they compute."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers.modular_pipelines.modular_pipeline import LoopSequentialPipelineBlocks

from engine.catalogue.context import Context
from nodes.diffusion.runtime.blocks import Pipeline, loops
from nodes.diffusion.runtime.preview import jpeg


@contextmanager
def watched(context: Context, pipe: Pipeline, vae: Any | None) -> Iterator[None]:
    """Inside, each step of the pipeline's innermost loops is reported to `context`, and stops if it is cancelled.

    `vae` gives previews their colours; None for a plain mapping.
    """
    inner = [loop for loop in loops(pipe._blocks) if len(loops(loop)) == 1]
    estimate = _CleanEstimate(getattr(pipe, "scheduler", None)) if inner else None
    for loop in inner:
        loop.__dict__["loop_step"] = _reporting(context, loop, estimate, vae)
    try:
        yield
    finally:
        for loop in inner:
            del loop.__dict__["loop_step"]


class _CleanEstimate:
    """What the scheduler of one run expects the clean latents to be, seen at its `step`."""

    def __init__(self, scheduler: Any | None) -> None:
        self._scheduler = scheduler
        self._seen: tuple[Any, Any, Any] | None = None
        if scheduler is not None:
            scheduler.step = self._observing(scheduler.step)

    def _observing(self, step: Callable[..., Any]) -> Callable[..., Any]:
        # wraps() keeps the signature: blocks look there for what `step` takes
        @functools.wraps(step)
        def observed(model_output: Any, timestep: Any, sample: Any, *args: Any, **kwargs: Any) -> Any:
            result = step(model_output, timestep, sample, *args, **kwargs)
            self._seen = (model_output, sample, result)
            return result

        return observed

    def latents(self) -> torch.Tensor | None:
        """Of the step just done: what the scheduler says itself, or x0 = x - sigma v for flow matching; else None."""
        if self._seen is None:
            return None
        output, sample, result = self._seen
        if isinstance(result, tuple) and len(result) > 1 and isinstance(result[1], torch.Tensor):
            return result[1]
        index = getattr(self._scheduler, "step_index", None)
        if not type(self._scheduler).__name__.startswith("FlowMatch") or not index:
            return None
        clean = sample - self._scheduler.sigmas[index - 1].to(sample.device) * output  # type: ignore[union-attr]
        return clean if isinstance(clean, torch.Tensor) else None


def _reporting(
    context: Context, loop: LoopSequentialPipelineBlocks, estimate: _CleanEstimate | None, vae: Any | None
) -> Callable[..., Any]:
    original = loop.loop_step
    steps_done = 0

    def loop_step(components: Any, state: Any, **kwargs: Any) -> Any:
        nonlocal steps_done
        context.check()
        result = original(components, state, **kwargs)
        steps_done = kwargs["i"] + 1 if isinstance(kwargs.get("i"), int) else steps_done + 1
        context.progress(steps_done, max(steps_done, _total(state)))
        if context.wants_preview():
            _show(context, state, estimate, vae, steps_done)
        return result

    return loop_step


def _total(state: Any) -> int:
    """How many steps the loop takes, 0 if its state does not say."""
    timesteps = getattr(state, "timesteps", None)
    if timesteps is not None:
        return len(timesteps)
    return int(getattr(state, "num_inference_steps", None) or 0)


def _show(context: Context, state: Any, estimate: _CleanEstimate | None, vae: Any | None, step: int) -> None:
    clean = estimate.latents() if estimate else None
    latents = clean if clean is not None else getattr(state, "latents", None)
    if not isinstance(latents, torch.Tensor):
        return
    height, width = getattr(state, "height", None), getattr(state, "width", None)
    size = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    if picture := jpeg(latents, vae, size):
        context.preview(picture, mime="image/jpeg", step=step)
