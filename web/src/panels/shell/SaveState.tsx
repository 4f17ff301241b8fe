/** Whether the active workflow is on the server, and since when. */
import { text } from "@/strings";
import { useConnection } from "@/store/connection";
import { isBlank, useTab } from "@/store/editor";
import { saveTab } from "@/store/saving";
import { cx } from "@/ui/cx";
import { decideNow } from "./conflictChoice";
import { clock } from "@/ui/format";
import { STATUS_CELL } from "./statusCell";

const words = text.shell.status;

export function SaveState() {
  const blank = useTab(isBlank);
  const dirty = useTab((tab) => tab.dirty);
  const conflict = useTab((tab) => tab.conflict !== null);
  const savedAt = useTab((tab) => tab.savedAt);
  const offline = useConnection() === "lost";
  if (blank) return null;
  const state = describe({ conflict, dirty, offline, savedAt });
  if (state === null) return null;
  if (!dirty && !conflict) return <span className="px-2">{state}</span>;
  return (
    <button
      type="button"
      className={cx(STATUS_CELL, conflict && "text-warning")}
      title={conflict ? words.decide : words.save}
      onClick={() => (conflict ? decideNow() : void saveTab())}
    >
      {state}
    </button>
  );
}

interface State {
  conflict: boolean;
  dirty: boolean;
  offline: boolean;
  savedAt: number | null;
}

function describe({ conflict, dirty, offline, savedAt }: State): string | null {
  if (conflict) return words.conflict;
  if (dirty) return offline ? words.kept : words.unsaved;
  return savedAt === null ? null : words.saved(clock(new Date(savedAt * 1000)));
}
