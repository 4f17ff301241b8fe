/** What is known of a tensor without fetching it: shape, number type, size and statistics. */
import type { ValueSummary } from "@/api/types";
import { text } from "@/strings";
import { bytes } from "@/ui/format";

const words = text.widgets.value;

export function TensorFacts({ value }: { value: ValueSummary }) {
  const facts: [string, string][] = [];
  if (value.shape) facts.push([words.shape, value.shape.join(" × ")]);
  if (value.dtype) facts.push([words.dtype, value.dtype]);
  for (const [name, number] of Object.entries(value.stats ?? {})) facts.push([name, digits(number)]);
  if (value.size) facts.push([words.size, bytes(value.size)]);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
      {facts.map(([name, shown]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="font-mono text-strong tabular-nums select-text">{shown}</dd>
        </div>
      ))}
    </dl>
  );
}

function digits(number: number): string {
  return Number.isInteger(number) ? String(number) : number.toPrecision(4);
}
