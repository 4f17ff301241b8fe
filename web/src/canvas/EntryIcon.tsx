/** The colour of a category as a small square before a name. */
import { categoryColour } from "./tints";

export function EntryIcon({ category }: { category: string | undefined }) {
  return (
    <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: categoryColour(category) }} />
  );
}
