"""The store of a worker against a simple model: budget, pins, least recently used first."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.values.refs import Key
from engine.worker.store import Held, ResultStore

LIMIT = 100
KEYS = st.sampled_from([Key(letter) for letter in "abcdef"])
RUNS = st.sampled_from(["r1", "r2", "r3"])


class StoreMachine(RuleBasedStateMachine):
    """`held` models key → size, `pins` run → keys, `idle` the unpinned keys, longest unused first."""

    def __init__(self) -> None:
        super().__init__()
        self.store = ResultStore(LIMIT)
        self.held: dict[Key, int] = {}
        self.pins: dict[str, list[Key]] = {}
        self.idle: list[Key] = []

    @rule(key=KEYS, size=st.integers(1, 60), run=RUNS)
    def put(self, key: Key, size: int, run: str) -> None:
        self.held[key] = size
        self._pin(key, run)
        assert self.store.put(key, Held({}, {}, size), run) == self._evict(LIMIT)

    @rule(key=KEYS, run=RUNS)
    def get(self, key: Key, run: str) -> None:
        held = self.store.get(key, run)
        assert (held.size if held else None) == self.held.get(key)
        if held:
            self._pin(key, run)

    @rule(run=RUNS)
    def release(self, run: str) -> None:
        for key in self.pins.pop(run, []):
            if not any(key in keys for keys in self.pins.values()):
                self.idle.append(key)
        assert self.store.release(run) == self._evict(LIMIT)

    @rule()
    def clear(self) -> None:
        assert self.store.clear() == self._evict(-1)

    @invariant()
    def sizes_add_up(self) -> None:
        assert self.store.size == sum(self.held.values())
        assert self.store.size <= LIMIT or not self.idle

    def _pin(self, key: Key, run: str) -> None:
        if key not in (keys := self.pins.setdefault(run, [])):
            keys.append(key)
        if key in self.idle:
            self.idle.remove(key)

    def _evict(self, limit: int) -> list[Key]:
        evicted = []
        while sum(self.held.values()) > limit and self.idle:
            evicted.append(self.idle.pop(0))
            del self.held[evicted[-1]]
        return evicted


TestResultStore = StoreMachine.TestCase
TestResultStore.settings = settings(max_examples=60, stateful_step_count=40)
