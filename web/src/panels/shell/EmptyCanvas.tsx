/** What an empty canvas shows: templates to start from, and that files may be dropped. */
import { FolderOpen, ImageUp } from "lucide-react";
import { useEffect, useState } from "react";
import { text } from "@/strings";
import { useTab } from "@/store/editor";
import { useOpening } from "@/store/start";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { TemplateGrid } from "./TemplateGrid";
import { useChooseFiles } from "./useChooseFiles";

const words = text.shell.templates;

export function EmptyCanvas() {
  const empty = useTab(({ doc }) => doc.nodes.length + doc.groups.length + doc.notes.length === 0);
  const opening = useOpening();
  return empty && !opening ? <Welcome /> : null;
}

/** Lets the pointer through to the canvas everywhere but on its buttons, and while something is dragged even there. */
function Welcome() {
  const dragging = useDragging();
  const chooseFiles = useChooseFiles();
  return (
    <div className="pointer-events-none absolute inset-0 flex overflow-auto p-6 max-[699px]:pointer-events-auto">
      <section
        aria-label={words.title}
        className={cx(
          "m-auto flex w-full max-w-2xl flex-col items-center gap-5 transition-opacity duration-120",
          dragging ? "opacity-40" : "[&_button]:pointer-events-auto",
        )}
      >
        <h2 className="text-lg font-semibold text-strong">{words.title}</h2>
        <TemplateGrid className="w-full grid-cols-2 min-[900px]:grid-cols-3" />
        <div className="flex flex-wrap items-center justify-center gap-x-3 gap-y-2 text-sm text-muted">
          <span className="flex items-center gap-2">
            <ImageUp size={16} aria-hidden />
            {words.drop}
          </span>
          <Button size="sm" icon={FolderOpen} onClick={chooseFiles}>
            {words.open}
          </Button>
          <span className="hidden min-[700px]:inline">{words.blank}</span>
        </div>
      </section>
    </div>
  );
}

/** Whether something is being dragged over the window. */
function useDragging(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const begin = () => setDragging(true);
    const end = () => setDragging(false);
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) end();
    };
    window.addEventListener("dragstart", begin);
    window.addEventListener("dragenter", begin);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", end, true);
    window.addEventListener("dragend", end, true);
    return () => {
      window.removeEventListener("dragstart", begin);
      window.removeEventListener("dragenter", begin);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", end, true);
      window.removeEventListener("dragend", end, true);
    };
  }, []);
  return dragging;
}
