/** Changes the weight of a part of a prompt: `a (red:1.2) cat`. Parentheses stay in pairs; `\(` is a plain character. */

export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const HEAVIEST = 10;

/** The text with the weight of the selection (or of the word at the caret) changed by `by`; null if there is none. */
export function changeWeight(selected: Selected, by: number): Selected | null {
  const span = balanced(selected.text, words(selected));
  if (span === null || span.start === span.end) return null;
  const group = groupAround(selected.text, span) ?? groupOf(selected.text, span);
  const inner = group?.inner ?? span;
  const outer = group?.outer ?? span;
  const weight = Math.min(HEAVIEST, Math.max(0, Math.round(((group?.weight ?? 1) + by) * 100) / 100));
  const content = selected.text.slice(inner.start, inner.end);
  const open = weight === 1 ? "" : "(";
  const close = weight === 1 ? "" : `:${weight})`;
  const text = selected.text.slice(0, outer.start) + open + content + close + selected.text.slice(outer.end);
  const start = outer.start + open.length;
  return { text, start, end: start + content.length };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Weighted {
  readonly inner: Span;
  readonly outer: Span;
  readonly weight: number;
}

/** The selection without blanks at its ends; a bare caret takes the word it is in. */
function words({ text, start, end }: Selected): Span {
  if (start === end) {
    const before = /[^\s,()]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
    const after = /^[^\s,():]*/.exec(text.slice(end))?.[0].length ?? 0;
    return { start: start - before, end: end + after };
  }
  const chosen = text.slice(start, end);
  const blank = chosen.length - chosen.trimStart().length;
  return { start: start + blank, end: start + blank + chosen.trim().length };
}

/** The span, grown until each parenthesis in it has its partner; null if one has none. */
function balanced(text: string, span: Span): Span | null {
  const partners = pairs(text);
  let { start, end } = span;
  for (let at = start; at < end; at += 1) {
    if (!isParenthesis(text, at)) continue;
    const partner = partners.get(at);
    if (partner === undefined) return null;
    if (partner >= end) end = partner + 1;
    if (partner < start) {
      start = partner;
      at = partner;
    }
  }
  return { start, end };
}

function isParenthesis(text: string, at: number): boolean {
  if (text[at] !== "(" && text[at] !== ")") return false;
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 0;
}

function pairs(text: string): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!isParenthesis(text, at)) continue;
    if (text[at] === "(") {
      open.push(at);
      continue;
    }
    const partner = open.pop();
    if (partner === undefined) continue;
    found.set(at, partner).set(partner, at);
  }
  return found;
}

/** The weighted group whose content is exactly the span. */
function groupAround(text: string, { start, end }: Span): Weighted | null {
  if (start === 0 || text[start - 1] !== "(" || !isParenthesis(text, start - 1)) return null;
  const tail = /^\s*:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)/.exec(text.slice(end));
  if (tail?.[1] === undefined) return null;
  return { inner: { start, end }, outer: { start: start - 1, end: end + tail[0].length }, weight: Number(tail[1]) };
}

/** The span itself as a weighted group: `(red:1.2)`. */
function groupOf(text: string, span: Span): Weighted | null {
  if (text[span.start] !== "(" || pairs(text).get(span.start) !== span.end - 1) return null;
  const tail = /\s*:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)$/.exec(text.slice(span.start, span.end));
  if (tail?.[1] === undefined) return null;
  return { inner: { start: span.start + 1, end: span.end - tail[0].length }, outer: span, weight: Number(tail[1]) };
}
