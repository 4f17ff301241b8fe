/** Python and JSON by their grammar: the highlighter itself, loaded when there is code to show. */
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import { createLowlight } from "lowlight";
import type { CodeLine, Token } from "./codeLine";

const lowlight = createLowlight({ json, python });

type Tree = ReturnType<typeof lowlight.highlight>;
type Part = Tree["children"][number];

/** Each line as pieces of text with what they are; null for a language that is not known. */
export function highlight(text: string, language: string): readonly CodeLine[] | null {
  if (!lowlight.registered(language)) return null;
  const lines: Token[][] = [[]];
  for (const part of lowlight.highlight(language, text).children) collect(part, "", lines);
  return lines;
}

function collect(part: Part, kind: string, lines: Token[][]): void {
  if (part.type === "element") {
    const own = part.properties["className"];
    const inner = Array.isArray(own) ? own.join(" ") : kind;
    for (const child of part.children) collect(child, inner, lines);
  } else if (part.type === "text") {
    const [first = "", ...rest] = part.value.split("\n");
    if (first !== "") lines.at(-1)?.push({ text: first, kind });
    for (const line of rest) lines.push(line === "" ? [] : [{ text: line, kind }]);
  }
}
