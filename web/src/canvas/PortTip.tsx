/** What a port is, beside it, when the pointer rests on it: one tip for the whole canvas, whatever its size. */
import { useEffect, useState, type RefObject } from "react";
import type { Port } from "@/api/types";
import { edgesInto } from "@/graph/document";
import { activeTab, nodePorts } from "@/store/editor";
import { text } from "@/strings";
import { Inline } from "@/ui/Inline";

const DELAY = 500;
const WIDTH = 288;

interface Tip {
  readonly port: Port;
  readonly type: string;
  readonly mapped: boolean;
  readonly isParam: boolean;
  readonly connected: boolean;
  readonly left: number;
  readonly top: number;
}

export function PortTip({ wrapper }: { wrapper: RefObject<HTMLElement | null> }) {
  const tip = useTip(wrapper);
  if (tip === null) return null;
  const { port, type, mapped, isParam, connected, left, top } = tip;
  const range = rangeOf(port);
  return (
    <div role="tooltip" className="port-tip" style={{ left, top, width: WIDTH }}>
      <p className="flex items-baseline gap-2">
        <span className="font-semibold text-strong">{port.title || port.name}</span>
        <span className="ml-auto font-mono text-muted">{[type, range].filter(Boolean).join(" · ")}</span>
      </p>
      {port.description && (
        <p>
          <Inline>{port.description}</Inline>
        </p>
      )}
      {mapped && <p>{text.canvas.mapped}</p>}
      {port.many === true && <p>{text.canvas.manyEdges}</p>}
      {port.required === true && !connected && <p>{text.canvas.required}</p>}
      {isParam && port.default !== undefined && port.default !== null && port.default !== "" && (
        <p className="text-muted">
          {text.canvas.defaultIs(JSON.stringify(port.default))} {text.canvas.resetHint}
        </p>
      )}
    </div>
  );
}

function useTip(wrapper: RefObject<HTMLElement | null>): Tip | null {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    const canvas = wrapper.current;
    if (canvas === null) return;
    let timer = 0;
    let shown: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      shown = null;
      setTip(null);
    };
    const onOver = (event: PointerEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const overWidget = target?.closest("input, textarea, button, select, [role=combobox]") ?? null;
      const row = overWidget === null ? (target?.closest<HTMLElement>("[data-port]") ?? null) : null;
      if (row === shown) return;
      hide();
      if (row === null || event.buttons !== 0 || event.pointerType === "touch") return;
      shown = row;
      timer = window.setTimeout(() => setTip(tipOf(row)), DELAY);
    };
    canvas.addEventListener("pointerover", onOver);
    canvas.addEventListener("pointerdown", hide);
    canvas.addEventListener("pointerleave", hide);
    canvas.addEventListener("wheel", hide, { passive: true });
    return () => {
      clearTimeout(timer);
      canvas.removeEventListener("pointerover", onOver);
      canvas.removeEventListener("pointerdown", hide);
      canvas.removeEventListener("pointerleave", hide);
      canvas.removeEventListener("wheel", hide);
    };
  }, [wrapper]);
  return tip;
}

function tipOf(row: HTMLElement): Tip | null {
  const node = row.closest<HTMLElement>("[data-node]")?.dataset["node"];
  const { port: name, side, param } = row.dataset;
  if (node === undefined || name === undefined) return null;
  const ports = nodePorts(activeTab(), node);
  const port = (side === "source" ? ports?.outputs : ports?.inputs)?.find((port) => port.name === name);
  if (port === undefined) return null;
  const box = row.getBoundingClientRect();
  const right = side === "source" ? box.right + 12 : box.left - WIDTH - 12;
  return {
    port,
    type: side === "source" ? (ports?.types?.[name] ?? port.type) : port.type,
    mapped: side === "target" && (ports?.mapped?.includes(name) ?? false),
    isParam: param !== undefined,
    connected: edgesInto(activeTab().doc, node).some((edge) => edge.targetHandle === name),
    left: Math.max(8, Math.min(right, innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(box.top - 4, innerHeight - 160)),
  };
}

function rangeOf({ widget }: Port): string {
  const from = widget?.min ?? null;
  const to = widget?.max ?? null;
  return from === null && to === null ? "" : text.canvas.range(from, to);
}
