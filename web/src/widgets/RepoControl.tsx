/** The control of a repo id or a local folder: what is on this machine is suggested, and a button loads the repo. */
import { useNode } from "@/store/editor";
import { compileAgain } from "@/store/compile";
import { useDownload } from "@/store/downloads";
import { CUSTOM, splitRepo } from "@/graph/blocks";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { bytes } from "@/ui/format";
import { ComboField } from "./ComboField";
import type { ControlProps } from "./control";
import { plain } from "./plain";
import { useApprovedRepos } from "./useApprovedRepos";
import { useLocalModels } from "./useLocalModels";

const words = text.widgets.repo;

/** Nodes whose repo holds a whole pipeline. */
const WHOLE: ReadonlySet<string> = new Set(["diffusion.pipeline", CUSTOM]);

export function RepoControl({ nodeId, widget, value, label, disabled, onChange }: ControlProps) {
  const type = useNode(nodeId)?.type ?? "";
  // Other nodes take parts of a pipeline, which any repo may hold.
  const models = useLocalModels(true).filter((model) => !WHOLE.has(type) || model.pipeline === true);
  const approved = useApprovedRepos(type === CUSTOM);
  const repo = plain(value);
  const offered = [...(widget.options ?? []).map(plain), ...approved, ...models.map((model) => model.repo)];
  return (
    <div className="relative flex w-full gap-1.5">
      <ComboField
        label={label}
        value={repo}
        placeholder={widget.placeholder ?? ""}
        disabled={disabled}
        suggestions={[...new Set(offered)].map((option) => ({ value: option, label: option }))}
        onCommit={onChange}
      />
      <LoadButton repo={splitRepo(repo).repo} disabled={disabled || repo === ""} />
    </div>
  );
}

/** Asks once more for the repo; while it is downloaded, shows how far that is. */
function LoadButton({ repo, disabled }: { repo: string; disabled: boolean }) {
  const download = useDownload(repo);
  if (download?.state !== "running") {
    return (
      <Button
        className="w-14 px-0"
        title={words.loadHint}
        disabled={disabled}
        onClick={() => compileAgain({ retry: true })}
      >
        {words.load}
      </Button>
    );
  }
  const { done, total } = download;
  const percent = total > 0 ? Math.round((done / total) * 100) : null;
  return (
    <div
      role="progressbar"
      aria-label={words.downloading(repo)}
      title={total > 0 ? words.progress(bytes(done), bytes(total)) : words.starting}
      {...(percent !== null && { "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100 })}
      className="relative flex h-7 w-14 shrink-0 items-center justify-center overflow-hidden rounded-control border border-line bg-sunken text-xs text-strong tabular-nums"
    >
      {percent === null ? "…" : words.percent(percent)}
      <div className="absolute inset-x-0 bottom-0 h-0.5 bg-line">
        <div className="h-full bg-info transition-[width] duration-160" style={{ width: `${percent ?? 8}%` }} />
      </div>
    </div>
  );
}
