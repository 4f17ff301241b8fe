"""Sound: files that come in and go out, the sound of videos, and the files that are refused."""

import io
import math
import wave
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from PIL import Image

from engine.errors import NodeError, StorageError
from nodes.audio import files
from nodes.audio.coding import decode, encode, joined, samples_of, sound_of
from nodes.audio.sound import Sound, SoundKind
from nodes.video import files as video_files
from nodes.video.coding import encode as encode_video
from nodes.video.frames import from_frames

RATE = 16000


def tone(seconds: float = 0.5, channels: int = 2, rate: int = RATE) -> Sound:
    wave = 0.5 * numpy.sin(2 * math.pi * 440 * numpy.arange(round(seconds * rate)) / rate)
    return sound_of(numpy.stack([wave * (1 - 0.5 * channel) for channel in range(channels)]), rate)


def facts(sound: Sound) -> tuple[int, int]:
    return sound.channels, sound.rate


def near(one: Sound, other: Sound, error: float) -> bool:
    """Whether the middle of both is alike: encoders add some silence."""
    a, b = samples_of(one)[0], samples_of(other)[0]
    return abs(float(numpy.sqrt((a**2).mean())) - float(numpy.sqrt((b**2).mean()))) < error


def put(place: Any, name: str, data: bytes) -> str:
    (place.context.input_dir / name).write_bytes(data)
    return name


def test_a_wav_holds_the_samples_in_16_bits() -> None:
    with wave.open(io.BytesIO(encode(tone(channels=1), "wav"))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth(), file.getnframes()) == (1, RATE, 2, 8000)
        samples = numpy.frombuffer(file.readframes(8000), "<i2") / 32767
    assert numpy.abs(samples - samples_of(tone(channels=1))[0]).max() < 1 / 32767


@pytest.mark.parametrize(("format", "error"), [("wav", 1e-4), ("flac", 1e-4), ("mp3", 0.05)])
@pytest.mark.parametrize("channels", [1, 2])
def test_files_come_back_as_they_went(format: Any, error: float, channels: int) -> None:
    back = decode(encode(tone(channels=channels), format), "x", port="audio")
    assert facts(back) == (channels, RATE)
    assert near(back, tone(channels=channels), error)


def test_a_rate_that_a_format_has_not_becomes_the_next_one() -> None:
    assert facts(decode(encode(tone(rate=20000), "mp3"), "x", port="audio")) == (2, 22050)
    assert facts(decode(encode(tone(rate=96000), "mp3"), "x", port="audio")) == (2, 48000)


def test_loud_and_broken_samples_are_held_in_bounds() -> None:
    loud = sound_of([[2.0, -3.0, math.nan, math.inf]], RATE)
    with wave.open(io.BytesIO(encode(loud, "wav"))) as file:
        assert numpy.frombuffer(file.readframes(4), "<i2").tolist() == [32767, -32767, 0, 0]


def test_a_sound_is_kept_exactly_and_told_in_short() -> None:
    kind, sound = SoundKind(), tone(channels=1)
    assert kind.owns(sound) and kind.decode(kind.encode(sound)) == sound
    summary = kind.summary(sound)
    assert (summary.type, summary.length, summary.size) == ("audio", 8000, 32000)
    assert summary.stats == {"channels": 1.0, "rate": 16000.0, "seconds": 0.5}
    assert kind.file(sound)[1] == ".wav"


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b'{"channels": 2, "rate": 8000}\n1234', b'{"channels": 0, "rate": 1}\n']
)
def test_a_damaged_sound_in_the_cache_is_told(data: bytes) -> None:
    with pytest.raises(StorageError, match="A stored sound is damaged"):
        SoundKind().decode(data)


def test_sounds_are_saved_under_numbers(place: Any) -> None:
    sounds = [tone(), tone(channels=1)]
    audio, names = files.save(sounds, place.context, name="songs/rain", format="flac")
    assert (audio, names) == (sounds, ["songs/rain_00001.flac", "songs/rain_00002.flac"])
    saved = Path(place.context.output_dir, names[1]).read_bytes()
    assert facts(decode(saved, "x", port="audio")) == (1, RATE)


def test_a_saved_sound_is_loaded(place: Any) -> None:
    assert facts(files.load(put(place, "a.wav", encode(tone(), "wav")), place.context)) == (2, RATE)
    assert files.preview([tone()]) == [tone()]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no sound at all, but some text", "is not a sound that can be read"),
        (b"#EXTM3U\n/etc/passwd", "is not a sound that can be read"),
        (b"fLaC" + bytes(60), "damaged or cut off"),
        (b"GIF89a" + bytes(60), "is not a sound that can be read"),
    ],
)
def test_what_is_no_sound_is_refused(place: Any, data: bytes, message: str) -> None:
    with pytest.raises(NodeError, match=message) as raised:
        files.load(put(place, "a.wav", data), place.context)
    assert raised.value.problems[0].port == "audio"


def test_a_video_has_the_sound_it_was_given_until_its_last_frame(place: Any) -> None:
    pictures = [Image.new("RGB", (64, 48), "red")] * 8
    video = from_frames(pictures, place.context, fps=16.0, audio=[tone(0.25), tone(4)])
    with av.open(io.BytesIO(video.data)) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["h264", "aac"]
    sound = files.from_video(video)
    assert facts(sound) == (2, RATE)
    assert abs(sound.seconds - 0.5) < 0.15  # in whole frames of AAC


def test_another_video_format_keeps_the_sound(place: Any) -> None:
    pictures = [Image.new("RGB", (64, 48), "red")] * 8
    video = from_frames(pictures, place.context, fps=16.0, audio=[tone()])
    webm, _ = video_files.save(video, place.context, format="webm")
    assert facts(files.from_video(webm)) == (2, 48000)
    gif, _ = video_files.save(video, place.context, format="gif")
    with pytest.raises(NodeError, match="not a sound"):
        files.from_video(gif)


def test_a_silent_video_has_no_sound(place: Any) -> None:
    pictures = [Image.new("RGB", (64, 48), "red")] * 2
    silent = encode_video(pictures, 2, 8.0, format="mp4", quality=50, progress=lambda step, total: None)
    with pytest.raises(NodeError, match="holds no sound"):
        files.from_video(silent)


def test_sounds_of_several_kinds_do_not_become_one() -> None:
    assert joined([]) is None and joined([tone()]) == tone()
    with pytest.raises(NodeError, match="differ in rate or channels"):
        joined([tone(), tone(channels=1)])


def test_more_than_two_channels_are_saved_as_wav_only() -> None:
    assert encode(tone(channels=3), "wav").startswith(b"RIFF")
    with pytest.raises(NodeError, match="3 channels"):
        encode(tone(channels=3), "mp3")
