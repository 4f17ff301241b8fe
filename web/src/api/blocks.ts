/** Custom blocks and edits of block nodes over REST. */
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { GraphDocument, JsonValue, Problem } from "@/api/types";

type Schemas = components["schemas"];

export type Approval = Schemas["ApprovedRepo"];
export type Trust = Schemas["Approvals"];
export type Requirement = Schemas["Requirement"];
export type FileChange = Required<Schemas["FileChange"]>;
export type ReviewFile = Required<Schemas["ReviewFile"]>;
/** The server sends every field. */
export type BlockReview = Required<Omit<Schemas["BlockReview"], "files" | "diff">> & {
  readonly files: readonly ReviewFile[];
  readonly diff: readonly FileChange[] | null;
};

export interface GraphEdit {
  readonly remove_nodes: readonly string[];
  readonly add_nodes: NonNullable<GraphDocument["nodes"]>;
  readonly remove_edges: NonNullable<GraphDocument["edges"]>;
  readonly add_edges: NonNullable<GraphDocument["edges"]>;
  readonly problems: readonly Problem[];
}

export interface BlockDoc {
  readonly title: string;
  readonly class_name: string;
  readonly doc: string;
  readonly tree: readonly {
    readonly path: string;
    readonly class_name: string;
    readonly description: string;
    readonly depth: number;
  }[];
  readonly components: readonly {
    readonly name: string;
    readonly type: string;
    readonly repo: string;
    readonly loaded_from: string;
  }[];
}

export interface Published {
  readonly folder: string;
  readonly files: readonly string[];
  readonly url: string | null;
}

export type ImportLine = Schemas["Line"];

export const getTrust = (): Promise<Trust> => unwrap(api.GET("/api/blocks"));

/** Reads a repo, which is downloaded for that, and runs nothing of it. */
export async function getReview(repo: string, revision: string | null): Promise<BlockReview> {
  const query = revision === null ? {} : { revision };
  const review = await unwrap(api.GET("/api/blocks/{repo}", { params: { path: { repo }, query } }));
  return review as BlockReview;
}

export const approve = (repo: string, commit: string): Promise<Approval> =>
  unwrap(api.POST("/api/blocks/{repo}/approve", { params: { path: { repo } }, body: { commit } }));

export const revoke = (repo: string, commit: string) =>
  unwrap(api.DELETE("/api/blocks/{repo}/approve", { params: { path: { repo }, query: { commit } } }));

export const expand = (graph: GraphDocument, node: string) =>
  request<GraphEdit>("POST", "/api/blocks/expand", { graph, node });

export const collapse = (graph: GraphDocument, nodes: readonly string[]) =>
  request<GraphEdit>("POST", "/api/blocks/collapse", { graph, nodes });

export interface Insertion {
  readonly node: string;
  readonly repo: string;
  readonly block: string;
  readonly before: string | null;
  readonly name?: string;
}

export const insert = (graph: GraphDocument, insertion: Insertion) =>
  request<GraphEdit>("POST", "/api/blocks/insert", { graph, ...insertion });

export const blockDoc = (graph: GraphDocument, node: string) =>
  request<BlockDoc>("POST", "/api/blocks/doc", { graph, node });

export interface Publication {
  readonly nodes: readonly string[];
  readonly name: string;
  readonly push_to: string | null;
  readonly private: boolean;
}

export const publish = (graph: GraphDocument, publication: Publication) =>
  request<Published>("POST", "/api/blocks/publish", { graph, ...publication });

export const importMellon = (workflow: Readonly<Record<string, JsonValue>>) =>
  unwrap(api.POST("/api/import", { body: workflow }));

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const request = new Request(new URL(path, location.href), {
    method,
    ...(body !== undefined && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const sent = fetch(request).then(async (response) => {
    const answer: unknown = await response.json().catch(() => null);
    return response.ok ? { data: answer as T, response } : { error: answer, response };
  });
  return unwrap(sent);
}
