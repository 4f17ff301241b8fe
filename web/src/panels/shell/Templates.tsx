/** The templates, as a panel at the left. */
import { text } from "@/strings";
import { Panel } from "./Panel";
import { TemplateGrid } from "./TemplateGrid";

export function Templates() {
  return (
    <Panel title={text.shell.panels.templates}>
      <div className="min-h-0 flex-1 overflow-auto px-3 pb-3">
        <TemplateGrid small className="grid-cols-[repeat(auto-fill,minmax(116px,1fr))]" />
      </div>
    </Panel>
  );
}
