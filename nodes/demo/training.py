"""What both trainings share: the schedule of a run, its checkpoints, and where they lie."""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

MODEL_FOLDER: Final = Path(__file__).parent / "model"
WORK_FOLDER: Final = Path(".train")
WARM_UP_STEPS: Final = 200


@dataclass(kw_only=True)
class Budget:
    """How long a training runs: for so many steps, or, where they are given, for so many minutes.

    A run by minutes fits a machine whose speed is not known; its step count, once written down, repeats it anywhere.
    """

    steps: int
    minutes: float | None = None
    done_steps: int = 0
    done_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Starts the clock, after preparations that should not count."""
        self._last = time.monotonic()

    def advance(self) -> None:
        """Counts one step and the time since the last."""
        now = time.monotonic()
        self.done_seconds += now - self._last
        self._last = now
        self.done_steps += 1

    @property
    def progress(self) -> float:
        """The part done, 0..1."""
        if self.minutes is not None:
            return min(1.0, self.done_seconds / (60 * self.minutes))
        return min(1.0, self.done_steps / self.steps)

    def learning_rate(self, peak: float) -> float:
        """A short warm-up, then half a cosine down to a hundredth of the peak."""
        warm_up = min(1.0, (self.done_steps + 1) / WARM_UP_STEPS)
        return peak * warm_up * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress)))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def save_checkpoint(name: str, state: dict[str, Any]) -> None:
    """Writes a checkpoint in one move, so that an interrupted run leaves the one before."""
    WORK_FOLDER.mkdir(exist_ok=True)
    partial = WORK_FOLDER / f"{name}.partial"
    torch.save(state, partial)
    os.replace(partial, checkpoint_path(name))


def load_checkpoint(name: str) -> dict[str, Any] | None:
    """The last checkpoint of this name, or None where there is none."""
    path = checkpoint_path(name)
    return torch.load(path, weights_only=True) if path.exists() else None  # noqa: TID251 - our own file, no pickles read


def done_work(name: str) -> dict[str, int]:
    """Steps and seconds behind a checkpoint."""
    state = load_checkpoint(name) or {"steps": 0, "seconds": 0.0}
    return {"steps": state["steps"], "seconds": round(state["seconds"])}


def checkpoint_path(name: str) -> Path:
    return WORK_FOLDER / f"{name}.pt"
