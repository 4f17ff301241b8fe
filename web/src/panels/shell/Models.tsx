/** The models: what is loaded, what is on this machine, and how to get more. */
import { useQueryClient } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { text } from "@/strings";
import { useDownloads } from "@/store/downloads";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Skeleton } from "@/ui/Skeleton";
import { MODELS } from "@/widgets/useLocalModels";
import { LoadedModels } from "./LoadedModels";
import { ModelDownload } from "./ModelDownload";
import { useModels } from "./modelQueries";
import { ModelRow } from "./ModelRow";
import { Panel } from "./Panel";

const words = text.shell.models;

export function Models() {
  return (
    <Panel title={text.shell.panels.models}>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-auto px-3 pb-4">
        <Part title={words.get}>
          <ModelDownload />
        </Part>
        <Part title={words.loaded}>
          <LoadedModels />
        </Part>
        <Part title={words.local}>
          <LocalModels />
        </Part>
      </div>
    </Panel>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 text-xs font-medium text-muted">{title}</h3>
      {children}
    </section>
  );
}

function LocalModels() {
  const { data, isError, refetch } = useModels();
  useListAfterDownloads();
  if (isError) {
    return (
      <EmptyState
        icon={Package}
        title={words.failed}
        action={<Button onClick={() => void refetch()}>{text.common.retry}</Button>}
      />
    );
  }
  if (data === undefined) return <Skeleton className="h-16" />;
  if (data.length === 0) return <EmptyState icon={Package} title={words.none} text={words.noneText} />;
  return (
    <ul className="-mx-1 flex flex-col">
      {data.map((model) => (
        <ModelRow key={`${model.source} ${model.repo}`} model={model} />
      ))}
    </ul>
  );
}

/** Asks for the list again each time a download ends. */
function useListAfterDownloads(): void {
  const client = useQueryClient();
  const ended = Object.values(useDownloads()).filter(({ state }) => state === "finished").length;
  useEffect(() => {
    void client.invalidateQueries({ queryKey: MODELS });
  }, [client, ended]);
}
