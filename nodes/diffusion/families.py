"""What is known of all model families that the installed diffusers has: how well their blocks become nodes."""

import hashlib
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from nodes.diffusion.describer import Describer
from nodes.diffusion.heavy import importing, runtime

SUBJECT = "diffusion.families"


class Turn(Protocol):
    """What a piece of work waits for, a fraction of a second long."""

    def __call__(self) -> AbstractContextManager[None]: ...


class Families:
    """Answers `diffusion.families`. The blocks of each family are described on the way, and kept for all its repos."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{}` → `{diffusers, rows}`, see `runtime.families.coverage`."""
        return self._kept(nullcontext)

    def prepare(self, quiet: Turn) -> None:
        """Make the answer before someone asks, piece by piece, each when it is `quiet`."""
        try:
            self._kept(quiet)
        except Exception:  # it only saves time; whoever asks is told what is wrong
            traceback.print_exc()

    def _kept(self, turn: Turn) -> dict[str, Any]:
        def make() -> dict[str, Any]:
            answer: dict[str, Any] = runtime("families").coverage(self._describer, lambda: _alone(turn))
            return answer

        return self._describer.kept(["families", _rules()], make)


class _alone:
    """A turn in which no other thread imports parts of diffusers."""

    def __init__(self, turn: Turn) -> None:
        self._turn, self._importing = turn(), importing()

    def __enter__(self) -> None:
        self._turn.__enter__()
        self._importing.__enter__()

    def __exit__(self, *reason: Any) -> None:
        self._importing.__exit__(*reason)
        self._turn.__exit__(*reason)


def _rules() -> str:
    """The answer holds for these rules of making ports."""
    return hashlib.sha256(Path(__file__).with_name("ports.py").read_bytes()).hexdigest()
