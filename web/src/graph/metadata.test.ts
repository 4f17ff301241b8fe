/** Graphs inside pictures; the files are built here chunk by chunk. */
import { describe, expect, test } from "vitest";
import { readGraph } from "./metadata";

const TEXT = '{"name": "größer < kleiner & 絵"}';
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const big = (size: number): number[] => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255];

function png(...chunks: [name: string, content: number[]][]): Uint8Array {
  const body = chunks.flatMap(([name, content]) => [...big(content.length), ...utf8(name), ...content, 0, 0, 0, 0]);
  return new Uint8Array([0x89, ...utf8("PNG\r\n\x1a\n"), ...body]);
}

function webp(...chunks: [name: string, content: number[]][]): Uint8Array {
  const body = chunks.flatMap(([name, content]) => {
    return [...utf8(name), ...big(content.length).reverse(), ...content, ...(content.length % 2 ? [0] : [])];
  });
  return new Uint8Array([...utf8("RIFF"), ...big(body.length + 4).reverse(), ...utf8("WEBP"), ...body]);
}

const xmp = (text: string): number[] => utf8(`<x:xmpmeta><blockloom:graph>${text}</blockloom:graph></x:xmpmeta>`);
const escaped = TEXT.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

describe("PNG", () => {
  test.each([
    ["iTXt", png(["IHDR", [1]], ["iTXt", utf8(`blockloom\0\0\0\0\0${TEXT}`)]), TEXT],
    ["tEXt", png(["IHDR", [1]], ["tEXt", utf8("blockloom\0{}")]), "{}"],
    ["other texts", png(["iTXt", utf8("Comment\0\0\0\0\0x")], ["tEXt", utf8("parameters\0x")]), null],
    ["compressed", png(["iTXt", utf8("blockloom\0\x01\0\0\0xx")]), null],
    ["cut off", png(["iTXt", utf8(`blockloom\0\0\0\0\0${TEXT}`)]).subarray(0, 40), null],
  ])("%s", (_, bytes, text) => {
    expect(readGraph(bytes)).toBe(text);
  });

  test("inside a larger buffer", () => {
    const file = png(["iTXt", utf8("blockloom\0\0\0\0\0{}")]);
    const buffer = new Uint8Array(file.length + 7);
    buffer.set(file, 7);
    expect(readGraph(buffer.subarray(7))).toBe("{}");
  });
});

describe("WebP", () => {
  test.each([
    ["XMP", webp(["VP8X", [4, 0, 0]], ["XMP ", xmp(escaped)]), TEXT],
    ["XMP of other programs", webp(["XMP ", utf8("<x:xmpmeta/>")]), null],
    ["no XMP", webp(["VP8L", [1, 2, 3]]), null],
    ["cut off", webp(["XMP ", xmp(escaped)]).subarray(0, 50), null],
  ])("%s", (_, bytes, text) => {
    expect(readGraph(bytes)).toBe(text);
  });
});

test.each([
  new Uint8Array(),
  new Uint8Array([0x89, 0x50]),
  new Uint8Array(utf8("GIF89a")),
  new Uint8Array(utf8("RIFF")),
])("anything else has none", (bytes) => {
  expect(readGraph(bytes)).toBeNull();
});

describe("MP4", () => {
  const id = [0xd1, 0x89, 0x80, 0x8b, 0x92, 0xe7, 0x52, 0x84, 0xb2, 0x97, 0x0d, 0x1b, 0x7b, 0xdd, 0xf3, 0x1b];
  const box = (name: string, content: number[]): number[] => [...big(8 + content.length), ...utf8(name), ...content];
  const large = [...big(1), ...utf8("mdat"), ...big(0), ...big(17), 7];
  const file = (...boxes: number[][]): Uint8Array => new Uint8Array([box("ftyp", utf8("isom")), ...boxes].flat());

  test.each([
    ["in the last box", file(large, box("moov", [1]), box("uuid", [...id, ...utf8(TEXT)])), TEXT],
    ["of another program", file(box("uuid", utf8("0123456789abcdef{}"))), null],
    ["cut off", file(box("uuid", [...id, ...utf8(TEXT)])).subarray(0, 30), null],
    ["a box that goes on to the end", file([...big(0), ...utf8("mdat"), 1, 2, 3]), null],
  ])("%s", (_, bytes, text) => {
    expect(readGraph(bytes)).toBe(text);
  });
});
