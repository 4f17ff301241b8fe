"""The video value: an encoded file that browsers play, and what is known of it. Imports nothing heavy."""

import json
from dataclasses import asdict, dataclass, field

from engine.errors import Problem, StorageError
from engine.values.refs import ValueSummary


@dataclass(frozen=True, slots=True)
class Clip:
    """`data` is a whole file with the ending `extension`; `width` and `height` in px, `fps` in frames a second."""

    data: bytes = field(repr=False)
    extension: str
    width: int
    height: int
    fps: float
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / self.fps if self.fps else 0.0


class ClipKind:
    """Videos, kept and shown as the files they are."""

    tag = "video-file"

    def owns(self, value: object) -> bool:
        return isinstance(value, Clip)

    def size(self, value: Clip) -> int:
        return len(value.data)

    def encode(self, value: Clip) -> bytes:
        """A line of JSON, then the file."""
        facts = {name: fact for name, fact in asdict(value).items() if name != "data"}
        return json.dumps(facts).encode() + b"\n" + value.data

    def decode(self, data: bytes) -> Clip:
        """Raises StorageError if `data` is not what `encode` makes."""
        head, _, file = data.partition(b"\n")
        try:
            return Clip(data=file, **json.loads(head))
        except (ValueError, TypeError) as error:
            message = f"A stored video is damaged: {error}."
            raise StorageError(Problem(code="bad_stored_video", message=message, remedy="Run again.")) from error

    def summary(self, value: Clip) -> ValueSummary:
        stats = {"fps": value.fps, "seconds": value.seconds}
        return ValueSummary(
            type="video", size=len(value.data), width=value.width, height=value.height, length=value.frames, stats=stats
        )

    def file(self, value: Clip) -> tuple[bytes, str]:
        return value.data, value.extension
