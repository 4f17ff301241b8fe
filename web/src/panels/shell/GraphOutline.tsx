/** A graph drawn very small: boxes where its nodes are, lines where its edges run. */
import type { Doc, GraphNode } from "@/graph/types";
import { nodeById } from "@/graph/document";
import { cx } from "@/ui/cx";

const WIDTH = 260;
const HEIGHT = 180;
const MARGIN = 60;

export function GraphOutline({ doc, className }: { doc: Doc; className?: string }) {
  const right = Math.max(...doc.nodes.map(({ position }) => position.x)) + WIDTH;
  const bottom = Math.max(...doc.nodes.map(({ position }) => position.y)) + HEIGHT;
  const left = Math.min(...doc.nodes.map(({ position }) => position.x));
  const top = Math.min(...doc.nodes.map(({ position }) => position.y));
  if (doc.nodes.length === 0) return null;
  const box = [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
  return (
    <svg viewBox={box.join(" ")} className={cx("text-muted", className)} aria-hidden>
      {doc.edges.map((edge) => {
        const from = nodeById(doc, edge.source);
        const to = nodeById(doc, edge.target);
        const key = `${edge.source}.${edge.sourceHandle} ${edge.target}.${edge.targetHandle}`;
        return from && to ? (
          <path key={key} d={curve(from, to)} className="fill-none stroke-current stroke-[14] opacity-50" />
        ) : null;
      })}
      {doc.nodes.map(({ id, position }) => (
        <rect key={id} {...position} width={WIDTH} height={HEIGHT} rx={30} className="fill-current" />
      ))}
    </svg>
  );
}

function curve({ position: from }: GraphNode, { position: to }: GraphNode): string {
  const start = { x: from.x + WIDTH, y: from.y + HEIGHT / 2 };
  const end = { x: to.x, y: to.y + HEIGHT / 2 };
  const bend = Math.max(40, (end.x - start.x) / 2);
  return `M${start.x},${start.y} C${start.x + bend},${start.y} ${end.x - bend},${end.y} ${end.x},${end.y}`;
}
