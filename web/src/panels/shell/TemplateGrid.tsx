/** The templates as cards, or why they are not there. */
import { LayoutTemplate } from "lucide-react";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { EmptyState } from "@/ui/EmptyState";
import { Skeleton } from "@/ui/Skeleton";
import { TemplateCard } from "./TemplateCard";
import { useTemplates } from "./useTemplates";

const PLACES = [0, 1, 2, 3, 4, 5];

export function TemplateGrid({ small = false, className }: { small?: boolean; className?: string }) {
  const { data, isError, refetch } = useTemplates();
  if (isError) {
    return (
      <EmptyState
        icon={LayoutTemplate}
        title={text.shell.templates.failed}
        action={<Button onClick={() => void refetch()}>{text.common.retry}</Button>}
      />
    );
  }
  return (
    <div className={cx("grid gap-3", className)}>
      {data === undefined
        ? PLACES.map((place) => <Skeleton key={place} className="h-40 w-full rounded-panel" />)
        : data.map((template) => <TemplateCard key={template.name} template={template} small={small} />)}
    </div>
  );
}
