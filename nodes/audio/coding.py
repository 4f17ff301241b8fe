"""Between sounds and files: WAV by the standard library, the rest by PyAV (FFmpeg), imported where it is used.

Files come from anyone: only known containers are opened, each with its own demuxer, as for videos.
"""

import io
import wave
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import NodeError
from nodes.audio.sound import Sound
from nodes.containers import sniff

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    """(channels, samples), from -1 to 1."""

Format = Literal["wav", "flac", "mp3"]

MAX_BYTES = 2**30
"""Of a file; it is held in memory."""
MAX_SAMPLES = 2**28
"""Of all channels that are decoded at once: 1 GB, some 45 minutes of stereo."""
LAYOUTS = {1: "mono", 2: "stereo"}
_USUAL = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
RATES = {"libmp3lame": _USUAL, "aac": _USUAL, "libopus": (48000,)}
"""Samples a second that an encoder has, if not all; others become the next one above."""

CONTAINERS = {"wav", "flac", "mp3", "ogg", "mp4", "matroska", "avi"}
"""What sound is read from, by FFmpeg's names."""

_CODECS = {"flac": "flac", "mp3": "libmp3lame"}
"""FFmpeg's encoders."""


def sound_of(samples: Any, rate: int) -> Sound:
    """A sound of (channels, samples) numbers; one row of them is mono. What is no number is silence."""
    import numpy as np

    array = np.nan_to_num(np.atleast_2d(np.asarray(samples, dtype="<f4")), posinf=0.0, neginf=0.0)
    return Sound(np.ascontiguousarray(array).tobytes(), array.shape[0], rate)


def samples_of(sound: Sound) -> "Samples":
    """(channels, samples), read-only."""
    import numpy as np

    return np.frombuffer(sound.data, dtype="<f4").reshape(sound.channels, -1)


def encode(sound: Sound, format: Format) -> bytes:
    """The sound as a file; WAV and FLAC hold 16 bits a sample. Raises NodeError for channels that it cannot hold."""
    if format == "wav":
        return _wav(sound)
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=format) as container:
        stream = add_stream(container, _CODECS[format], sound)
        for packet in packets(stream, sound):
            container.mux(packet)
    return buffer.getvalue()


def add_stream(container: Any, codec: str, sound: Sound) -> Any:
    """A stream of the container for the sound. Raises NodeError for more than two channels."""
    if sound.channels not in LAYOUTS:
        raise NodeError(
            f"The sound has {sound.channels} channels; this format holds one or two.",
            remedy="Save it as WAV.", port="audio",
        )  # fmt: skip
    rates = RATES.get(codec, (sound.rate,))
    rate = next((rate for rate in rates if rate >= sound.rate), rates[-1])
    return container.add_stream(codec, rate=rate, layout=LAYOUTS[sound.channels])


def packets(stream: Any, sound: Sound) -> Any:
    """The sound, encoded for a stream of `add_stream`."""
    import av

    frame = av.AudioFrame.from_ndarray(samples_of(sound).copy(), format="fltp", layout=LAYOUTS[sound.channels])
    frame.sample_rate = sound.rate
    yield from stream.encode(frame)
    yield from stream.encode(None)


def decode(data: bytes, name: str, *, port: str) -> Sound:
    """The sound in a file, or of a video. Raises NodeError if there is none, or it is damaged."""
    if (sound := find(data, name, port=port)) is None:
        raise NodeError(f"{name!r} holds no sound.", remedy="Choose another file.", port=port, code="bad_audio")
    return sound


def find(data: bytes, name: str, *, port: str) -> Sound | None:
    """As `decode`; None where there is no sound."""
    import av
    import numpy as np

    if (container_name := sniff(data[:64])) not in CONTAINERS:
        raise NodeError(
            f"{name!r} is not a sound that can be read.", remedy="Use WAV, FLAC, MP3, OGG, M4A or a video.", port=port,
            code="bad_audio",
        )  # fmt: skip
    try:
        with av.open(io.BytesIO(data), format=container_name) as container:
            if not container.streams.audio:
                return None
            rate, chunks = _decoded(av, container)
    except (av.FFmpegError, ValueError) as error:
        reason = str(error).partition(";")[0].partition(": '")[0]
        raise NodeError(
            f"{name!r} is damaged or cut off: {reason}.", remedy="Save or upload it again.", port=port, code="bad_audio"
        ) from error
    return sound_of(np.concatenate(chunks, axis=1), rate) if chunks else None


def joined(sounds: list[Sound]) -> Sound | None:
    """One after the other, as frames of videos are; None for none. Raises NodeError if they differ in kind."""
    import numpy as np

    if len({(sound.channels, sound.rate) for sound in sounds}) > 1:
        raise NodeError("The sounds differ in rate or channels.", remedy="Give sounds of one kind.", port="audio")
    if len(sounds) < 2:
        return sounds[0] if sounds else None
    return sound_of(np.concatenate([samples_of(sound) for sound in sounds], axis=1), sounds[0].rate)


def _decoded(av: Any, container: Any) -> tuple[int, list["Samples"]]:
    stream = container.streams.audio[0]
    rate, layout = stream.codec_context.sample_rate, stream.codec_context.layout
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
    chunks, count = [], 0
    for frame in (*container.decode(stream), None):
        for part in resampler.resample(frame):
            chunks.append(part.to_ndarray())
            count += chunks[-1].size
            if count > MAX_SAMPLES:
                raise NodeError("The sound is too long.", remedy="Cut it first.", code="bad_audio")
    return int(rate), chunks


def _wav(sound: Sound) -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    whole = np.round(np.clip(samples_of(sound), -1, 1) * 32767).astype("<i2")
    with wave.open(buffer, "wb") as file:
        file.setnchannels(sound.channels)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(np.ascontiguousarray(whole.T).tobytes())
    return buffer.getvalue()
