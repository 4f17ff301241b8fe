/** Shows a node: brings it into view and selects it. */
import { select } from "@/store/editor";
import { focusNode } from "@/store/focus";

export function focusAndSelect(id: string): void {
  select([id]);
  focusNode(id);
}
