"""Sound files: load, save, preview; the sound of a video."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from engine.catalogue.context import Context
from engine.catalogue.define import In, Out, node
from engine.catalogue.types import Audio, Video
from engine.errors import NodeError
from nodes.audio.coding import MAX_BYTES, Format, decode, encode
from nodes.images.paths import file_state, folder_state, input_file, is_artifact_id
from nodes.images.writing import write_next


def _state(params: Mapping[str, Any], input_dir: Path) -> str:
    name = params.get("audio")
    return file_state(input_dir, name) if isinstance(name, str) else folder_state(input_dir)


@node("audio.load", title="Load audio", category="Audio", keywords=["open", "file", "upload", "input", "sound", "music",
      "wav", "mp3"], fingerprint=_state)  # fmt: skip
def load(
    audio: Annotated[str, In("A sound that was uploaded, or a file in the input folder", widget="file")],
    context: Context,
) -> Annotated[Audio, Out("audio", "The sound")]:
    """Load a sound: WAV, FLAC, MP3, OGG, M4A, or that of a video file."""
    path = context.artifact(audio) if is_artifact_id(audio) else input_file(context.input_dir, audio, port="audio")
    if path.stat().st_size > MAX_BYTES:
        raise NodeError(f"{path.name!r} is larger than 1 GB.", remedy="Cut it first.", port="audio")
    return decode(path.read_bytes(), path.name, port="audio")


@node("audio.from_video", title="Sound of a video", category="Audio", keywords=["extract", "soundtrack", "split"])
def from_video(video: Annotated[Video, In("The video")]) -> Annotated[Audio, Out("audio", "Its sound")]:
    """Take the sound out of a video."""
    return decode(video.data, "The video", port="video")


@node("audio.save", title="Save audio", category="Audio", cache="never", output=True,
      keywords=["write", "file", "export", "output", "download", "sound", "music", "wav", "mp3", "flac"])  # fmt: skip
def save(
    audio: Annotated[list[Audio], In("The sounds to save")],
    context: Context,
    name: Annotated[
        str, In("Start of the file name, after folders if you like: songs/rain", placeholder="songs/rain")
    ] = "audio",
    format: Annotated[Format, In("WAV and FLAC keep the sound as it is; MP3 is smaller")] = "wav",
) -> tuple[
    Annotated[list[Audio], Out("audio", "The sounds, unchanged")],
    Annotated[list[str], Out("files", "The names of the files in the output folder")],
]:
    """Save sounds to the output folder, numbered on from what is there: audio_00001.wav."""
    files = []
    for position, sound in enumerate(audio):
        context.progress(position, len(audio))
        path = write_next(encode(sound, format), context.output_dir, name, f".{format}")
        files.append(path.relative_to(context.output_dir).as_posix())
        context.log(f"Saved {files[-1]}")
    return audio, files


@node("audio.preview", title="Preview audio", category="Audio", output=True,
      keywords=["show", "hear", "listen", "play", "sound", "music"])  # fmt: skip
def preview(
    audio: Annotated[list[Audio], In("The sounds to play")],
) -> Annotated[list[Audio], Out("audio", "The sounds, unchanged")]:
    """Play sounds on the canvas."""
    return audio
