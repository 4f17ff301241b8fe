"""Between a video and its pictures."""

from typing import Annotated, Any

from engine.catalogue.context import Context
from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Audio, Image, Video
from engine.errors import NodeError
from nodes.audio.coding import joined
from nodes.video.clip import Clip
from nodes.video.coding import MAX_DECODED, MAX_FPS, decode, encode


@node("video.from_frames", title="Video from frames", category="Video",
      keywords=["make", "encode", "join", "animate", "images"])  # fmt: skip
def from_frames(
    images: Annotated[list[Image], In("The frames in order, all of one size")],
    context: Context,
    fps: Annotated[float, In("Frames a second", title="Frames a second", min=0.1, max=MAX_FPS, step=0.001)] = 16.0,
    quality: Annotated[int, In("Smaller files or better ones", min=1, max=100, step=1)] = 90,
    audio: Annotated[list[Audio] | None, In("The sound; several follow each other", many=True)] = None,
) -> Annotated[Video, Out("video", "The video, H.264 in MP4")]:
    """Make a video of pictures, with sound if you like.

    Odd widths and heights grow by one pixel, and transparent parts become black. The sound ends with the pictures.
    """
    sound = joined(audio or [])
    return encode(images, len(images), fps, format="mp4", quality=quality, progress=context.progress, sound=sound)


@node("video.frames", title="Video frames", category="Video", keywords=["split", "decode", "extract", "images"])
def frames(
    video: Annotated[Video, In("The video")],
    context: Context,
    first: Annotated[int, In("How many frames to leave out at the start", min=0, step=1)] = 0,
    limit: Annotated[int, In("How many frames to take at most; 0 takes all", min=0, step=1)] = 0,
) -> tuple[
    Annotated[list[Image], Out("images", "The frames in order")],
    Annotated[float, Out("fps", "Frames a second", title="Frames a second")],
]:
    """Take a video apart into its pictures."""
    clip: Clip = video
    wanted = min(limit or clip.frames, max(clip.frames - first, 1))
    most = MAX_DECODED // (clip.width * clip.height)
    pictures: list[Any] = []
    for picture in decode(clip, first=first, limit=limit or None):
        context.progress(min(len(pictures), wanted), wanted)
        pictures.append(picture)
        if len(pictures) > most:
            raise NodeError(
                f"That would be more than {most:,} frames of {clip.width} × {clip.height} px.",
                remedy="Take fewer with the limit.", port="limit",
            )  # fmt: skip
    if not pictures:
        raise NodeError(f"The video has no frame after the first {first}.", remedy="Start earlier.", port="first")
    return pictures, clip.fps
