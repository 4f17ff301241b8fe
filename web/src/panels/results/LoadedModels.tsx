/** The models in the worker's memory, each with its size and a way to unload it. */
import { useState } from "react";
import { api, unwrap } from "@/api/client";
import type { WorkerChanged } from "@/api/types";
import { reportError } from "@/panels/shell/reportError";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { bytes } from "@/ui/format";
import { Section } from "./Section";

type Model = NonNullable<WorkerChanged["models"]>[number];

const words = text.panels.system;

export function LoadedModels({ models }: { models: readonly Model[] }) {
  const [busy, setBusy] = useState(false);
  const unload = async (model: Model | null) => {
    setBusy(true);
    try {
      await unwrap(
        api.POST("/api/system/free", {
          body: { what: "models", ...(model && { model: model.name, repo: model.repo }) },
        }),
      );
    } catch (error) {
      reportError(words.freeFailed, error);
    } finally {
      setBusy(false);
    }
  };
  const all = models.length > 1 && (
    <Button size="sm" variant="ghost" disabled={busy} onClick={() => void unload(null)}>
      {words.unloadAll}
    </Button>
  );
  return (
    <Section title={words.models} aside={all}>
      {models.length === 0 && <p className="text-xs text-muted">{words.noModels}</p>}
      <ul className="flex flex-col gap-2">
        {models.map((model) => (
          <li key={[model.repo, model.name, model.dtype, model.device].join(" ")} className="flex items-center gap-3">
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm text-body" title={model.name}>
                {model.name}
              </p>
              <p className="truncate text-xs text-muted">
                {[bytes(model.size), model.device, model.dtype, model.repo].filter(Boolean).join(" · ")}
              </p>
            </div>
            <Button
              size="sm"
              disabled={busy}
              aria-label={words.unloadModel(model.name)}
              onClick={() => void unload(model)}
            >
              {words.unload}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
