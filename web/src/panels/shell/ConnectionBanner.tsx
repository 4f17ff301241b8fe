/** Says above the canvas that the server is out of reach, or that its worker is not there. */
import { Unplug, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "@/strings";
import { useConnection, useWorker } from "@/store/connection";
import { openDialog } from "@/store/ui";
import { Button } from "@/ui/Button";

const words = text.shell.connection;

export function ConnectionBanner() {
  const connection = useConnection();
  const worker = useWorker();
  if (connection === "lost") {
    return (
      <Banner icon={<Unplug size={16} className="mt-px shrink-0 text-danger" aria-hidden />}>
        <p className="font-medium text-strong">{words.lost}</p>
        <p className="text-muted">{words.offline}</p>
      </Banner>
    );
  }
  if (worker === undefined || worker.state === "ready" || worker.state === "starting") return null;
  return (
    <Banner icon={<TriangleAlert size={16} className="mt-px shrink-0 text-warning" aria-hidden />}>
      <p className="font-medium text-strong">{words[worker.state]}</p>
      {worker.reason && <p className="line-clamp-3 text-muted">{worker.reason}</p>}
      <Button size="sm" className="mt-1.5" onClick={() => openDialog({ kind: "system" })}>
        {words.system}
      </Button>
    </Banner>
  );
}

function Banner({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      data-testid="connection"
      className="absolute top-3 left-1/2 z-10 flex w-max max-w-[min(440px,calc(100%-24px))] -translate-x-1/2 gap-2 rounded-panel border border-line bg-raised px-3 py-2 text-sm shadow-[var(--shadow-float)]"
    >
      {icon}
      <div className="min-w-0 [overflow-wrap:anywhere]">{children}</div>
    </div>
  );
}
