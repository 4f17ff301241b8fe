"""Video files: load, save, preview."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from engine.catalogue.context import Context
from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Video
from engine.errors import NodeError
from engine.graph.embedded import NotAPicture, embed
from nodes.images.paths import file_state, folder_state, input_file, is_artifact_id
from nodes.images.writing import write_next
from nodes.video.clip import Clip
from nodes.video.coding import MAX_BYTES, Format, decode, encode, read_clip, sound_in


def _state(params: Mapping[str, Any], input_dir: Path) -> str:
    name = params.get("video")
    return file_state(input_dir, name) if isinstance(name, str) else folder_state(input_dir)


@node("video.load", title="Load video", category="Video", keywords=["open", "file", "upload", "input", "movie", "clip"],
      fingerprint=_state)  # fmt: skip
def load(
    video: Annotated[str, In("A video that was uploaded, or a file in the input folder", widget="video")],
    context: Context,
) -> Annotated[Video, Out("video", "The video, as browsers play it")]:
    """Load a video: MP4, MOV, WebM, MKV, AVI or an animated GIF.

    What browsers do not play is encoded anew as H.264.
    """
    path = context.artifact(video) if is_artifact_id(video) else input_file(context.input_dir, video, port="video")
    if path.stat().st_size > MAX_BYTES:
        raise NodeError(f"{path.name!r} is larger than 1 GB.", remedy="Cut it or scale it down first.", port="video")
    return read_clip(path.read_bytes(), path.name, port="video", progress=context.progress)


@node("video.save", title="Save video", category="Video", cache="never", output=True, reads_graph=True,
      keywords=["write", "file", "export", "output", "download", "mp4", "gif", "webm"])  # fmt: skip
def save(
    video: Annotated[Video, In("The video to save")],
    context: Context,
    name: Annotated[
        str, In("Start of the file name, after folders if you like: cats/walk", placeholder="cats/walk")
    ] = "video",
    format: Annotated[Format, In("MP4 plays everywhere; WebM is smaller; GIF needs no player")] = "mp4",
    quality: Annotated[int, In("Where the format changes: smaller files or better ones", min=1, max=100, step=1)] = 80,
) -> tuple[
    Annotated[Video, Out("video", "The video as it was saved")],
    Annotated[str, Out("file", "The name of the file in the output folder")],
]:
    """Save a video to the output folder, numbered on from what is there: video_00001.mp4.

    A video that has the format already is written as it is. GIF has no sound. MP4 files carry the graph they were made
    with.
    """
    clip: Clip = video
    if clip.extension != f".{format}":
        frames = decode(clip)
        sound = sound_in(clip)
        clip = encode(
            frames, clip.frames, clip.fps, format=format, quality=quality, progress=context.progress, sound=sound
        )
    data = _with_graph(clip.data, context) if format == "mp4" else clip.data
    path = write_next(data, context.output_dir, name, f".{format}")
    file = path.relative_to(context.output_dir).as_posix()
    context.log(f"Saved {file}")
    return clip, file


@node(
    "video.preview", title="Preview video", category="Video", output=True, keywords=["show", "view", "play", "display"]
)
def preview(
    video: Annotated[Video, In("The video to show")],
) -> Annotated[Video, Out("video", "The video, unchanged")]:
    """Show a video on the canvas."""
    return video


def _with_graph(data: bytes, context: Context) -> bytes:
    try:
        return embed(data, context.graph())
    except NotAPicture as error:  # a file of other programs that plays, but whose boxes leave no room
        context.log(f"The file carries no graph: {error}.", "warning")
        return data
