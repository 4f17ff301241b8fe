/** Colours as people and the server write them: #rgb, #rrggbb, #rrggbbaa or a CSS name. */

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
const NAME = /^[a-z]{3,24}$/i;

export function isColour(text: string): boolean {
  return HEX.test(text) || (NAME.test(text) && CSS.supports("color", text));
}

/** The colour without transparency as `#rrggbb`, which is all a browser's colour field takes. */
export function opaqueHex(colour: string): string {
  if (!HEX.test(colour)) return namedHex(colour);
  const digits = colour.slice(1).toLowerCase();
  if (digits.length >= 6) return `#${digits.slice(0, 6)}`;
  return `#${[...digits.slice(0, 3)].map((digit) => digit + digit).join("")}`;
}

/** `picked` with the transparency that `before` had. */
export function withAlphaOf(before: string, picked: string): string {
  if (!HEX.test(before)) return picked;
  if (before.length === 9) return picked + before.slice(7);
  const alpha = before.length === 5 ? before.charAt(4) : "";
  return picked + alpha + alpha;
}

function namedHex(name: string): string {
  if (!NAME.test(name)) return "#000000";
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return "#000000";
  context.fillStyle = name;
  const { fillStyle } = context;
  return typeof fillStyle === "string" && fillStyle.startsWith("#") ? fillStyle : "#000000";
}
