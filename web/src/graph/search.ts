/** Finding things by a few letters: scored fuzzy search, and the entries of the node palette. */
import type { JsonValue, NodeType, Port } from "@/api/types";
import { isJson } from "./json";
import { connection } from "./ports";

/** A way to add a node: a node type, or one of its presets. `dynamic`: it may have more ports once it is placed. */
export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly description: string;
  readonly type: string;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly keywords: readonly string[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly dynamic: boolean;
}

/** The loose end of an edge. `side`: what the end that is fixed already is; `handle`: the name of its port. */
export interface LooseEnd {
  readonly side: "source" | "target";
  readonly type: string;
  readonly handle?: string;
}

/**
 * The items whose texts hold all words of `query`, letter by letter in order, best first. `textOf` gives one text, or
 * several of falling weight (title, keywords, category, …). An empty query matches all, in their own order. If nothing is
 * found, neither does one slip in a longer word matter.
 */
export function fuzzy<T>(query: string, items: readonly T[], textOf: (item: T) => string | readonly string[]): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  const search = (match: Matcher) =>
    items.flatMap((item) => {
      const texts = textOf(item);
      const score = matchAll(words, typeof texts === "string" ? [texts] : texts, match);
      return score === null ? [] : [{ item, score }];
    });
  const exact = search(matchWord);
  const matches = exact.length > 0 ? exact : search(matchMistyped);
  return matches.sort((one, other) => other.score - one.score).map(({ item }) => item);
}

/** Categories that people reach for most; the others follow in the server's order. */
const FIRST = ["Diffusion", "Image", "Video", "Audio", "Text"];

function rank(category: string): number {
  const place = FIRST.indexOf(category);
  return place < 0 ? FIRST.length : place;
}

/** One entry for each node type, followed by one for each of its presets; by category. */
export function paletteEntries(catalogue: readonly NodeType[]): PaletteEntry[] {
  return catalogue.flatMap(entriesOf).sort((one, other) => rank(one.category) - rank(other.category));
}

function entriesOf(type: NodeType): PaletteEntry[] {
  const bare: PaletteEntry = {
    id: type.type,
    title: type.title,
    category: type.category,
    description: type.description ?? "",
    type: type.type,
    params: {},
    keywords: type.keywords ?? [],
    inputs: type.interface?.inputs ?? [],
    outputs: type.interface?.outputs ?? [],
    dynamic: type.dynamic ?? false,
  };
  const presets = (type.presets ?? []).map((preset) => ({
    ...bare,
    id: `${type.type}/${preset.title}`,
    title: preset.title,
    category: preset.category || type.category,
    description: preset.description || bare.description,
    params: plain(preset.params ?? {}),
    inputs: bare.inputs.filter((port) => !Object.hasOwn(preset.params ?? {}, port.name)),
  }));
  return [bare, ...presets];
}

/** The texts of an entry for `fuzzy`: title, keywords, category, port types, type. */
export function entryTexts(entry: PaletteEntry): readonly string[] {
  const types = new Set([...entry.inputs, ...entry.outputs].map((port) => port.type));
  return [entry.title, entry.keywords.join(" "), entry.category, entry.type, [...types].join(" ")];
}

/**
 * The entries that may take the loose end: first those with a port of its very type, then those it fits, then dynamic
 * ones, whose ports show only once they are placed.
 */
export function fitting(entries: readonly PaletteEntry[], end: LooseEnd): PaletteEntry[] {
  const ranked = entries.map((entry) => {
    const port = fittingPort(end.side === "source" ? entry.inputs : entry.outputs, end);
    const rank = port ? (port.type === end.type ? 0 : 1) : entry.dynamic ? 2 : 3;
    return { entry, rank };
  });
  return ranked
    .filter(({ rank }) => rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry);
}

/** The port that suits the loose end best: of the same type, then as it is, then as a list, then mapped. Names decide ties. */
export function fittingPort(ports: readonly Port[], end: LooseEnd): Port | undefined {
  const costs = ports.map((port) => ({ port, cost: cost(port, end) })).filter(({ cost }) => cost < Infinity);
  return costs.sort((one, other) => one.cost - other.cost)[0]?.port;
}

function cost(port: Port, { side, type, handle }: LooseEnd): number {
  const how = side === "source" ? connection(type, port.type) : connection(port.type, type);
  if (how === null) return Infinity;
  const loose = port.type === "any" || type === "any" ? 2 : 0;
  const other = (port.advanced ? 0.5 : 0) + (port.name === handle ? 0 : 0.25);
  return (port.type === type ? 0 : { direct: 1, wrap: 4, map: 6 }[how]) + loose + other;
}

/** The score of a thing with these texts; null unless each word is found in one of them. Short titles win ties. */
function matchAll(words: readonly string[], texts: readonly string[], match: Matcher): number | null {
  let total = 0;
  for (const word of words) {
    const scores = texts.map((text, index) => (match(word, text, index === 0) ?? -Infinity) / (1 + index));
    const best = Math.max(...scores);
    if (best === -Infinity) return null;
    total += best;
  }
  return total - (texts[0]?.length ?? 0) / 1000;
}

/** How well a word is found in a text, if at all. `main`: the text is the one that counts most. */
type Matcher = (word: string, text: string, main: boolean) => number | null;

/** Words shorter than this are no slips of others. */
const LONG_ENOUGH = 4;

/** The beginning of a word but for one letter that is wrong, missing, too much, or changed places with the next. */
function matchMistyped(word: string, text: string, main: boolean): number | null {
  const exact = matchWord(word, text, main);
  if (exact !== null || word.length < LONG_ENOUGH) return exact;
  const found = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const lengths = [word.length - 1, word.length, word.length + 1];
  return found.some((other) => lengths.some((length) => isSlip(word, other.slice(0, length)))) ? word.length : null;
}

function isSlip(word: string, other: string): boolean {
  let at = 0;
  while (at < word.length && word[at] === other[at]) at++;
  const [rest, others] = [word.slice(at), other.slice(at)];
  const swapped = `${rest[1] ?? ""}${rest[0] ?? ""}${rest.slice(2)}`;
  return (
    rest.slice(1) === others || rest === others.slice(1) || rest.slice(1) === others.slice(1) || swapped === others
  );
}

/** How well `word` is found in `text`: in one piece, best at a beginning; or else, if `scattered`, letter by letter. */
function matchWord(word: string, text: string, scattered: boolean): number | null {
  const lower = text.toLowerCase();
  const at = placeOf(word, text, lower, 0);
  if (at < 0) return scattered ? matchLetters(word, text, lower) : null;
  if (!isStart(text, at)) return word.length * 1.5;
  return word.length * 3 + 6 + (at === 0 ? 4 : 0) + (lower.length === word.length ? 4 : 0);
}

/** Where `word` stands from `from` on, at the beginning of a word if possible; -1 if nowhere. */
function placeOf(word: string, text: string, lower: string, from: number): number {
  const first = lower.indexOf(word, from);
  for (let at = first; at >= 0; at = lower.indexOf(word, at + 1)) if (isStart(text, at)) return at;
  return first;
}

/** The letters one by one, those that begin a word preferred; letters from here and there are no match. */
function matchLetters(word: string, text: string, lower: string): number | null {
  let score = 0;
  let at = -1;
  for (const letter of word) {
    const next = lower[at + 1] === letter ? at + 1 : placeOf(letter, text, lower, at + 1);
    if (next < 0) return null;
    score += isStart(text, next) ? 2 : next === at + 1 ? 1.5 : -0.5;
    at = next;
  }
  return score >= word.length / 2 ? score : null;
}

function isStart(text: string, at: number): boolean {
  const before = text[at - 1];
  const here = text[at] ?? "";
  if (before === undefined || !/[\p{L}\p{N}]/u.test(before)) return true;
  return /\p{Lu}/u.test(here) && /\p{Ll}/u.test(before);
}

function plain(params: Readonly<Record<string, unknown>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(params).filter((pair): pair is [string, JsonValue] => isJson(pair[1])));
}
