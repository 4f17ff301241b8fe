/** Nodes that run blocks of Modular Diffusers: which they are, and whose code they use. */
import type { JsonValue } from "@/api/types";
import { isObject } from "./json";
import type { GraphNode } from "./types";

export const CUSTOM = "diffusion.custom";
const BLOCK = "diffusion.block";
const BLOCKS: ReadonlySet<string> = new Set([BLOCK, CUSTOM]);
/** How many parts are named in a title. */
const SHOWN = 3;

export function isBlockNode(node: GraphNode | undefined): node is GraphNode {
  return node !== undefined && BLOCKS.has(node.type);
}

/** Whether it stands for all stages of a pipeline. */
export function isWholePipeline({ type, params }: GraphNode): boolean {
  return type !== CUSTOM && (params["block"] ?? "") === "" && partsOf(params["parts"]).length === 0;
}

/**
 * What a node's own choice of blocks is called: its repo, or its parts; null for one that is called by its type.
 * `titleOf` is what people call a stage, such as "Encode prompt".
 */
export function blocksName({ type, params }: GraphNode, titleOf: (block: string) => string | undefined): string | null {
  if (type === CUSTOM && isGiven(params["repo"])) {
    const { repo } = splitRepo(params["repo"]);
    return repo.slice(repo.lastIndexOf("/") + 1) || null;
  }
  const parts = type === BLOCK ? partsOf(params["parts"]) : [];
  const names = parts.map(({ name, block }) => (name === block && titleOf(block)) || name);
  if (names.length === 0) return null;
  return names.length > SHOWN ? `${names.slice(0, SHOWN).join(" + ")} + …` : names.join(" + ");
}

/** One block of a composed node; without `repo` it is one of the pipeline's own. `workflow`: of a whole pipeline. */
export interface Part {
  readonly name: string;
  readonly block: string;
  readonly repo?: string;
  readonly workflow?: string;
}

/** The blocks a composed node is made of; none if it is not composed. */
export function partsOf(parts: JsonValue | undefined): readonly Part[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: JsonValue): Part[] => {
    if (!isObject(part)) return [];
    const { name, block, repo, workflow } = part;
    if (typeof name !== "string" || typeof block !== "string") return [];
    return [{ name, block, ...(isGiven(repo) && { repo }), ...(isGiven(workflow) && { workflow }) }];
  });
}

function isGiven(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** `org/name@revision` → its two halves. */
export function splitRepo(text: string): { readonly repo: string; readonly revision: string | null } {
  const [repo = "", revision = ""] = text.trim().split("@", 2);
  return { repo, revision: revision || null };
}

/** The repos that a node names, as they are written: its own and those of its parts. */
export function reposOf({ params }: GraphNode): readonly string[] {
  const own = params["repo"];
  const parts = partsOf(params["parts"]).flatMap(({ repo }) => repo ?? []);
  return [...new Set([...(typeof own === "string" && own.trim() !== "" ? [own.trim()] : []), ...parts])];
}

/** The one of a node's repos that a sentence about the node is about; the first if it names none. */
export function repoInQuestion(node: GraphNode, message: string): string | undefined {
  const repos = reposOf(node);
  return repos.find((repo) => message.includes(splitRepo(repo).repo)) ?? repos[0];
}
