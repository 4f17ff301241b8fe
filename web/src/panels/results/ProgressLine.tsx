/** How far something is, as a thin line. */
interface Props {
  label: string;
  /** 0 to 1 */
  part: number;
}

export function ProgressLine({ label, part }: Props) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      className="h-1 overflow-hidden rounded-full bg-line"
    >
      <div className="h-full origin-left rounded-full bg-info" style={{ transform: `scaleX(${part})` }} />
    </div>
  );
}
