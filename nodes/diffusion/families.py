"""What is known of all model families that the installed diffusers has: how well their blocks become nodes."""

import hashlib
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from engine.catalogue.pack import Describer as Describe
from nodes.diffusion.describer import Describer
from nodes.diffusion.heavy import importing, runtime

SUBJECT = "diffusion.families"


class Quiet(Protocol):
    """Waits until nothing else runs and keeps it so, or until `hurry` is set."""

    def __call__(self, hurry: threading.Event) -> AbstractContextManager[None]: ...


class Families:
    """Answers `diffusion.families`. The blocks of each family are described on the way, and kept for all its repos.

    One thread does the work, whoever begins; once someone waits for the answer, it waits for nothing any more.
    Until then other questions go `first`.
    """

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self._working = threading.Lock()
        self._hurry = threading.Event()
        self._questions = 0
        self._changed = threading.Condition()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{}` → `{diffusers, rows}`, see `runtime.families.coverage`."""
        with self._changed:
            self._hurry.set()
            self._changed.notify_all()
        return self._kept(nullcontext)

    def first(self, describe: Describe) -> Describe:
        """`describe`, with the work of `prepare` resting while it answers: both would import, one after the other."""

        def answer(request: Mapping[str, Any]) -> dict[str, Any]:
            self._count(1)
            try:
                return describe(request)
            finally:
                self._count(-1)

        return answer

    def prepare(self, quiet: Quiet) -> None:
        """Make the answer before someone asks, piece by piece, each when it is `quiet`."""
        try:
            self._kept(lambda: self._unasked(quiet))
        except Exception:  # it only saves time; whoever asks is told what is wrong
            traceback.print_exc()

    def _count(self, change: int) -> None:
        with self._changed:
            self._questions += change
            self._changed.notify_all()

    @contextmanager
    def _unasked(self, quiet: Quiet) -> Iterator[None]:
        """A turn that begins when nobody waits for another answer."""
        with self._changed:
            self._changed.wait_for(lambda: self._questions == 0 or self._hurry.is_set())
        with quiet(self._hurry):
            yield

    def _kept(self, turn: Callable[[], AbstractContextManager[None]]) -> dict[str, Any]:
        @contextmanager
        def alone() -> Iterator[None]:
            with turn(), importing():
                yield

        def make() -> dict[str, Any]:
            answer: dict[str, Any] = runtime("families").coverage(self._describer, alone)
            return answer

        with self._working:
            return self._describer.kept(["families", _rules()], make)


def _rules() -> str:
    """The answer holds for these rules of making ports."""
    return hashlib.sha256(Path(__file__).with_name("ports.py").read_bytes()).hexdigest()
