/** The files of the server's input folder, by the names that nodes take. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { Takes } from "./DropZone";

const NONE: readonly string[] = [];

export function useInputFiles(takes: Takes): readonly string[] {
  const { data } = useQuery({
    queryKey: ["files", takes],
    queryFn: () => unwrap(api.GET("/api/files", { params: { query: takes === "any" ? {} : { kind: takes } } })),
    select: ({ files }) => files.map((file) => file.path),
    staleTime: 15_000,
  });
  return data ?? NONE;
}
