/** The graph inside a picture or video that Blockloom saved; engine/graph/embedded.py puts it there. */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = "blockloom\0";
/** The identifier of our box in an MP4. */
const BOX = [0xd1, 0x89, 0x80, 0x8b, 0x92, 0xe7, 0x52, 0x84, 0xb2, 0x97, 0x0d, 0x1b, 0x7b, 0xdd, 0xf3, 0x1b];
/** Behind the keyword of an `iTXt` chunk: not compressed, no language tag, no translated keyword. */
const PLAIN = "\0\0\0\0";

interface Chunk {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The JSON text of the graph in a PNG, WebP or MP4 file; null if there is none, or the file is something else. */
export function readGraph(bytes: Uint8Array): string | null {
  if (PNG.every((byte, index) => bytes[index] === byte)) return fromPng(bytes);
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return fromWebp(bytes);
  if (ascii(bytes, 4, 8) === "ftyp") return fromMp4(bytes);
  return null;
}

/** In the chunk `iTXt`; programs that write the picture anew may have made it `tEXt`. */
function fromPng(bytes: Uint8Array): string | null {
  for (const { name, content } of pngChunks(bytes)) {
    if (name === "iTXt" && startsWith(content, KEYWORD + PLAIN)) {
      return utf8(content.subarray(KEYWORD.length + PLAIN.length));
    }
    if (name === "tEXt" && startsWith(content, KEYWORD)) {
      return new TextDecoder("latin1").decode(content.subarray(KEYWORD.length));
    }
  }
  return null;
}

/** In the element `blockloom:graph` of the XMP packet. */
function fromWebp(bytes: Uint8Array): string | null {
  for (const { name, content } of riffChunks(bytes)) {
    const found = name === "XMP " ? /<blockloom:graph>([^<]*)<\/blockloom:graph>/.exec(utf8(content)) : null;
    if (found?.[1] !== undefined) return unescaped(found[1]);
  }
  return null;
}

/** In the box `uuid` that has our identifier. */
function fromMp4(bytes: Uint8Array): string | null {
  for (const { name, content } of mp4Boxes(bytes)) {
    if (name === "uuid" && BOX.every((byte, index) => content[index] === byte)) {
      return utf8(content.subarray(BOX.length));
    }
  }
  return null;
}

/** PNG specification (third edition), section 5: length, name, content, checksum. */
function* pngChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = PNG.length; at + 12 <= bytes.length;) {
    const size = view.getUint32(at);
    if (at + 12 + size > bytes.length) return;
    yield { name: ascii(bytes, at + 4, at + 8), content: bytes.subarray(at + 8, at + 8 + size) };
    at += 12 + size;
  }
}

/** RFC 9649, section 2.3: name, length, content, made even. */
function* riffChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    if (at + 8 + size > bytes.length) return;
    yield { name: ascii(bytes, at, at + 4), content: bytes.subarray(at + 8, at + 8 + size) };
    at += 8 + size + (size % 2);
  }
}

/** ISO/IEC 14496-12, section 4.2: length with the head, name, content; a length of 1 says that 64 bits follow. */
function* mp4Boxes(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = view.getUint32(at);
    const head = short === 1 ? 16 : 8;
    if (at + head > bytes.length) return;
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    if (size < head || at + size > bytes.length) return;
    yield { name: ascii(bytes, at + 4, at + 8), content: bytes.subarray(at + head, at + size) };
    at += size;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return ascii(bytes, 0, text.length) === text;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
