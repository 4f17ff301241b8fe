/** The worker, its memory and models, the disk, and what is installed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { SystemView } from "@/api/types";
import { Approvals } from "@/panels/blocks/Approvals";
import { reportError } from "@/panels/shell/reportError";
import { useWorker } from "@/store/connection";
import { toast } from "@/store/toasts";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { ProblemView } from "@/ui/ProblemView";
import { Skeleton } from "@/ui/Skeleton";
import { Bar } from "./Bar";
import { Facts } from "./Facts";
import { bytes, duration } from "@/ui/format";
import { LoadFailed } from "./LoadFailed";
import { LoadedModels } from "./LoadedModels";
import { Section } from "./Section";
import { WorkerState } from "./WorkerState";

const words = text.panels.system;
const PACE_MS = 3000;

export function SystemDialog() {
  const {
    data: system,
    error,
    refetch,
  } = useQuery({
    queryKey: ["system"],
    queryFn: () => unwrap(api.GET("/api/system")),
    refetchInterval: PACE_MS,
    staleTime: 0,
  });
  return (
    <Dialog open size="lg" title={words.title} description={words.description} onOpenChange={closeDialog}>
      {system ? (
        <div className="-mx-3 grid items-start md:grid-cols-2">
          <div>
            <Worker system={system} />
            <Approvals />
          </div>
          <div>
            <DiskUse system={system} />
            <About system={system} />
          </div>
        </div>
      ) : error ? (
        <LoadFailed title={words.failed} error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Dialog>
  );
}

/** The worker as events tell it, which is newer than the last answer. */
function Worker({ system }: { system: SystemView }) {
  const worker = useWorker() ?? system.worker;
  const { rss = 0, results = 0, device_used = 0, device_total = 0 } = worker.memory ?? {};
  return (
    <>
      <Section title={words.worker}>
        <WorkerState worker={worker} />
      </Section>
      <Section title={words.memory}>
        <div className="flex flex-col gap-3">
          {device_total > 0 && (
            <Bar
              label={words.deviceMemory}
              used={device_used}
              total={device_total}
              words={words.of(bytes(device_used), bytes(device_total))}
            />
          )}
          <Facts
            facts={[
              [words.processMemory, bytes(rss)],
              [words.resultsMemory, bytes(results)],
            ]}
          />
        </div>
      </Section>
      <LoadedModels models={worker.models ?? []} />
    </>
  );
}

function DiskUse({ system: { disk } }: { system: SystemView }) {
  const client = useQueryClient();
  const free = async () => {
    try {
      await unwrap(api.POST("/api/system/free", { body: { what: "results" } }));
      toast({ kind: "success", title: words.freed });
    } catch (error) {
      reportError(words.freeFailed, error);
    }
    await client.invalidateQueries({ queryKey: ["system"] });
  };
  return (
    <Section title={words.disk}>
      <div className="flex flex-col gap-3">
        <div className="flex items-end gap-3">
          <div className="min-w-0 flex-1">
            <Bar
              label={words.results}
              used={disk.results}
              total={disk.results_limit}
              words={words.of(bytes(disk.results), bytes(disk.results_limit))}
            />
          </div>
          <Button size="sm" aria-label={words.freeResults} disabled={disk.results === 0} onClick={() => void free()}>
            {words.free}
          </Button>
        </div>
        <p className="-mt-1 text-xs text-muted">{words.resultsText}</p>
        <Bar
          label={words.artifacts}
          used={disk.artifacts}
          total={disk.artifacts_limit}
          words={words.of(bytes(disk.artifacts), bytes(disk.artifacts_limit))}
        />
        <p className="-mt-1 text-xs text-muted">{words.artifactsText}</p>
      </div>
    </Section>
  );
}

function About({ system }: { system: SystemView }) {
  const problems = Object.entries(system.pack_problems ?? {});
  return (
    <>
      <Section title={words.about}>
        {system.offline && <Badge className="mb-2">{words.offline}</Badge>}
        <Facts
          facts={[
            [words.version, system.version],
            ...Object.entries(system.versions),
            [words.python, system.python],
            [words.platform, system.platform],
            [words.uptime, duration(system.uptime)],
            [words.clients, String(system.clients)],
            [words.data, <Path key="data" name={words.data} path={system.data} />],
            [words.input, <Path key="input" name={words.input} path={system.input} />],
            [words.output, <Path key="output" name={words.output} path={system.output} />],
          ]}
        />
      </Section>
      {problems.length > 0 && (
        <Section title={words.packs}>
          {problems.map(([pack, problem]) => (
            <div key={pack} className="mb-2">
              <h4 className="text-xs font-medium text-strong">{pack}</h4>
              <ProblemView problem={problem} />
            </div>
          ))}
        </Section>
      )}
    </>
  );
}

function Path({ name, path }: { name: string; path: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 flex-1 font-mono text-xs break-all select-text">{path}</code>
      <CopyButton compact value={path} label={words.copyPath(name)} />
    </span>
  );
}
