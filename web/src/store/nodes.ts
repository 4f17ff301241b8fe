/** What is known of one node of the active tab: its ports, its problems, its values. */
import { useShallow } from "zustand/react/shallow";
import type { CompileResult, JsonValue, NodePorts, Problem } from "@/api/types";
import { nodeById } from "@/graph/document";
import type { GraphNode } from "@/graph/types";
import { catalogue, portsOfType, useCatalogue } from "@/store/catalogue";
import { useTab, type Tab } from "@/store/tabs";

export function useNode(id: string): GraphNode | undefined {
  return useTab((tab) => nodeById(tab.doc, id));
}

/** The ports of a node: of the latest compile answer that knows it, else of its type. The same object while equal. */
export function useNodePorts(id: string): NodePorts | undefined {
  const { byType } = useCatalogue();
  return useTab((tab) => portsIn(tab, id, byType));
}

/** The same for code outside React. */
export function nodePorts(tab: Tab, id: string): NodePorts | undefined {
  return portsIn(tab, id, catalogue().byType);
}

/** What compile and the last submission say about a node. */
export function useNodeProblems(id: string): readonly Problem[] {
  return useTab(useShallow((tab: Tab) => problemsOf(tab).byNode.get(id) ?? none));
}

/** All problems of the active tab. */
export function useProblems(): readonly Problem[] {
  return useTab(useShallow((tab: Tab) => problemsOf(tab).all));
}

/** The value of a param: what was set, else its default. Undefined if the node has no such param. */
export function useParamValue(nodeId: string, name: string): JsonValue | undefined {
  const ports = useNodePorts(nodeId);
  const set = useTab((tab) => nodeById(tab.doc, nodeId)?.params[name]);
  if (set !== undefined) return set;
  return ports?.inputs?.find((port) => port.name === name)?.default as JsonValue | undefined;
}

function portsIn(tab: Tab, id: string, byType: ReturnType<typeof catalogue>["byType"]): NodePorts | undefined {
  const node = nodeById(tab.doc, id);
  if (node === undefined) return undefined;
  const known = tab.ports.get(id);
  if (known?.type === node.type) return known.ports;
  const type = byType.get(node.type);
  return type && portsOfType(type);
}

interface Problems {
  readonly compiled: CompileResult | null;
  readonly all: readonly Problem[];
  readonly byNode: ReadonlyMap<string, readonly Problem[]>;
}

const none: readonly Problem[] = [];
/** By the tab's list of refusals, which each tab has its own of. */
const joined = new WeakMap<readonly Problem[], Problems>();

/** Compile's problems and those of the refused run that compile does not tell already. */
function problemsOf({ refused, compiled }: Tab): Problems {
  const known = joined.get(refused);
  if (known !== undefined && known.compiled === compiled) return known;
  const found = compiled?.problems ?? none;
  const told = new Set(found.map(identity));
  const all = [...found, ...refused.filter((problem) => !told.has(identity(problem)))];
  const byNode = new Map<string, Problem[]>();
  for (const problem of all) {
    if (problem.node) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem]);
  }
  const problems = { compiled, all, byNode };
  joined.set(refused, problems);
  return problems;
}

function identity({ node, port, code, message }: Problem): string {
  return JSON.stringify([node, port, code, message]);
}
