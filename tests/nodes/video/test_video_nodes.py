"""Video: from pictures and back, files that come in and go out, and the files that are refused."""

import io
import itertools
import json
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from engine.errors import Cancelled, NodeError, StorageError
from engine.graph.embedded import embedded
from nodes.video import files, frames
from nodes.video.clip import Clip, ClipKind
from nodes.video.coding import decode, encode

RED, GREEN, BLUE = (220, 20, 30), (20, 180, 60), (30, 40, 210)


def pictures(*colours: tuple[int, int, int], size: tuple[int, int] = (64, 48)) -> list[Image.Image]:
    return [Image.new("RGB", size, colour) for colour in colours]


def quietly(step: int, total: int) -> None:
    """No progress is wanted."""


def clip(format: Any = "mp4", size: tuple[int, int] = (64, 48)) -> Clip:
    return encode(pictures(RED, GREEN, BLUE, size=size), 3, 8.0, format=format, quality=90, progress=quietly)


def near(picture: Image.Image, colour: tuple[int, int, int]) -> bool:
    found = picture.convert("RGB").getpixel((20, 20))
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(found, colour, strict=True))


def written(codec: str, container: str, options: dict[str, str] | None = None, sound: bool = False) -> bytes:
    """A file as another program would write it: 3 frames, and if wanted some silence."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream = out.add_stream(codec, rate=8, options=options or {})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        audio = out.add_stream("aac", rate=44100, layout="mono") if sound else None
        for picture in pictures(RED, GREEN, BLUE):
            out.mux(stream.encode(av.VideoFrame.from_image(picture)))
        out.mux(stream.encode(None))
        if audio:
            out.mux(audio.encode(silence()))
            out.mux(audio.encode(None))
    return buffer.getvalue()


def silence() -> av.AudioFrame:
    frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
    frame.sample_rate = 44100
    frame.planes[0].update(bytes(4096))
    return frame


def streams(data: bytes) -> list[str]:
    with av.open(io.BytesIO(data)) as container:
        return [stream.codec_context.name for stream in container.streams]


@pytest.mark.parametrize("format", ["mp4", "webm", "gif"])
def test_pictures_become_a_video_and_come_back(format: str) -> None:
    made = clip(format)
    assert (made.extension, made.width, made.height, made.fps, made.frames) == (f".{format}", 64, 48, 8.0, 3)
    assert made.seconds == 0.375
    back = list(decode(made))
    assert len(back) == 3 and all(map(near, back, (RED, GREEN, BLUE)))


def test_odd_sizes_grow_and_transparency_is_black(place: Any) -> None:
    picture = Image.new("RGBA", (65, 49), (*RED, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 40, 49))
    made = frames.from_frames([picture], place.context)
    first = next(decode(made))
    assert first.size == (66, 50) and near(first, (0, 0, 0))


def test_frames_of_several_sizes_and_none_are_refused(place: Any) -> None:
    with pytest.raises(NodeError, match="Frame 2 has 8 × 8 px, where the first has 64 × 48"):
        frames.from_frames([*pictures(RED), Image.new("RGB", (8, 8))], place.context)
    with pytest.raises(NodeError, match="no frames"):
        frames.from_frames([], place.context)


def test_encoding_stops_when_the_run_is_cancelled() -> None:
    def cancelled(step: int, total: int) -> None:
        if step == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        encode(itertools.repeat(pictures(RED)[0]), 1000, 8.0, format="mp4", quality=90, progress=cancelled)


def test_some_frames_of_a_video(place: Any) -> None:
    taken, fps = frames.frames(clip(), place.context, first=1, limit=1)
    assert fps == 8.0 and len(taken) == 1 and near(taken[0], GREEN)
    with pytest.raises(NodeError, match="no frame after the first 3"):
        frames.frames(clip(), place.context, first=3)


def test_more_frames_than_memory_should_hold_are_refused(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_DECODED", 2 * 64 * 48)
    with pytest.raises(NodeError, match="more than 2 frames"):
        frames.frames(clip(), place.context)
    assert len(frames.frames(clip(), place.context, limit=2)[0]) == 2


@pytest.mark.parametrize(
    ("name", "codec", "container", "extension"),
    [("a.mp4", "libx264", "mp4", ".mp4"), ("a.webm", "libvpx-vp9", "webm", ".webm"),
     ("a.mov", "libx264", "mov", ".mp4"), ("a.mkv", "libx264", "matroska", ".mp4"), ("a.avi", "mpeg4", "avi", ".mp4")],
)  # fmt: skip
def test_the_usual_files_load_as_what_browsers_play(
    place: Any, name: str, codec: str, container: str, extension: str
) -> None:
    data = written(codec, container)
    (place.input_dir / name).write_bytes(data)
    loaded = files.load(name, place.context)
    assert (loaded.extension, loaded.width, loaded.height, loaded.fps, loaded.frames) == (extension, 64, 48, 8.0, 3)
    assert (loaded.data == data) == name.endswith(extension)
    assert streams(loaded.data)[0] in ("h264", "vp9") and all(map(near, decode(loaded), (RED, GREEN, BLUE)))


def test_an_artifact_and_an_animated_gif_load(place: Any) -> None:
    artifact = place.artifacts.keep(clip("gif").data, ".gif")
    assert files.load(artifact.id, place.context).extension == ".mp4"


@pytest.mark.parametrize(
    "data", [b"", b"hello", clip().data[:500], b"\0\0\0\x18ftypmp42" + b"x" * 99, clip("webm").data[:90],
             b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n"],
)  # fmt: skip
def test_files_that_are_no_video_are_refused(place: Any, data: bytes) -> None:
    (place.input_dir / "bad.mp4").write_bytes(data)
    with pytest.raises(NodeError) as caught:
        files.load("bad.mp4", place.context)
    problem = caught.value.problems[0]
    assert (problem.code, problem.port) == ("bad_video", "video") and "bad.mp4" in problem.message


def test_a_file_with_sound_only_is_refused(place: Any) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        audio = out.add_stream("aac", rate=44100, layout="mono")
        out.mux(audio.encode(silence()))
        out.mux(audio.encode(None))
    (place.input_dir / "song.mp4").write_bytes(buffer.getvalue())
    with pytest.raises(NodeError, match="holds no video"):
        files.load("song.mp4", place.context)


def test_saving_writes_the_file_as_it_is_with_the_graph_in_it(place: Any) -> None:
    (place.input_dir / "a.mp4").write_bytes(written("libx264", "mp4", sound=True))
    loaded = files.load("a.mp4", place.context)
    saved, name = files.save(loaded, place.context, name="cats/walk")
    data = (place.output_dir / name).read_bytes()
    assert name == "cats/walk_00001.mp4" and saved is loaded and data.startswith(loaded.data)
    assert json.loads(embedded(data) or b"") == json.loads(place.context.graph())
    assert streams(data) == ["h264", "aac"]
    assert files.save(loaded, place.context, name="cats/walk")[1] == "cats/walk_00002.mp4"


@pytest.mark.parametrize("format", ["webm", "gif"])
def test_saving_in_another_format_encodes_anew(place: Any, format: Any) -> None:
    saved, name = files.save(clip(), place.context, format=format, quality=60)
    assert (Path(name).suffix, saved.extension) == (f".{format}", f".{format}")
    assert (place.output_dir / name).read_bytes() == saved.data
    assert len(list(decode(saved))) == 3


def test_a_video_is_kept_and_shown_as_its_file() -> None:
    kind, made = ClipKind(), clip()
    assert kind.owns(made) and not kind.owns(made.data)
    assert kind.decode(kind.encode(made)) == made
    assert kind.file(made) == (made.data, ".mp4")
    summary = kind.summary(made)
    assert (summary.width, summary.height, summary.length, summary.stats) == (64, 48, 3, {"fps": 8.0, "seconds": 0.375})
    for damaged in (b"", b"{}\n", b"[1]\nx", b"x"):
        with pytest.raises(StorageError):
            kind.decode(damaged)
