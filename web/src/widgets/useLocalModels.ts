/** The model repos on this machine. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { LocalModel } from "@/api/types";

/** One key and one shape of answer for all who ask. */
export const MODELS = ["models"] as const;

export async function listModels(): Promise<readonly LocalModel[]> {
  return (await unwrap(api.GET("/api/models"))).models;
}

const NONE: readonly LocalModel[] = [];

export function useLocalModels(enabled: boolean): readonly LocalModel[] {
  return useQuery({ queryKey: MODELS, queryFn: listModels, enabled }).data ?? NONE;
}
