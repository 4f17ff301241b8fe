/** All keyboard shortcuts. */
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";

const words = text.panels.shortcuts;

export function ShortcutsDialog() {
  return (
    <Dialog open size="lg" title={words.title} description={words.description} onOpenChange={closeDialog}>
      {/* Where it does not fit, it is scrolled with the keyboard. */}
      <div className="columns-1 gap-8 sm:columns-2" tabIndex={0}>
        {words.groups.map(({ title, items }) => (
          <section key={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-xs font-semibold text-strong">{title}</h3>
            <dl>
              {items.map(([keys, what]) => (
                <div
                  key={keys}
                  className="flex h-7 items-center justify-between gap-4 border-b border-line text-sm last:border-b-0"
                >
                  <dt className="text-body">{what}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
