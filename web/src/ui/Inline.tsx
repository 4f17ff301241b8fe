/** A sentence in which words between backticks are code. */
export function Inline({ children }: { children: string }) {
  return children.split(/(`[^`]+`)/).map((part, index) =>
    part.length > 2 && part.startsWith("`") ? (
      <code key={index} className="font-mono text-[0.95em]">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    ),
  );
}
