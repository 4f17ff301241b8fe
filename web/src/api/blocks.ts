/** Custom blocks and edits of block nodes over REST. */
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { GraphDocument, JsonValue } from "@/api/types";

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

export type GraphEdit = Schemas["GraphEdit"];
export type BlockDoc = Schemas["BlockDoc"];
export type Published = Awaited<ReturnType<typeof publish>>;
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

export const expand = (graph: GraphDocument, node: string): Promise<GraphEdit> =>
  unwrap(api.POST("/api/blocks/expand", { body: { graph, node } }));

export const collapse = (graph: GraphDocument, nodes: readonly string[]): Promise<GraphEdit> =>
  unwrap(api.POST("/api/blocks/collapse", { body: { graph, nodes } }));

export type Insertion = Omit<Schemas["InsertRequest"], "graph">;

export const insert = (graph: GraphDocument, insertion: Insertion): Promise<GraphEdit> =>
  unwrap(api.POST("/api/blocks/insert", { body: { graph, ...insertion } }));

export const blockDoc = (graph: GraphDocument, node: string): Promise<BlockDoc> =>
  unwrap(api.POST("/api/blocks/doc", { body: { graph, node } }));

type Publication = Omit<Schemas["PublishRequest"], "graph">;

export const publish = (graph: GraphDocument, publication: Publication) =>
  unwrap(api.POST("/api/blocks/publish", { body: { graph, ...publication } }));

export const importMellon = (workflow: Readonly<Record<string, JsonValue>>) =>
  unwrap(api.POST("/api/import", { body: workflow }));
