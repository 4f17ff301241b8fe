/** The models in the worker's memory, each with a way to take it out. */
import { CircleX } from "lucide-react";
import { bytes } from "@/ui/format";
import { text } from "@/strings";
import { useWorker } from "@/store/connection";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { unloadModels } from "./modelQueries";
import { reportError } from "./reportError";

const words = text.shell.models;

export function LoadedModels() {
  const models = useWorker()?.models ?? [];
  if (models.length === 0) return <p className="text-xs text-muted">{words.noneLoaded}</p>;
  return (
    <>
      <ul className="-mx-1 flex flex-col">
        {models.map(({ name, repo, device, dtype, size }, index) => (
          <li
            key={`${repo} ${name} ${index}`}
            className="flex items-center gap-1 rounded-control py-1 pr-0.5 pl-2 hover:bg-sunken"
          >
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm text-strong">{name}</p>
              <p className="truncate text-xs text-muted tabular-nums">
                {bytes(size)} · {repo} · {device} · {dtype}
              </p>
            </div>
            <IconButton
              size="sm"
              label={words.unload(name)}
              icon={CircleX}
              onClick={() => void unload({ model: name, repo })}
            />
          </li>
        ))}
      </ul>
      {models.length > 1 && (
        <Button size="sm" className="mt-2" onClick={() => void unload()}>
          {words.unloadAll}
        </Button>
      )}
    </>
  );
}

/** The worker tells what it holds afterwards. */
async function unload(which?: { readonly model: string; readonly repo: string }): Promise<void> {
  try {
    await unloadModels(which);
  } catch (error) {
    reportError(words.unloadFailed, error);
  }
}
