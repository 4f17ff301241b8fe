/** The workflows saved on the server: search, open, rename, duplicate, delete. */
import { useQueryClient } from "@tanstack/react-query";
import { FolderOpen, Plus, SearchX, Workflow } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { SavedGraph } from "@/api/types";
import { text } from "@/strings";
import { openTab } from "@/store/editor";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { IconButton } from "@/ui/IconButton";
import { SearchInput } from "@/ui/SearchInput";
import { Skeleton } from "@/ui/Skeleton";
import { Panel } from "./Panel";
import { useChooseFiles } from "./useChooseFiles";
import { useSavedGraphs } from "./useGraphs";
import { WorkflowList } from "./WorkflowList";

const words = text.shell.workflows;
const PLACES = [0, 1, 2, 3];

export function Workflows() {
  const [search, setSearch] = useState("");
  const { data, isError, refetch } = useSavedGraphs(useDeferredValue(search.trim()));
  const client = useQueryClient();
  const chooseFiles = useChooseFiles();
  const refresh = () => void client.invalidateQueries({ queryKey: ["graphs"] });
  return (
    <Panel
      title={text.shell.panels.workflows}
      actions={
        <>
          <IconButton size="sm" label={text.shell.menu.import} icon={FolderOpen} onClick={chooseFiles} />
          <IconButton size="sm" label={words.add} icon={Plus} onClick={() => openTab()} />
        </>
      }
    >
      <div className="px-3 pb-2">
        <SearchInput value={search} onChange={setSearch} label={words.search} />
      </div>
      {isError ? (
        <EmptyState
          icon={Workflow}
          title={words.failed}
          action={<Button onClick={() => void refetch()}>{text.common.retry}</Button>}
        />
      ) : (
        <Found graphs={data?.graphs} search={search} onChanged={refresh} />
      )}
    </Panel>
  );
}

interface FoundProps {
  graphs: readonly SavedGraph[] | undefined;
  search: string;
  onChanged: () => void;
}

function Found({ graphs, search, onChanged }: FoundProps) {
  if (graphs === undefined) {
    return (
      <div className="flex flex-col gap-2 px-3">
        {PLACES.map((place) => (
          <Skeleton key={place} className="h-9" />
        ))}
      </div>
    );
  }
  if (graphs.length > 0) return <WorkflowList graphs={graphs} onChanged={onChanged} />;
  return search === "" ? (
    <EmptyState icon={Workflow} title={words.none} text={words.noneText} />
  ) : (
    <EmptyState icon={SearchX} title={words.noMatch(search)} />
  );
}
