"""Between pictures and video files: H.264 in MP4, VP9 in WebM, GIF. PyAV (FFmpeg) is imported where it is used.

Files come from anyone: only known containers are opened, each with its own demuxer, so that a file cannot make FFmpeg
open another one (playlists and scripts of references are among what it reads).
"""

import io
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from engine.errors import NodeError
from nodes.audio.coding import add_stream, find, packets, samples_of, sound_of
from nodes.audio.sound import Sound
from nodes.containers import sniff
from nodes.video.clip import Clip

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Format = Literal["mp4", "webm", "gif"]
Progress = Callable[[int, int], None]

MAX_BYTES = 2**30
"""Of a file; it is held in memory."""
MAX_PIXELS = 64_000_000
"""Of a frame, as for pictures."""
MAX_DECODED = 1_500_000_000
"""Pixels of all frames that are taken at once; as RGB 4.5 GB."""
MAX_FPS = 240.0

CONTAINERS = {"mp4", "matroska", "avi", "gif"}
"""What videos are read from, by FFmpeg's names."""

PLAYED = {"mp4": {"h264", "av1", "vp9"}, "webm": {"vp8", "vp9", "av1"}}
"""What browsers play; anything else is encoded anew when it is loaded."""

_BT709, _LIMITED = 1, 1
"""FFmpeg's numbers (libavutil/pixfmt.h) for BT.709 colours and for luma from 16 to 235."""


def quality_to_crf(quality: int) -> int:
    """1 to 100, as for pictures, to x264's constant rate factor: 90 is 14 (no loss to the eye), 50 is 28."""
    return round(45.5 - 0.35 * quality)


def encode(frames: Iterable["Picture"], total: int, fps: float, *, format: Format, quality: int,
           progress: Progress, sound: Sound | None = None) -> Clip:  # fmt: skip
    """Pictures of one size as a video; transparency is laid on black. Raises NodeError for pictures of several sizes.

    H.264 and VP9 hold colours at half the resolution and need even sizes: an odd picture gets its last row or column
    twice. The sound ends with the last of the `total` frames; a GIF has none.
    """
    if format == "gif":
        return _encode_gif(frames, total, fps, progress)
    import av

    buffer = io.BytesIO()
    count, size, stream = 0, (0, 0), None
    with av.open(buffer, "w", format=format) as container:
        for picture in frames:
            progress(count, total)
            array = _even(picture)
            if stream is None:
                size = (picture.width, picture.height)
                stream = _add_stream(container, array.shape, fps, format, quality)
                if sound is not None:
                    _add_sound(container, sound, total / fps, format)
            elif (picture.width, picture.height) != size:
                raise _other_size(count, picture, size)
            for packet in stream.encode(_frame(array)):
                container.mux(packet)
            count += 1
        if stream is None:
            raise _no_frames()
        for packet in stream.encode():
            container.mux(packet)
        height, width = stream.height, stream.width
    return Clip(buffer.getvalue(), f".{format}", width, height, fps, count)


def decode(clip: Clip, *, first: int = 0, limit: int | None = None) -> Iterator["Picture"]:
    """The frames in order as RGB pictures, upright, `limit` of them from number `first` on. Raises NodeError."""
    with _opened(io.BytesIO(clip.data)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if limit is not None and number >= first + limit:
                return
            if number >= first:
                yield _upright(frame)


def read_clip(data: bytes, name: str, *, port: str, progress: Progress) -> Clip:
    """The video in a file. What browsers do not play is encoded anew.

    Raises NodeError if it is no video, or damaged.
    """
    container_name = sniff(data[:64])
    if container_name not in CONTAINERS:
        raise NodeError(
            f"{name!r} is not a video that can be read.", remedy="Use MP4, MOV, WebM, MKV, AVI or GIF.", port=port,
            code="bad_video",
        )  # fmt: skip
    try:
        with _opened(io.BytesIO(data)) as container:
            stream = container.streams.video[0]
            facts = _facts(stream, container.duration)
            codec = stream.codec_context.name
    except IndexError:
        raise NodeError(
            f"{name!r} holds no video.", remedy="Choose another file.", port=port, code="bad_video"
        ) from None
    except NodeError as error:
        raise _at(error, name, port) from error
    width, height, fps, frames = facts
    clip = Clip(data, ".mp4", width, height, fps, frames)
    kind = _browsers_name(container_name, data)
    if kind and codec in PLAYED[kind]:
        return Clip(data, f".{kind}", width, height, fps, frames)
    try:
        sound = sound_in(clip)
        return encode(decode(clip), frames, fps, format="mp4", quality=90, progress=progress, sound=sound)
    except NodeError as error:
        raise _at(error, name, port) from error


def sound_in(clip: Clip) -> Sound | None:
    """The sound of a video; None where there is none, or none that can be read."""
    if sniff(clip.data[:64]) == "gif":
        return None
    try:
        return find(clip.data, "The video", port="video")
    except NodeError:  # the pictures are what counts
        return None


def first_frame(path: Path) -> "Picture":
    """The first frame of a video file, upright; the file is read as far as that needs. Raises NodeError."""
    with path.open("rb") as file, _opened(file) as container:
        if not container.streams.video:
            raise NodeError("The file holds no video.", code="bad_video")
        _facts(container.streams.video[0], None)
        return next(_upright(frame) for frame in container.decode(video=0))


def _browsers_name(container_name: str, data: bytes) -> str | None:
    """`mp4` or `webm`, if the container is one that browsers know: neither QuickTime nor plain Matroska."""
    if container_name == "mp4":
        return None if data[8:12] == b"qt  " else "mp4"
    return "webm" if container_name == "matroska" and b"webm" in data[:64] else None


class _opened:
    """An open container; what FFmpeg says of a damaged one becomes a NodeError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._container: Any = None

    def __enter__(self) -> Any:
        import av

        if (container_name := sniff(self._file.read(64))) not in CONTAINERS:
            raise NodeError("The file is not a video that can be read.", code="bad_video")
        self._file.seek(0)
        try:
            self._container = av.open(self._file, format=container_name)
        except (av.FFmpegError, ValueError) as error:
            raise _damaged(error) from error
        return self._container

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        import av

        self._container.close()
        if isinstance(error, av.FFmpegError):
            raise _damaged(error) from error


def _upright(frame: Any) -> "Picture":
    picture: Picture = frame.to_image()
    turned = frame.rotation % 360
    return picture.rotate(turned, expand=True) if turned else picture


def _facts(stream: Any, duration: int | None) -> tuple[int, int, float, int]:
    """Width, height, frames a second and how many frames; where the file does not say, by its length."""
    width, height = stream.codec_context.width, stream.codec_context.height
    if not width or not height or width * height > MAX_PIXELS:
        raise NodeError("The video has no frames of a usable size.", remedy="Choose another file.", code="bad_video")
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    fps = min(max(float(rate), 0.01), MAX_FPS)
    seconds = (duration or 0) / 1_000_000
    return width, height, round(fps, 3), stream.frames or max(1, round(seconds * fps))


def _add_stream(container: Any, shape: tuple[int, ...], fps: float, format: Format, quality: int) -> Any:
    codec = "libx264" if format == "mp4" else "libvpx-vp9"
    crf = quality_to_crf(quality) + (0 if format == "mp4" else 6)  # VP9's scale begins lower for the same look
    options = {"crf": str(crf), "preset": "medium"} if format == "mp4" else {"crf": str(crf), "b": "0", "row-mt": "1",
                                                                             "cpu-used": "4"}  # fmt: skip
    stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options)
    stream.height, stream.width = shape[:2]
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream


def _add_sound(container: Any, sound: Sound, seconds: float, format: Format) -> None:
    """All of it at once: what comes too early waits in the container for its pictures."""
    end = round(seconds * sound.rate)
    cut = sound if sound.samples <= end else sound_of(samples_of(sound)[:, :end], sound.rate)
    stream = add_stream(container, "aac" if format == "mp4" else "libopus", cut)
    for packet in packets(stream, cut):
        container.mux(packet)


def _frame(array: Any) -> Any:
    from av import VideoFrame
    from av.video.reformatter import ColorRange, Colorspace

    frame = VideoFrame.from_ndarray(array, format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)


def _even(picture: "Picture") -> Any:
    """The pixels (height, width, 3), the last row and column repeated where the number is odd."""
    import numpy as np

    array = np.asarray(on_black(picture))
    height, width = array.shape[:2]
    return np.ascontiguousarray(np.pad(array, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge"))


def on_black(picture: "Picture") -> "Picture":
    from PIL import Image

    if "A" not in picture.getbands():
        return picture.convert("RGB")
    black = Image.new("RGB", picture.size)
    black.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return black


def _encode_gif(frames: Iterable["Picture"], total: int, fps: float, progress: Progress) -> Clip:
    """PIL finds a palette for each frame, which FFmpeg's own encoder does not."""
    from PIL import Image

    buffer = io.BytesIO()
    pictures: list[Picture] = []
    for number, picture in enumerate(frames):
        progress(number, total)
        if pictures and picture.size != pictures[0].size:
            raise _other_size(number, picture, pictures[0].size)
        pictures.append(on_black(picture).quantize(dither=Image.Dither.NONE))
    if not pictures:
        raise _no_frames()
    delay = max(2, round(100 / fps)) * 10  # in hundredths of a second; viewers slow down what is shorter than two
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=delay, loop=0, disposal=1)
    return Clip(buffer.getvalue(), ".gif", *pictures[0].size, fps, len(pictures))


def _other_size(number: int, picture: "Picture", size: tuple[int, int]) -> NodeError:
    return NodeError(
        f"Frame {number + 1} has {picture.width} × {picture.height} px, where the first has {size[0]} × {size[1]}.",
        remedy="Resize or crop the pictures to one size.", port="images",
    )  # fmt: skip


def _no_frames() -> NodeError:
    return NodeError("There are no frames.", remedy="Give at least one picture.", port="images")


def _damaged(error: Exception) -> NodeError:
    reason = str(error).partition(";")[0].partition(": '")[0]
    return NodeError(f"The video is damaged or cut off: {reason}.", remedy="Save or upload it again.", code="bad_video")


def _at(error: NodeError, name: str, port: str) -> NodeError:
    from dataclasses import replace

    problem = error.problems[0]
    return NodeError(replace(problem, message=f"{name}: {problem.message}", port=port))
