"""How blocks in a sequence hand on their values: by name, the last one that makes a value counts; and as bundles."""

from collections.abc import Iterable, Sequence

from nodes.diffusion.facts import Facts


def last(pieces: Sequence[Facts], name: str) -> int | None:
    """The place of the last one that sets `name`."""
    return next((index for index in reversed(range(len(pieces))) if pieces[index].sets(name)), None)


class Bundles:
    """Which block in a sequence made each value of the bundle that a node hands on at a port."""

    def __init__(self, pieces: Sequence[Facts], port: str) -> None:
        self.port = port
        self._pieces = pieces
        self._made: dict[int, dict[str, int]] = {}

    def note(self, index: int, feeders: Iterable[int]) -> None:
        """That the node at `index` gets the bundles of `feeders`: it hands on what is in them, and its own."""
        piece = self._pieces[index]
        if piece.gives(self.port):
            self._made[index] = self.merged(feeders) | dict.fromkeys(piece.bundles(self.port), index)

    def merged(self, feeders: Iterable[int]) -> dict[str, int]:
        """Who made the values of several bundles in one; of two with the same value the later counts."""
        return {name: maker for feeder in feeders for name, maker in self._made.get(feeder, {}).items()}

    def feeders(self, index: int) -> list[int]:
        """Whose bundles the node at `index` needs to have all made before it: as few and as late as will do."""
        return self.newest(index) if self._pieces[index].takes(self.port) else []

    def newest(self, end: int) -> list[int]:
        """Whose bundles have all that was made by the first `end` nodes."""
        found: list[int] = []
        for earlier in reversed(range(end)):
            if self._made.get(earlier, {}).keys() - self.merged(found).keys():
                found.insert(0, earlier)
        return found


def bundles_of(pieces: Sequence[Facts]) -> dict[str, Bundles]:
    """The bundles of all nodes in a sequence, by their ports."""
    ports = dict.fromkeys(port for piece in pieces for port in piece.bundle_ports)
    return {port: Bundles(pieces, port) for port in ports}
