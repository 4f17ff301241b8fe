"""The audio value: a sound wave, and how it is measured, kept and shown. Imports nothing heavy."""

import json
from dataclasses import dataclass, field

from engine.errors import Problem, StorageError
from engine.values.refs import ValueSummary

_SAMPLE = 4
"""Bytes of a sample in one channel."""


@dataclass(frozen=True, slots=True)
class Sound:
    """`data` are 32-bit floats from -1 to 1, little-endian, one channel after the other; `rate` in samples a second."""

    data: bytes = field(repr=False)
    channels: int
    rate: int

    @property
    def samples(self) -> int:
        """In each channel."""
        return len(self.data) // (_SAMPLE * self.channels)

    @property
    def seconds(self) -> float:
        return self.samples / self.rate


class SoundKind:
    """Sounds, kept sample by sample and shown as WAV files."""

    tag = "sound-f32"

    def owns(self, value: object) -> bool:
        return isinstance(value, Sound)

    def size(self, value: Sound) -> int:
        return len(value.data)

    def encode(self, value: Sound) -> bytes:
        """A line of JSON, then the samples."""
        return json.dumps({"channels": value.channels, "rate": value.rate}).encode() + b"\n" + value.data

    def decode(self, data: bytes) -> Sound:
        """Raises StorageError if `data` is not what `encode` makes."""
        head, _, samples = data.partition(b"\n")
        try:
            facts = json.loads(head)
            sound = Sound(samples, int(facts["channels"]), int(facts["rate"]))
            if sound.channels < 1 or sound.rate < 1 or len(samples) % (_SAMPLE * sound.channels):
                raise ValueError("its channels differ in length")
        except (ValueError, TypeError, KeyError) as error:
            message = f"A stored sound is damaged: {error}."
            raise StorageError(Problem(code="bad_stored_sound", message=message, remedy="Run again.")) from error
        return sound

    def summary(self, value: Sound) -> ValueSummary:
        stats = {"channels": float(value.channels), "rate": float(value.rate), "seconds": value.seconds}
        return ValueSummary(type="audio", size=len(value.data), length=value.samples, stats=stats)

    def file(self, value: Sound) -> tuple[bytes, str]:
        from nodes.audio.coding import encode

        return encode(value, "wav"), ".wav"
