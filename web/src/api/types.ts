/** Names for the types that are generated from the server's OpenAPI document. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type ArtifactRef = Schemas["ArtifactRef"];
export type CatalogueView = Schemas["CatalogueView"];
export type CompileResult = Schemas["CompileResult"];
export type GraphDocument = Schemas["Graph"];
export type NodePorts = Schemas["NodePorts"];
export type NodeRun = Schemas["NodeRun"];
export type NodeType = Schemas["NodeType"];
export type Port = Schemas["Port"];
export type Preset = Schemas["Preset"];
export type Problem = Schemas["Problem"];
export type Run = Schemas["Run"];
export type RunPage = Schemas["RunPage"];
export type SavedGraph = Schemas["SavedGraph"];
export type ServerEvent = Schemas["Event"];
export type SystemView = Schemas["SystemView"];
export type Template = Schemas["Template"];
export type ValueSummary = Schemas["ValueSummary"];
export type Widget = Schemas["Widget"];
export type WorkerChanged = Schemas["WorkerChanged"];
export type LocalModel = Schemas["LocalModel"];
export type PreviewHeader = Schemas["PreviewHeader"];
export type DownloadProgress = Schemas["DownloadProgress"];
export type LogLine = Schemas["LogLine"];

/** An event of a run, numbered by `seq`. */
export type RunEvent = Extract<ServerEvent, { readonly seq: number }>;
