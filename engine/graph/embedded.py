"""A graph inside a picture file: put into a PNG or WebP without touching the pixels, and read out of it again.

PNG: an `iTXt` chunk with the keyword `blockloom`, not compressed, right behind `IHDR`; its text is the document.
WebP: an `XMP ` chunk, the last one of the file, in whose packet the element `graph` of the namespace `urn:blockloom`
has the document as its text. What was there of either kind is replaced.

Chunks: PNG specification (third edition), sections 5 and 11; WebP container specification, RFC 9649, section 2.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from xml.sax.saxutils import escape, unescape

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"blockloom\0"
NOT_COMPRESSED = b"\0\0\0\0"
"""Compression flag and method, then an empty language tag and an empty translated keyword."""

XMP_FLAG, ALPHA_FLAG = 0x04, 0x10
"""In the first byte of `VP8X`."""

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:blockloom="urn:blockloom"><blockloom:graph>{text}</blockloom:graph>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)
_GRAPH = re.compile(rb"<blockloom:graph>([^<]*)</blockloom:graph>")

Chunk = tuple[bytes, bytes]
"""Name and content."""


class NotAPicture(ValueError):
    """The file is neither a PNG nor a WebP, or its chunks are damaged."""


def embed(data: bytes, graph: str) -> bytes:
    """The PNG or WebP file `data` with `graph` (JSON text) in it. Raises NotAPicture."""
    if data.startswith(PNG):
        return _embed_in_png(data, graph.encode())
    if _is_webp(data):
        return _embed_in_webp(data, graph)
    raise NotAPicture("it is neither PNG nor WebP")


def embedded(data: bytes) -> bytes | None:
    """The JSON text in the PNG or WebP file `data`; None if it has none. Raises NotAPicture."""
    if data.startswith(PNG):
        texts = (content for name, content in _png_chunks(data) if _is_ours(name, content))
        found = next(texts, None)
        return None if found is None else found[len(KEYWORD + NOT_COMPRESSED) :]
    if _is_webp(data):
        packets = (_GRAPH.search(content) for name, content in _riff_chunks(data) if name == b"XMP ")
        match = next(packets, None)
        return unescape(match[1].decode(errors="replace")).encode() if match else None
    raise NotAPicture("it is neither PNG nor WebP")


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
