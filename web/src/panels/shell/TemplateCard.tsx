/** A template to start from: a picture of what it makes, its name, and how its graph looks. */
import { useState, type ReactNode } from "react";
import type { Template } from "@/api/types";
import { text } from "@/strings";
import { openTemplate } from "@/store/open";
import { cx } from "@/ui/cx";
import { GraphOutline } from "./GraphOutline";
import { useTemplateGraph } from "./useTemplates";

export function TemplateCard({ template, small = false }: { template: Template; small?: boolean }) {
  const { data: doc } = useTemplateGraph(template.name);
  return (
    <div className="group relative flex min-w-0 flex-col overflow-hidden rounded-panel border border-line bg-surface text-left outline-offset-2 outline-accent transition-colors duration-120 hover:border-muted has-focus-visible:outline-2">
      <TemplatePicture name={template.name}>{doc && <GraphOutline doc={doc} className="size-3/5" />}</TemplatePicture>
      <div className="flex w-full flex-1 flex-col gap-0.5 border-t border-line px-2.5 py-2">
        {/* Its name is the button, which the whole card takes clicks for. */}
        <button
          type="button"
          className={cx(
            "text-left font-medium text-strong outline-none after:absolute after:inset-0",
            small ? "text-xs" : "text-sm",
          )}
          onClick={() => void openTemplate(template.name)}
        >
          {template.title}
        </button>
        <span className="mt-auto flex h-6 w-full items-center justify-between gap-3 text-xs text-muted">
          {doc && text.shell.templates.nodes(doc.nodes.length)}
          {doc && <GraphOutline doc={doc} className="h-full min-w-0 max-w-16 flex-1" />}
        </span>
      </div>
    </div>
  );
}

/** A template without a picture, such as a new one, shows its graph instead. */
function TemplatePicture({ name, children }: { name: string; children: ReactNode }) {
  const [missing, setMissing] = useState(false);
  return (
    <span className="flex aspect-[4/3] w-full items-center justify-center overflow-hidden bg-sunken">
      {missing ? (
        children
      ) : (
        <img
          src={`/templates/${encodeURIComponent(name)}.webp`}
          alt=""
          loading="lazy"
          draggable={false}
          className="size-full object-cover transition-transform duration-160 ease-out group-hover:scale-[1.02]"
          onError={() => setMissing(true)}
        />
      )}
    </span>
  );
}
