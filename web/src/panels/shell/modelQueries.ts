/** The models on this machine: list them, download one, delete one, unload one. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { listModels, MODELS } from "@/widgets/useLocalModels";

export function useModels() {
  return useQuery({ queryKey: MODELS, queryFn: listModels });
}

export async function downloadModel(repo: string): Promise<void> {
  await unwrap(api.POST("/api/models/download", { body: { repo } }));
}

/** Returns the bytes freed. */
export async function deleteModel(repo: string): Promise<number> {
  return (await unwrap(api.DELETE("/api/models/{repo}", { params: { path: { repo } } }))).freed;
}

/** Takes a repo's model out of the worker's memory; without one all models. */
export async function unloadModels(which?: { readonly model: string; readonly repo: string }): Promise<void> {
  await unwrap(api.POST("/api/system/free", { body: { what: "models", ...which } }));
}
