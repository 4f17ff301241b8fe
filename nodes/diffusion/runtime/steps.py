"""Watches denoising loops while they run: progress, cancel and previews, without touching what they compute."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import Any

import torch
from diffusers.modular_pipelines.modular_pipeline import LoopSequentialPipelineBlocks

from engine.catalogue.context import Context
from engine.errors import NodeError
from nodes.diffusion.runtime.blocks import Pipeline, loops
from nodes.diffusion.runtime.preview import Frame, jpeg
from nodes.diffusion.runtime.source import loop_bound


@contextmanager
def watched(context: Context, pipe: Pipeline, vae: Any | None) -> Iterator[None]:
    """Inside, each step of the pipeline's loops is reported to `context`; the pipeline stops soon if it is cancelled.

    `vae` gives previews their colours; None for a plain mapping.
    """
    with ExitStack() as after:
        estimate = after.enter_context(_CleanEstimate(getattr(pipe, "scheduler", None)))
        watch = _Watch(context, estimate, vae)
        for loop in loops(pipe._blocks):
            loop.__dict__["loop_step"] = watch.watching(loop, innermost=len(loops(loop)) == 1)
            after.callback(loop.__dict__.pop, "loop_step")
        for model in pipe.components.values():
            if isinstance(model, torch.nn.Module):
                after.callback(model.register_forward_pre_hook(lambda *_: context.check()).remove)
        yield


class _Watch:
    """Where the loops of one run stand. Steps of nested loops are counted as if there were one loop.

    Most loops call `loop_step` for each timestep. Some do so for each chunk of a video, and have a block that steps the
    scheduler through all timesteps inside: there each step of the scheduler counts.
    """

    def __init__(self, context: Context, estimate: "_CleanEstimate", vae: Any | None) -> None:
        self._context, self._estimate, self._vae = context, estimate, vae
        self._around: list[tuple[int, int]] = []
        self._chunk: _Chunk | None = None
        estimate.stepped = self._scheduler_stepped
        self._shows = True

    def watching(self, loop: LoopSequentialPipelineBlocks, *, innermost: bool) -> Callable[..., Any]:
        """What takes the place of the loop's `loop_step`."""
        kind: type = type(loop)
        original, bound = loop.loop_step, loop_bound(kind)
        done = 0

        def loop_step(components: Any, state: Any, **kwargs: Any) -> Any:
            nonlocal done
            self._context.check()
            index = next((kwargs[name] for name in ("i", "k") if isinstance(kwargs.get(name), int)), done)
            total = max(index + 1, _total(state, bound))
            done = index + 1
            if not innermost:
                with self._within(index, total):
                    return original(components, state, **kwargs)
            if "i" in kwargs or "k" not in kwargs:
                result = original(components, state, **kwargs)
                self._report(state, index + 1, total)
                return result
            before = self._chunk.steps if self._chunk else _total(state, "timesteps")
            self._chunk = _Chunk(state, steps=before)  # chunks take as many steps each
            with self._within(index, total):
                result = original(components, state, **kwargs)
                if 0 < self._chunk.stepped < self._chunk.steps:  # it took fewer steps than those before
                    self._report(state, self._chunk.steps, self._chunk.steps)
            if not self._chunk.stepped:
                self._report(state, index + 1, total)
            return result

        return loop_step

    @contextmanager
    def _within(self, index: int, total: int) -> Iterator[None]:
        self._around.append((index, total))
        try:
            yield
        finally:
            self._around.pop()

    def _scheduler_stepped(self) -> None:
        self._context.check()
        if self._chunk is not None and self._around:
            self._chunk.count()
            self._report(self._chunk.state, self._chunk.stepped, self._chunk.steps)

    def _report(self, state: Any, step: int, total: int) -> None:
        done, of = 0, 1
        for index, count in self._around:
            done, of = done * count + index, of * count
        done, of = done * total + step, of * total
        self._context.progress(done, of)
        if self._shows and self._context.wants_preview():
            self._show(state, done)

    def _show(self, state: Any, step: int) -> None:
        """Send a preview. One that fails is the last of this run, and never ends it."""
        latents = self._estimate.latents()
        latents = latents if latents is not None else getattr(state, "latents", None)
        if not isinstance(latents, torch.Tensor) or (latents.ndim == 3 and self._vae is None):
            return
        try:
            picture = jpeg(latents, self._vae, _frame(state))
        except Exception as error:  # latents may have any layout
            self._shows = False
            self._context.log(f"There is no preview: {error}", "warning")
            return
        if picture:
            self._context.preview(picture, mime="image/jpeg", step=step)


class _Chunk:
    """The chunk that a loop is at. `steps`: how many its scheduler takes, as far as that is known."""

    def __init__(self, state: Any, *, steps: int) -> None:
        self.state, self.steps, self.stepped = state, max(1, steps), 0

    def count(self) -> None:
        self.stepped += 1
        self.steps = max(self.steps, self.stepped)


class _CleanEstimate:
    """What the scheduler of one run expects the clean latents to be, seen at its `step`.

    Inside, noise for no step at all is refused: what comes of it is an empty picture, and errors far from here.
    """

    def __init__(self, scheduler: Any | None) -> None:
        self._scheduler: Any = scheduler
        self._kind: Any = type(scheduler)
        self._seen: tuple[Any, Any, Any] | None = None
        self.stepped: Callable[[], None] = lambda: None

    def __enter__(self) -> "_CleanEstimate":
        """The scheduler gets a class of its own: blocks copy schedulers, and a copy must step itself, not this one."""
        if hasattr(self._kind, "step"):
            members = {"step": self._observing(self._kind.step), "__module__": self._kind.__module__}
            noising = (name for name in ("add_noise", "scale_noise") if hasattr(self._kind, name))
            members |= {name: _for_some_step(getattr(self._kind, name)) for name in noising}
            self._scheduler.__class__ = type(self._kind.__name__, (self._kind,), members)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self._kind, "step"):
            self._scheduler.__class__ = self._kind

    def _observing(self, step: Callable[..., Any]) -> Callable[..., Any]:
        # wraps() keeps the signature: blocks look there for what `step` takes
        @functools.wraps(step)
        def observed(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            result = step(scheduler, *args, **kwargs)
            if scheduler is self._scheduler:
                named = dict(zip(("model_output", "timestep", "sample"), args, strict=False)) | kwargs
                self._seen = (named.get("model_output"), named.get("sample"), result)
                self.stepped()
            return result

        return observed

    def latents(self) -> torch.Tensor | None:
        """Of the step just done: what the scheduler says itself, or x0 = x - sigma v for flow matching; else None."""
        if self._seen is None:
            return None
        output, sample, result = self._seen
        if isinstance(result, tuple) and len(result) > 1 and isinstance(result[1], torch.Tensor):
            return result[1]
        if getattr(getattr(self._scheduler, "config", None), "predict_x0", False):
            last = (getattr(self._scheduler, "model_outputs", None) or [None])[-1]
            return last if isinstance(last, torch.Tensor) else None
        index = getattr(self._scheduler, "step_index", None)
        if not type(self._scheduler).__name__.startswith("FlowMatch") or not index:
            return _first(result)
        clean = sample - self._scheduler.sigmas[index - 1].to(sample.device) * output
        return clean if isinstance(clean, torch.Tensor) else None


def _for_some_step(noise: Callable[..., Any]) -> Callable[..., Any]:
    """A scheduler's method that noises for `timestep` or `timesteps`; not all have one."""
    names = list(signature(noise).parameters)

    @functools.wraps(noise)
    def noising(*args: Any, **kwargs: Any) -> Any:
        named = {**dict(zip(names, args, strict=False)), **kwargs}
        timesteps = named.get("timesteps", named.get("timestep"))
        if isinstance(timesteps, torch.Tensor) and not timesteps.numel():
            remedy = "Raise `strength`, or the number of steps."
            raise NodeError("The strength leaves no step to do.", remedy=remedy, code="no_steps")
        return noise(*args, **kwargs)

    return noising


def _first(result: Any) -> torch.Tensor | None:
    found = result[0] if isinstance(result, tuple) and result else getattr(result, "prev_sample", None)
    return found if isinstance(found, torch.Tensor) else None


def _total(state: Any, bound: str | None) -> int:
    """How many steps a loop takes, 0 if its state does not say. `bound` names what it runs over, if that is known."""
    for name in filter(None, (bound, "timesteps", "num_inference_steps")):
        value = getattr(state, name, None)
        if isinstance(value, int):
            return value
        if isinstance(value, list | tuple | torch.Tensor):
            return len(value)
    return 0


def _frame(state: Any) -> Frame:
    sizes = (getattr(state, name, None) for name in ("height", "width", "num_frames"))
    return Frame(*(size if isinstance(size, int) else None for size in sizes))
