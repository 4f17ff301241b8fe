/** The files of the server's input folder, by the names that nodes take. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";

const NONE: readonly string[] = [];

export function useInputFiles(pictures: boolean): readonly string[] {
  const { data } = useQuery({
    queryKey: ["files", pictures],
    queryFn: () => unwrap(api.GET("/api/files", { params: { query: pictures ? { kind: "image" } : {} } })),
    select: ({ files }) => files.map((file) => file.path),
    staleTime: 15_000,
  });
  return data ?? NONE;
}
