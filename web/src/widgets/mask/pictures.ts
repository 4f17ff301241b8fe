/** The pictures that a mask can be painted on: those it will be used with first. */
import type { ValueSummary } from "@/api/types";
import { edgesFrom, edgesInto, nodeById } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { isArtifactId } from "../artifacts";

export interface Picture {
  readonly id: string;
  readonly title: string;
}

type Outputs = ReadonlyMap<string, { readonly outputs: Readonly<Record<string, ValueSummary>> }>;

/** `runs`: what the nodes of the last run gave out. No picture comes twice. */
export function picturesFor(doc: Doc, nodeId: string, runs: Outputs): readonly Picture[] {
  const companions = edgesFrom(doc, nodeId).flatMap((edge) => edgesInto(doc, edge.target).map(({ source }) => source));
  const order = [...new Set([...companions, ...doc.nodes.map((node) => node.id)])];
  const found = order.filter((id) => id !== nodeId).flatMap((id) => [...loadedBy(doc, id), ...madeBy(doc, id, runs)]);
  return found.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index);
}

function loadedBy(doc: Doc, id: string): readonly Picture[] {
  const node = nodeById(doc, id);
  const image = node?.type === "image.load" ? node.params["image"] : undefined;
  return isArtifactId(image) ? [{ id: image, title: titleOf(doc, id) }] : [];
}

function madeBy(doc: Doc, id: string, runs: Outputs): readonly Picture[] {
  const summaries = Object.values(runs.get(id)?.outputs ?? {});
  return summaries
    .flatMap((summary) => [summary, ...(summary.items ?? [])])
    .filter((summary) => summary.type !== "mask" && summary.type !== "list[mask]")
    .flatMap(({ artifact }) =>
      artifact?.mime.startsWith("image/") === true ? [{ id: artifact.id, title: titleOf(doc, id) }] : [],
    );
}

function titleOf(doc: Doc, id: string): string {
  return nodeById(doc, id)?.title ?? id;
}
