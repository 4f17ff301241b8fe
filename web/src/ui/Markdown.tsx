/** Text, lists, code and links from Markdown; pictures and raw HTML are not drawn. */
import { lazy, Suspense } from "react";

const MarkdownText = lazy(() => import("./MarkdownText"));

export function Markdown({ children }: { children: string }) {
  return (
    <Suspense fallback={<p className="whitespace-pre-line">{children}</p>}>
      <MarkdownText source={children} />
    </Suspense>
  );
}
