/** A file's text with line numbers and, when the highlighter has been loaded, colours. */
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { colouredLines, plainLines } from "./code";
import type { CodeLine } from "./codeLine";
import "./code.css";

interface CodeViewProps {
  text: string;
  language: string;
  label: string;
}

export function CodeView({ text, language, label }: CodeViewProps) {
  const { data } = useQuery({
    queryKey: ["code", language, text],
    queryFn: () => colouredLines(text, language),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <div role="region" aria-label={label} tabIndex={0} className="code">
      <Lines lines={data ?? plainLines(text)} />
    </div>
  );
}

const Lines = memo(function Lines({ lines }: { lines: readonly CodeLine[] }) {
  return (
    <pre>
      {lines.map((line, index) => (
        <div key={index} className="code-line">
          <span className="code-number" aria-hidden data-number={index + 1} />
          <code>{line.map((token, at) => (token.kind === "" ? token.text : <Piece key={at} {...token} />))}</code>
        </div>
      ))}
    </pre>
  );
});

function Piece({ text, kind }: { text: string; kind: string }) {
  return <span className={kind}>{text}</span>;
}
