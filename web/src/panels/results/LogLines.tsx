/** What nodes said while they ran. */
import { cx } from "@/ui/cx";

export interface SaidLine {
  readonly level: string;
  readonly text: string;
  /** Who said it; left out in the log of one node. */
  readonly node?: string;
}

const TONES: Readonly<Record<string, string>> = { warning: "text-warning", error: "text-danger", debug: "text-muted" };

export function LogLines({ lines }: { lines: readonly SaidLine[] }) {
  return (
    <ol className="max-h-64 overflow-auto rounded-control bg-sunken p-2 font-mono text-xs select-text" tabIndex={0}>
      {lines.map((line, index) => (
        <li
          key={index}
          className={cx("whitespace-pre-wrap [overflow-wrap:anywhere]", TONES[line.level] ?? "text-body")}
        >
          {line.node !== undefined && <span className="text-muted">{line.node} </span>}
          {line.text}
        </li>
      ))}
    </ol>
  );
}
