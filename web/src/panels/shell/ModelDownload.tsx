/** Gets a model by its repo id, and shows how far each download is. */
import { Download, X } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { DownloadProgress } from "@/api/types";
import { bytes } from "@/ui/format";
import { text } from "@/strings";
import { stopDownload, useDownloads } from "@/store/downloads";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { ProblemView } from "@/ui/ProblemView";
import { TextInput } from "@/ui/TextInput";
import { downloadModel } from "./modelQueries";
import { reportError } from "./reportError";

const words = text.shell.models;
const REPO = /^[\w.-]+\/[\w.-]+$/;

export function ModelDownload() {
  const [repo, setRepo] = useState("");
  const [wrong, setWrong] = useState(false);
  const open = Object.values(useDownloads()).filter(({ state }) => state !== "finished");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wish = repo.trim();
    setWrong(!REPO.test(wish));
    if (!REPO.test(wish)) return;
    try {
      await downloadModel(wish);
      setRepo("");
    } catch (error) {
      reportError(words.failedDownload(wish), error);
    }
  };
  return (
    <>
      <form className="flex gap-1.5" onSubmit={(event) => void submit(event)}>
        <TextInput
          aria-label={words.repo}
          aria-invalid={wrong}
          placeholder={words.placeholder}
          value={repo}
          onChange={(event) => {
            setRepo(event.target.value);
            setWrong(false);
          }}
        />
        <Button type="submit" icon={Download} aria-label={words.download} disabled={repo.trim() === ""} />
      </form>
      {wrong && (
        <p role="alert" className="mt-1 text-xs text-danger">
          {words.wrongRepo}
        </p>
      )}
      <ul className="flex flex-col">
        {open.map((download) => (
          <DownloadRow key={download.repo} download={download} />
        ))}
      </ul>
    </>
  );
}

function DownloadRow({ download: { repo, done, total, problem } }: { download: DownloadProgress }) {
  if (problem) {
    return (
      <li className="mt-2">
        <ProblemView problem={problem} compact />
      </li>
    );
  }
  const percent = total === 0 ? 0 : Math.round((done / total) * 100);
  return (
    <li className="mt-2 text-xs">
      <p className="flex items-center gap-2">
        <span className="truncate text-strong">{repo}</span>
        <span className="ml-auto shrink-0 text-muted tabular-nums">
          {total === 0 ? words.started : words.progress(bytes(done), bytes(total))}
        </span>
        <IconButton
          className="-my-1"
          size="sm"
          icon={X}
          label={text.widgets.repo.stop(repo)}
          onClick={() => void stopDownload(repo)}
        />
      </p>
      <div
        role="progressbar"
        aria-label={words.downloading(repo)}
        aria-valuenow={percent}
        className="mt-1 h-1 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full bg-info transition-[width] duration-160" style={{ width: `${percent}%` }} />
      </div>
    </li>
  );
}
