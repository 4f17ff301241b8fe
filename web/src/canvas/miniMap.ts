/** The colours of the overview. */
import { catalogue } from "@/store/catalogue";
import type { FlowNode } from "./flowTypes";
import { categoryColour, tintColour } from "./tints";

export function miniMapColour(node: FlowNode): string {
  switch (node.type) {
    case "block":
      return `color-mix(in oklab, ${categoryColour(catalogue().byType.get(node.data.node.type)?.category)} 55%, var(--surface))`;
    case "group":
      return `color-mix(in oklab, ${tintColour(node.data.group.tint)} 14%, transparent)`;
    case "note":
      return `color-mix(in oklab, ${tintColour(node.data.note.tint)} 30%, var(--surface))`;
  }
}
