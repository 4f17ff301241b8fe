/** The Markdown reader itself, loaded when there is Markdown to show. */
import Markdown from "markdown-to-jsx/react";
import type { AnchorHTMLAttributes } from "react";

const options = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: { a: Link, img: () => null },
};

export default function MarkdownText({ source }: { source: string }) {
  return <Markdown options={options}>{source}</Markdown>;
}

function Link({ href, children }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="underline underline-offset-2 hover:text-strong">
      {children}
    </a>
  );
}
