/** Documentation in Markdown: text, lists, code and links; pictures and raw HTML are not drawn. */
import { Markdown } from "@/ui/Markdown";

export function Docs({ children }: { children: string }) {
  return (
    <div className="flex flex-col gap-2 text-sm text-body select-text [overflow-wrap:anywhere] [&_code]:rounded [&_code]:bg-sunken [&_code]:px-1 [&_code]:font-mono [&_code]:text-xs [&_h1]:font-semibold [&_h2]:font-semibold [&_h3]:font-semibold [&_ol]:list-decimal [&_ol]:pl-5 [&_pre]:overflow-auto [&_pre]:rounded-control [&_pre]:bg-sunken [&_pre]:p-2 [&_ul]:list-disc [&_ul]:pl-5">
      <Markdown>{children}</Markdown>
    </div>
  );
}
