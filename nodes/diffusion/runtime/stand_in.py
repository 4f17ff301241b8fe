"""What a block may look at though it does not run it: models that other stages hold, known by their configs alone."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers.configuration_utils import FrozenDict


class StandIn:
    """A model without weights. `config` is at hand; anything else is asked of a model made without memory.

    Statistics that belong to the weights, such as the mean of latents, are read from their files by `stored`. It is no
    `torch.nn.Module`, since a pipeline takes its device from the first module it finds.
    """

    def __init__(
        self, kind: Any, config: Mapping[str, Any], stored: Callable[[str], torch.Tensor | None] = lambda name: None
    ) -> None:
        self.config = FrozenDict(config)
        self._kind, self._stored = kind, functools.cache(stored)
        self._model: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._model is None:
            with torch.device("meta"):
                self._model = self._kind.from_config(self.config)
        found = getattr(self._model, name)
        return self._stored(name) if isinstance(found, torch.Tensor) and found.is_meta else found
