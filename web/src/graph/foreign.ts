/** Recognises the files of other programs, so that a refusal can name them. */
import { isJson, isList, isObject, type JsonObject } from "./json";

const MELLON = "a Mellon graph";

/** What the document is, with its article, if it is known. */
export function foreignKind(document: JsonObject): string | null {
  const { nodes, links, edges } = document;
  if (isList(nodes) && (isList(links) || "last_node_id" in document)) return "a ComfyUI workflow";
  const parts = Object.values(document);
  if (parts.length > 0 && parts.every((part) => isObject(part) && typeof part["class_type"] === "string")) {
    return "a ComfyUI prompt in API format";
  }
  if (isList(nodes) && isList(edges) && nodes.some(isMellonNode)) return MELLON;
  if (typeof document["_class_name"] === "string") return "a diffusers configuration";
  return null;
}

/** The workflow in a file that Mellon saved; null if the text is anything else. */
export function mellonWorkflow(text: string): JsonObject | null {
  try {
    const found: unknown = JSON.parse(text);
    return isJson(found) && isObject(found) && foreignKind(found) === MELLON ? found : null;
  } catch {
    return null;
  }
}

function isMellonNode(node: unknown): boolean {
  if (typeof node !== "object" || node === null || !("data" in node)) return false;
  const { data } = node;
  return typeof data === "object" && data !== null && "module" in data && "action" in data;
}
