/** The left side of a review: which commit it is, the files to choose from, packages, other repos, and warnings. */
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { BlockReview, Requirement } from "@/api/blocks";
import { Section } from "@/panels/results/Section";
import { blocks } from "@/strings/blocks";
import { Badge } from "@/ui/Badge";
import { CopyButton } from "@/ui/CopyButton";
import { cx } from "@/ui/cx";
import { diffSize, readUnified } from "@/graph/unified";
import "./code.css";
import { filesOf, sortedRequirements, stateOf } from "./reviewed";

const words = blocks.review;
const SHORT = 12;

interface ReviewFactsProps {
  review: BlockReview;
  allowed: boolean;
  chosen: string;
  onChoose: (path: string) => void;
}

export function ReviewFacts({ review, allowed, chosen, onChoose }: ReviewFactsProps) {
  return (
    <div className="flex w-72 shrink-0 flex-col overflow-y-auto border-r border-line max-[900px]:w-60">
      {!allowed && <Warning title={words.off} text={words.offText} />}
      <div className="flex flex-col items-start gap-2 border-b border-line px-3 py-3">
        <State review={review} />
        <Commit review={review} />
      </div>
      {review.origin === "unnamed" && <Warning title={words.unnamed} text={words.unnamedText(review.repo)} />}
      {review.pickles.length > 0 && (
        <Warning title={words.pickles} text={words.picklesText}>
          <Paths paths={review.pickles} />
        </Warning>
      )}
      <Section title={words.files}>
        <Files review={review} chosen={chosen} onChoose={onChoose} />
      </Section>
      <Section title={words.requirements}>
        <Requirements review={review} />
      </Section>
      {review.refers.length > 0 && (
        <Section title={words.refers}>
          <p className="mb-2 text-xs text-muted">{words.refersText}</p>
          <Paths paths={review.refers} />
        </Section>
      )}
    </div>
  );
}

function State({ review }: { review: BlockReview }) {
  switch (stateOf(review)) {
    case "approved":
      return <Badge tone="success">{words.isApproved}</Badge>;
    case "changed":
      return <Badge tone="warning">{words.isChanged}</Badge>;
    case "new":
      return <Badge tone="warning">{words.isNew}</Badge>;
  }
}

function Commit({ review }: { review: BlockReview }) {
  const { commit, folder, local, approved, approved_commit, origin, origin_ref: ref } = review;
  if (local) {
    return (
      <div className="flex w-full items-start gap-2 text-xs text-muted">
        <p className="min-w-0 flex-1">
          {words.local} <code className="font-mono text-body select-text [overflow-wrap:anywhere]">{folder}</code>
        </p>
        <CopyButton compact value={folder} label={words.copyFolder} />
      </div>
    );
  }
  return (
    <div className="w-full text-xs text-muted">
      <p className="flex items-center gap-2">
        {words.commit}
        <code className="font-mono text-body select-text" title={commit}>
          {commit.slice(0, SHORT)}
        </code>
        <CopyButton compact value={commit} label={words.copyCommit} />
      </p>
      {origin === "branch" || origin === "named" ? (
        <p>
          {words.reachedBy} <span className="text-body [overflow-wrap:anywhere]">{ref}</span>
        </p>
      ) : (
        origin === "unknown" && <p>{words.unknownOrigin}</p>
      )}
      {!approved && approved_commit !== null && <p>{words.since(approved_commit.slice(0, SHORT))}</p>}
    </div>
  );
}

function Files({ review, chosen, onChoose }: Omit<ReviewFactsProps, "allowed">) {
  const files = filesOf(review);
  if (files.length === 0) return <p className="text-xs text-muted">{words.noFiles}</p>;
  return (
    <ul className="-mx-2 flex flex-col">
      {files.map(({ path, change }) => (
        <li key={path}>
          <button
            type="button"
            aria-current={path === chosen}
            onClick={() => onChoose(path)}
            className={cx(
              "flex min-h-7 w-full items-center gap-2 rounded-control px-2 py-1 text-left text-sm",
              path === chosen ? "bg-sunken font-medium text-strong" : "text-body hover:bg-sunken",
            )}
          >
            <span className={cx("min-w-0 flex-1 [overflow-wrap:anywhere]", change === "removed" && "line-through")}>
              {path}
            </span>
            {change === "changed" ? (
              <Size unified={review.diff?.find((each) => each.path === path)?.unified ?? ""} />
            ) : (
              change !== null && <Badge tone={change === "added" ? "success" : "danger"}>{words.status[change]}</Badge>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Size({ unified }: { unified: string }) {
  const { added, removed } = diffSize(readUnified(unified));
  return <span className="shrink-0 font-mono text-xs text-warning tabular-nums">{words.lines(added, removed)}</span>;
}

function Requirements({ review: { requirements, pip } }: { review: BlockReview }) {
  if (requirements.length === 0) return <p className="text-xs text-muted">{words.noRequirements}</p>;
  return (
    <>
      <ul className="flex flex-col gap-1">
        {sortedRequirements(requirements).map((requirement) => (
          <RequirementRow key={requirement.name} requirement={requirement} />
        ))}
      </ul>
      {pip !== "" && (
        <div className="mt-3">
          <p className="mb-1 text-xs text-muted">{words.pip}</p>
          <div className="flex items-start gap-1 rounded-control bg-sunken p-2">
            <code className="plain-code min-w-0 flex-1 text-body select-text [overflow-wrap:anywhere]">{pip}</code>
            <CopyButton compact value={pip} label={words.copyPip} />
          </div>
        </div>
      )}
    </>
  );
}

function RequirementRow({ requirement: { name, specifier, installed, state } }: { requirement: Requirement }) {
  const isMet = state === "met";
  const Icon = isMet ? CircleCheck : state === "missing" ? CircleX : TriangleAlert;
  return (
    <li className="flex items-start gap-2 text-sm" title={installed === null ? undefined : words.installed(installed)}>
      <Icon
        size={14}
        aria-hidden
        className={cx("mt-0.5 shrink-0", isMet ? "text-success" : state === "missing" ? "text-danger" : "text-warning")}
      />
      <span className="min-w-0 flex-1 text-body [overflow-wrap:anywhere]">
        {name} <code className="plain-code text-muted">{specifier}</code>
      </span>
      <span className="shrink-0 text-xs text-muted">
        {state === "conflicting" && installed !== null ? words.has(installed) : words.states[state]}
      </span>
    </li>
  );
}

function Warning({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div role="note" className="flex gap-2 border-b border-line bg-warning/10 px-3 py-3">
      <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0 text-warning" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium text-strong">{title}</p>
        <p className="text-xs text-body">{text}</p>
        {children}
      </div>
    </div>
  );
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <ul className="mt-1 flex flex-col gap-1">
      {paths.map((path) => (
        <li key={path} className="font-mono text-xs text-body select-text [overflow-wrap:anywhere]">
          {path}
        </li>
      ))}
    </ul>
  );
}
