"""The order in which queued runs go: by priority, then by age, unless a person arranged them otherwise."""

from collections.abc import Iterable


class QueueOrder:
    """The ids of queued runs, the next one first. Starts with `runs`, (id, priority) in their order."""

    def __init__(self, runs: Iterable[tuple[str, int]] = ()) -> None:
        self._priorities = dict(runs)
        self._ids = list(self._priorities)

    @property
    def ids(self) -> list[str]:
        return list(self._ids)

    def add(self, run_id: str, priority: int) -> bool:
        """Let a run join at the end, past those there of lower priority; whether it passed any."""
        place = len(self._ids)
        while place and self._priorities[self._ids[place - 1]] < priority:
            place -= 1
        passes = place < len(self._ids)
        self._priorities[run_id] = priority
        self._ids.insert(place, run_id)
        return passes

    def take(self) -> str | None:
        """The run whose turn it is, which leaves the queue; None if none waits."""
        if not self._ids:
            return None
        del self._priorities[first := self._ids.pop(0)]
        return first

    def remove(self, run_id: str) -> None:
        """Let a run leave; nothing happens if it does not wait."""
        if self._priorities.pop(run_id, None) is not None:
            self._ids.remove(run_id)

    def rearrange(self, run_ids: Iterable[str]) -> None:
        """Put the runs named first, in this order; the others keep their order behind them."""
        named = {run_id: None for run_id in run_ids if run_id in self._priorities}
        self._ids = [*named, *(run_id for run_id in self._ids if run_id not in named)]
