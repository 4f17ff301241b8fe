/** Code as lines of coloured pieces. */
import type { CodeLine } from "./codeLine";

/** Longer texts are shown without colours, so that the window stays quick, characters. */
const LONGEST = 400_000;

export function plainLines(text: string): readonly CodeLine[] {
  return text.split("\n").map((line) => (line === "" ? [] : [{ text: line, kind: "" }]));
}

/** The lines in colours, or without if the language is not known. A last empty line is no line. */
export async function colouredLines(text: string, language: string): Promise<readonly CodeLine[]> {
  const source = text.endsWith("\n") ? text.slice(0, -1) : text;
  if (source.length > LONGEST) return plainLines(source);
  const { highlight } = await import("./grammar");
  return highlight(source, language) ?? plainLines(source);
}
