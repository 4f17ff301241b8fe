"""Which container a media file is in, by its first bytes: FFmpeg would guess, and open anything."""


def sniff(head: bytes) -> str | None:
    """FFmpeg's name of the container, whatever the file is called; None for one that is not known here."""
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"RIFF"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # a frame of MPEG audio, layer III
        return "mp3"
    return next((name for start, name in _STARTS.items() if head.startswith(start)), None)


_STARTS = {
    b"\x1a\x45\xdf\xa3": "matroska", b"GIF87a": "gif", b"GIF89a": "gif", b"fLaC": "flac", b"OggS": "ogg", b"ID3": "mp3"
}  # fmt: skip
