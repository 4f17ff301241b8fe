"""Did you mean …? Close matches for a mistyped name, within a budget that keeps a broken graph quick to check."""

import difflib
from collections.abc import Iterable
from itertools import islice


class Suggestions:
    """Compares at most `budget` pairs of names in its life; after that it has no more suggestions."""

    def __init__(self, budget: int = 20_000) -> None:
        self._budget = budget

    def remedy(self, name: str, candidates: Iterable[str], otherwise: str = "") -> str:
        """A sentence with the names of `candidates` that look like `name`, or `otherwise`."""
        pool = list(islice(candidates, self._budget))
        self._budget -= len(pool)
        close = difflib.get_close_matches(name[:100], pool, n=3)
        return f"Did you mean {' or '.join(map(repr, close))}?" if close else otherwise
