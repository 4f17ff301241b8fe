/** The model repos on this machine. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { LocalModel } from "@/api/types";

const NONE: readonly LocalModel[] = [];

export function useLocalModels(enabled: boolean): readonly LocalModel[] {
  const { data } = useQuery({ queryKey: ["models"], queryFn: () => unwrap(api.GET("/api/models")), enabled });
  return data?.models ?? NONE;
}
