/** The repos and local folders whose code a person has approved. */
import { useQuery } from "@tanstack/react-query";
import { getTrust } from "@/api/blocks";

const NONE: readonly string[] = [];

export function useApprovedRepos(enabled: boolean): readonly string[] {
  const { data } = useQuery({ queryKey: ["trust"], queryFn: getTrust, enabled });
  return data?.approvals.map(({ repo }) => repo) ?? NONE;
}
