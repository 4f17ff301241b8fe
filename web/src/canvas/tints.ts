/** Which colour stands for a category, a port family and a group. */
import type { Family } from "@/graph/ports";
import type { Tint } from "@/graph/types";

const CATEGORIES: Readonly<Record<string, Family>> = {
  Image: "image",
  Mask: "mask",
  Video: "video",
  Audio: "audio",
  Diffusion: "refs",
  Text: "text",
  Values: "number",
  Math: "number",
  Lists: "embeddings",
};

export function categoryColour(category: string | undefined): string {
  return familyColour(CATEGORIES[category ?? ""] ?? "any");
}

export function familyColour(family: Family): string {
  return `var(--port-${family})`;
}

const TINTS: Readonly<Record<Tint, Family>> = {
  grey: "any",
  red: "boolean",
  amber: "embeddings",
  green: "text",
  teal: "number",
  blue: "image",
  violet: "refs",
  pink: "latents",
};

export function tintColour(tint: Tint): string {
  return familyColour(TINTS[tint]);
}
