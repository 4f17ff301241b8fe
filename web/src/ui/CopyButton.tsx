/** Copies a text and says so for a moment. */
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { text } from "@/strings";
import { Button } from "./Button";
import { copyText } from "./copyText";
import { IconButton } from "./IconButton";

export interface CopyButtonProps {
  value: string;
  /** What is copied, as the button's name. */
  label?: string;
  /** Only the icon. */
  compact?: boolean;
  className?: string;
}

const SAID_FOR_MS = 1500;

export function CopyButton({ value, label = text.common.copy, compact = false, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void copyText(value).then(() => setCopied(true));
  const shared = { icon: copied ? Check : Copy, onClick: copy, size: "sm" as const, className };
  return compact ? (
    <IconButton {...shared} label={copied ? text.common.copied : label} />
  ) : (
    <Button {...shared} variant="ghost">
      {copied ? text.common.copied : label}
    </Button>
  );
}
