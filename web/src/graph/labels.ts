/** How wide the texts of a node are, about: what fits beside what, without asking the page. */
import type { Port } from "@/api/types";

/** Left and right of a row. */
export const SIDES = 24;
const GAP = 8;
/** The part of a node that a control beside a label has at least. */
const LEAST_CONTROL = 0.3;
/** What a list to choose from takes beside its text. */
const CHEVRON = 34;

const NARROW = new Set("fijlrtI1.,:;'|()[]- ");
const BROAD = new Set("mwMW");

/** The width of a text in px; rather too much than too little. */
function textWidth(words: string): number {
  let width = 2;
  for (const letter of words) width += NARROW.has(letter) ? 4.4 : BROAD.has(letter) ? 11.2 : letter < "a" ? 9 : 7.4;
  return Math.ceil(width);
}

export function titleWidth(port: Port): number {
  return textWidth(port.title || port.name);
}

/** The width of all labels of a node of this width: as the longest needs it, two fifths at least. */
export function labelColumn(ports: readonly Port[], width: number): number {
  const least = Math.round(((width - SIDES - GAP) * 2) / 5);
  return Math.max(least, Math.min(mostLabel(width), Math.max(0, ...ports.map(titleWidth))));
}

/** Whether a node of this width has room for the label of a port. */
export function hasRoom(port: Port, width: number): boolean {
  return titleWidth(port) <= mostLabel(width);
}

function mostLabel(width: number): number {
  return Math.round(width * (1 - LEAST_CONTROL)) - SIDES - GAP;
}

/** Whether a text can be read in a list to choose from that has the whole width of a node. */
export function fitsAcross(words: string, width: number): boolean {
  return textWidth(words) + CHEVRON <= width - SIDES;
}

/** Whether a text can be read in a list to choose from that stands beside labels of this width. */
export function fitsBeside(words: string, width: number, label: number): boolean {
  return textWidth(words) + CHEVRON <= width - SIDES - GAP - label;
}
