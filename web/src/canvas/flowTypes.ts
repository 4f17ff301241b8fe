/** The nodes and edges that React Flow draws. */
import type { Edge, Node } from "@xyflow/react";
import type { NodePorts } from "@/api/types";
import type { NodeBox } from "@/graph/measure";
import type { Family } from "@/graph/ports";
import type { GraphEdge, GraphNode, Group, Note } from "@/graph/types";

/** `download`: the repo that the node waits for. */
export type BlockNode = Node<
  { node: GraphNode; ports: NodePorts | undefined; box: NodeBox; download: string | undefined },
  "block"
>;
export type GroupNode = Node<{ group: Group }, "group">;
export type NoteNode = Node<{ note: Note }, "note">;
export type FlowNode = BlockNode | GroupNode | NoteNode;

/** `lost`: one of its ports does not exist now. `type`: what flows. */
export type WireEdge = Edge<{ edge: GraphEdge; family: Family; type: string; lost: boolean }, "wire">;
