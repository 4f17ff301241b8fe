/** Port types: what connects to what (the same rules as the engine's catalogue/types.py), and how a port looks. */

/** How a value crosses an edge: as it is, as a list of one, or item by item. */
export type Connection = "direct" | "wrap" | "map";

export type Family =
  "image" | "mask" | "video" | "audio" | "latents" | "embeddings" | "text" | "number" | "boolean" | "refs" | "any";

export type Shape = "circle" | "square" | "diamond";

const FAMILIES = new Map<string, Family>([
  ["image", "image"],
  ["mask", "mask"],
  ["video", "video"],
  ["audio", "audio"],
  ["latents", "latents"],
  ["tensor", "latents"],
  ["embeddings", "embeddings"],
  ["string", "text"],
  ["file", "text"],
  ["json", "text"],
  ["int", "number"],
  ["float", "number"],
  ["bool", "boolean"],
  ["pipeline", "refs"],
  ["component", "refs"],
  ["scheduler", "refs"],
  ["guider", "refs"],
  ["lora", "refs"],
  ["quantization", "refs"],
  ["controlnet", "refs"],
]);

/** How a value of type `source` enters an input of type `target`, or null if it does not fit. */
export function connection(source: string, target: string): Connection | null {
  if (source === "any" || target === "any") return "direct";
  if (!itemsFit(itemType(source), itemType(target))) return null;
  if (isList(source) === isList(target)) return "direct";
  return isList(target) ? "wrap" : "map";
}

/** Which colour a port has. A list has that of its items. */
export function family(type: string): Family {
  return FAMILIES.get(itemType(type)) ?? "any";
}

/** Lists are squares, refs diamonds, all else circles. */
export function shape(type: string): Shape {
  if (isList(type)) return "square";
  return family(type) === "refs" ? "diamond" : "circle";
}

export function isList(type: string): boolean {
  return type.startsWith("list[") && type.endsWith("]");
}

/** `list[image]` → `image`; anything else as it is. */
export function itemType(type: string): string {
  return isList(type) ? type.slice(5, -1) : type;
}

function itemsFit(source: string, target: string): boolean {
  if (source === target || source === "any" || target === "any") return true;
  return (source === "int" && target === "float") || (source === "mask" && target === "image");
}
