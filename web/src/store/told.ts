/** Problems in the words of the canvas: what is left to do at a node, by the title of its port. */
import type { NodePorts, Problem } from "@/api/types";
import { store as strings } from "@/strings/store";

const FILES: ReadonlySet<string> = new Set(["image", "mask", "video", "file"]);

/** The problem as its own node tells it: by the title of its port, not by ids. */
export function asTold<Told extends Problem>(problem: Told, ports: NodePorts | undefined): Told {
  if (!isMissing(problem)) return problem;
  const port = ports?.inputs?.find(({ name }) => name === problem.port);
  if (port === undefined) return problem;
  const { needsEdge, needsFile, needsValue } = strings;
  const title = port.title || port.name;
  const kind = port.widget?.kind;
  const message = kind === undefined ? needsEdge(title) : FILES.has(kind) ? needsFile(title) : needsValue(title);
  return { ...problem, message };
}

/** Whether something is only left to do, as after every new node. */
export function isMissing({ code }: Problem): boolean {
  return code === "missing_input";
}
