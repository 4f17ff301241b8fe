/** The blocks inside a block as a tree to show: a list of paths in which some stages are named by their parts only. */
import type { BlockDoc } from "@/api/blocks";

export interface TreeRow {
  readonly path: string;
  readonly name: string;
  /** How far in it stands, from 0. */
  readonly depth: number;
  /** Null for a stage of which only the parts are told. */
  readonly className: string | null;
  readonly description: string;
  readonly loop: boolean;
}

/** The rows in order, paths taken from below `block`. */
export function treeRows(tree: BlockDoc["tree"], block: string): readonly TreeRow[] {
  const rows = new Map<string, TreeRow>();
  for (const { path, class_name: className, description, loop } of tree) {
    const names = below(path, block).split(".");
    names.forEach((name, depth) => {
      const own = names.slice(0, depth + 1).join(".");
      if (depth === names.length - 1) rows.set(own, { path: own, name, depth, className, description, loop });
      else if (!rows.has(own)) rows.set(own, { path: own, name, depth, className: null, description: "", loop: false });
    });
  }
  return [...rows.values()];
}

function below(path: string, block: string): string {
  return block !== "" && path.startsWith(`${block}.`) ? path.slice(block.length + 1) : path;
}
