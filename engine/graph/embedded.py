"""A graph inside a picture or video file: put into it without touching what is seen, and read out of it again.

PNG: an `iTXt` chunk with the keyword `blockloom`, not compressed, right behind `IHDR`; its text is the document.
WebP: an `XMP ` chunk, the last one of the file, in whose packet the element `graph` of the namespace `urn:blockloom`
has the document as its text.
MP4: a box `uuid` with the identifier `BOX`, the last one of the file; what follows the identifier is the document.
What was there of either kind is replaced.

Chunks: PNG specification (third edition), sections 5 and 11; WebP container specification, RFC 9649, section 2; boxes:
ISO/IEC 14496-12, sections 4.2 and 11.1.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from uuid import UUID
from xml.sax.saxutils import escape, unescape

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"blockloom\0"
NOT_COMPRESSED = b"\0\0\0\0"
"""Compression flag and method, then an empty language tag and an empty translated keyword."""

XMP_FLAG, ALPHA_FLAG = 0x04, 0x10
"""In the first byte of `VP8X`."""

BOX = UUID("d189808b-92e7-5284-b297-0d1b7bddf31b").bytes
"""Of the name `urn:blockloom:graph` (version 5, in the namespace of URLs)."""

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:blockloom="urn:blockloom"><blockloom:graph>{text}</blockloom:graph>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)
_GRAPH = re.compile(rb"<blockloom:graph>([^<]*)</blockloom:graph>")

Chunk = tuple[bytes, bytes]
"""Name and content."""


class NotAPicture(ValueError):
    """The file is none that can carry a graph, or its chunks are damaged."""


def embed(data: bytes, graph: str) -> bytes:
    """The PNG, WebP or MP4 file `data` with `graph` (JSON text) in it. Raises NotAPicture."""
    if data.startswith(PNG):
        return _embed_in_png(data, graph.encode())
    if _is_webp(data):
        return _embed_in_webp(data, graph)
    if data[4:8] == b"ftyp":
        return _embed_in_mp4(data, graph.encode())
    raise NotAPicture("it is neither PNG, WebP nor MP4")


def embedded(data: bytes) -> bytes | None:
    """The JSON text in the PNG, WebP or MP4 file `data`; None if it has none. Raises NotAPicture."""
    if data.startswith(PNG):
        texts = (content for name, content in _png_chunks(data) if _is_ours(name, content))
        found = next(texts, None)
        return None if found is None else found[len(KEYWORD + NOT_COMPRESSED) :]
    if _is_webp(data):
        packets = (_GRAPH.search(content) for name, content in _riff_chunks(data) if name == b"XMP ")
        match = next(packets, None)
        return unescape(match[1].decode(errors="replace")).encode() if match else None
    if data[4:8] == b"ftyp":
        return next((data[text:end] for _, text, end in _mp4_boxes(data) if text), None)
    raise NotAPicture("it is neither PNG, WebP nor MP4")


def _embed_in_png(data: bytes, text: bytes) -> bytes:
    chunks = [(name, content) for name, content in _png_chunks(data) if not _is_ours(name, content)]
    chunks.insert(1, (b"iTXt", KEYWORD + NOT_COMPRESSED + text))
    return PNG + b"".join(_png_chunk(name, content) for name, content in chunks)


def _png_chunks(data: bytes) -> Iterator[Chunk]:
    place = len(PNG)
    while place + 12 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        if place + 12 + size > len(data):
            break
        name = data[place + 4 : place + 8]
        yield name, data[place + 8 : place + 8 + size]
        if name == b"IEND":
            return
        place += 12 + size
    raise NotAPicture("the PNG is cut off")


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))


def _is_ours(name: bytes, content: bytes) -> bool:
    return name == b"iTXt" and content.startswith(KEYWORD + NOT_COMPRESSED)


def _is_webp(data: bytes) -> bool:
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


def _embed_in_webp(data: bytes, graph: str) -> bytes:
    chunks = [(name, content) for name, content in _riff_chunks(data) if name != b"XMP "]
    if chunks and chunks[0][0] == b"VP8X" and chunks[0][1]:
        _, facts = chunks.pop(0)
        facts = bytes([facts[0] | XMP_FLAG]) + facts[1:]
    else:
        facts = _extended_header(chunks)
    # JSON may hold these two anywhere in a text, XML nowhere.
    graph = graph.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    chunks = [(b"VP8X", facts), *chunks, (b"XMP ", XMP.format(text=escape(graph)).encode())]
    body = b"WEBP" + b"".join(_riff_chunk(name, content) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff_chunks(data: bytes) -> Iterator[Chunk]:
    place = 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        if place + 8 + size > len(data):
            raise NotAPicture("the WebP is cut off")
        yield data[place : place + 4], data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _extended_header(chunks: list[Chunk]) -> bytes:
    """The content of `VP8X` for a file that has only its one bitstream. Sizes: RFC 6386, section 9.1; RFC 9649, 3.4."""
    name, stream = chunks[0] if chunks else (b"", b"")
    flags = XMP_FLAG
    if name == b"VP8 " and stream[3:6] == b"\x9d\x01\x2a" and len(stream) >= 10:
        width, height = (size & 0x3FFF for size in struct.unpack("<HH", stream[6:10]))
    elif name == b"VP8L" and stream[:1] == b"\x2f" and len(stream) >= 5:
        bits = int.from_bytes(stream[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags |= ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise NotAPicture("the WebP has no bitstream")
    return struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def _embed_in_mp4(data: bytes, text: bytes) -> bytes:
    """Behind all other boxes: those before keep their places, which the file's tables name."""
    boxes = list(_mp4_boxes(data))
    if any(text for _, text, _ in boxes[:-1]):
        raise NotAPicture("it holds a graph in the middle")
    end = boxes[-1][0] if boxes[-1][1] else len(data)
    return data[:end] + (24 + len(text)).to_bytes(4, "big") + b"uuid" + BOX + text


def _mp4_boxes(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Of each box of the file: where it begins, where a graph begins in it (0 if there is none), where it ends."""
    place = 0
    while place + 8 <= len(data):
        size, head = int.from_bytes(data[place : place + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        if size < head or place + size > len(data):
            break  # also 0: the box goes on to the end of the file, where nothing can be added
        ours = data[place + 4 : place + 8] == b"uuid" and data[place + head : place + head + 16] == BOX
        yield place, place + head + 16 if ours else 0, place + size
        place += size
    if place != len(data):
        raise NotAPicture("the MP4 is cut off")
