/** The side strip of the lightbox: what the picture, video or sound is, and what made it. */
import type { Run } from "@/api/types";
import type { Size } from "@/graph/types";
import type { LightboxImage } from "@/store/ui";
import { text } from "@/strings";
import { sounds } from "@/strings/sounds";
import { CopyButton } from "@/ui/CopyButton";
import { Skeleton } from "@/ui/Skeleton";
import { Facts } from "./Facts";
import { bytes, duration, moment } from "@/ui/format";
import { secondsOf } from "./history";
import { secondsIn } from "./media";
import { useWholeRun } from "./queries";
import { Section } from "./Section";
import { paramsOf, seedsOf } from "./seeds";

const words = text.results.lightbox;

/** `size`: of the picture in px; null before it is known. */
export function LightboxInfo({ image, size }: { image: LightboxImage; size: Size | null }) {
  const { run, summary } = image;
  const seconds = secondsIn(summary);
  const { channels, rate } = summary?.stats ?? {};
  return (
    <aside aria-label={words.info} className="w-72 shrink-0 overflow-auto border-l border-line bg-surface">
      <Section title={words.file}>
        <Facts
          facts={[
            [words.size, size && words.pixels(size.width, size.height)],
            [sounds.length, seconds === null ? null : duration(seconds)],
            [sounds.channels, channels],
            [sounds.rate, rate === undefined ? null : sounds.kilohertz(rate)],
            [words.kind, image.mime],
            [words.bytes, summary?.artifact && bytes(summary.artifact.size)],
          ]}
        />
      </Section>
      {run !== undefined && <MadeBy run={run} />}
    </aside>
  );
}

function MadeBy({ run: id }: { run: string }) {
  const { data: run, isPending } = useWholeRun(id);
  if (isPending) return <Skeleton className="m-3 h-24" />;
  if (!run) return null;
  const seconds = secondsOf(run, run.finished ?? 0);
  const seeds = seedsOf(run);
  return (
    <>
      <Section title={words.workflow}>
        <Facts
          facts={[
            [words.workflow, run.name],
            [words.when, run.finished ? moment(run.finished) : null],
            [words.took, seconds === null ? null : duration(seconds)],
          ]}
        />
      </Section>
      {seeds.length > 0 && (
        <Section title={words.seeds}>
          {seeds.map(({ node, param, seed }) => (
            <div key={`${node} ${param}`} className="flex items-center gap-2 text-sm">
              <span className="min-w-0 flex-1 truncate text-xs text-muted">{node}</span>
              <span className="font-mono text-xs text-strong">{seed}</span>
              <CopyButton compact value={String(seed)} label={text.results.run.copySeed(String(seed))} />
            </div>
          ))}
        </Section>
      )}
      <Section title={words.params} open>
        <ParamList run={run} />
      </Section>
    </>
  );
}

function ParamList({ run }: { run: Run }) {
  const nodes = paramsOf(run);
  if (nodes.length === 0) return <p className="text-xs text-muted">{words.noParams}</p>;
  return nodes.map(({ node, params }) => (
    <div key={node} className="mb-3 last:mb-0">
      <h4 className="mb-1 text-xs font-medium text-strong">{node}</h4>
      <dl className="flex flex-col gap-0.5 text-xs">
        {params.map(([name, value]) => (
          <div key={name} className="flex gap-2">
            <dt className="shrink-0 text-muted">{name}</dt>
            <dd className="ml-auto max-h-24 min-w-0 overflow-auto text-right break-words text-body select-text">
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  ));
}
