/** The button beside a problem that does something about it. */
import { FileCode, PackageSearch, RefreshCw, RotateCw, ShieldCheck } from "lucide-react";
import type { Problem } from "@/api/types";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { cure } from "./curing";
import { cureOf } from "./problems";

const words = text.canvas.blocks;
const LOOKS = {
  review: { icon: ShieldCheck, label: words.review },
  read: { icon: FileCode, label: words.read },
  packages: { icon: PackageSearch, label: words.packages },
  update: { icon: RefreshCw, label: words.update },
  retry: { icon: RotateCw, label: text.common.retry },
};

/** Nothing if there is nothing to press. `compact`: what leaves room for the sentence is only an icon. */
export function CureButton({ problem, compact = false }: { problem: Problem; compact?: boolean }) {
  const how = cureOf(problem);
  if (how === null) return null;
  const { icon, label } = LOOKS[how];
  if (compact && (how === "retry" || how === "update"))
    return <IconButton className="nodrag" size="sm" icon={icon} label={label} onClick={() => cure(how, problem)} />;
  return (
    <Button size="sm" icon={icon} className="nodrag" onClick={() => cure(how, problem)}>
      {label}
    </Button>
  );
}
