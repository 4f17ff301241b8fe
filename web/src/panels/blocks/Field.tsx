/** A line of a form: its name, the control, and what it is for or what is wrong with it. */
import type { ReactNode } from "react";

interface FieldProps {
  label: string;
  hint?: string;
  fault?: string | undefined;
  children: ReactNode;
}

export function Field({ label, hint, fault, children }: FieldProps) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-xs font-medium text-strong">{label}</span>
      {children}
      {fault !== undefined ? (
        <p role="alert" className="text-xs text-danger">
          {fault}
        </p>
      ) : (
        hint !== undefined && <p className="text-xs text-muted">{hint}</p>
      )}
    </div>
  );
}
