/** The lines of a node: its ports, params, what is folded away and what has lost its port. */
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, type CSSProperties, type ReactNode } from "react";
import type { JsonValue, NodePorts, Port } from "@/api/types";
import { setAdvanced, setParam } from "@/graph/commands";
import { isChanged, ROW, WHOLE_FOLD, type Row } from "@/graph/measure";
import type { GraphNode } from "@/graph/types";
import { dispatch } from "@/store/editor";
import { setFold, useFold } from "@/store/folds";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { SearchInput } from "@/ui/SearchInput";
import { Skeleton } from "@/ui/Skeleton";
import { ParamWidget } from "@/widgets/ParamWidget";
import { PortHandle } from "./PortHandle";

export function NodeRows({
  node,
  ports,
  rows,
}: {
  node: GraphNode;
  ports: NodePorts | undefined;
  rows: readonly Row[];
}) {
  return rows.map((row) => {
    const place = { y: row.y, height: row.height };
    switch (row.kind) {
      case "ports":
        return <PortsRow key={rowKey(row)} {...place} input={row.input} output={row.output} types={ports?.types} />;
      case "param": {
        const value = node.params[row.port.name];
        const { port, connected, tall } = row;
        const props = { ...place, nodeId: node.id, port, connected, tall };
        return <ParamRow key={rowKey(row)} {...props} {...(value !== undefined && { value })} />;
      }
      case "fold":
        return (
          <FoldRow key="fold" {...place} nodeId={node.id} count={row.count} changed={row.changed} open={row.open} />
        );
      case "find":
        return <FindRow key="find" {...place} nodeId={node.id} found={row.count} />;
      case "more":
        return <MoreRow key="more" {...place} nodeId={node.id} count={row.count} open={row.open} />;
      case "lost":
        return <LostRow key={rowKey(row)} {...place} row={row} />;
      case "skeleton":
        return (
          <div key={rowKey(row)} className="node-row px-3" style={at(place)} data-skeleton="">
            <Skeleton className={row.index % 2 === 0 ? "h-3 w-1/2" : "h-3 w-2/3"} />
          </div>
        );
    }
  });
}

interface Place {
  y: number;
  height: number;
}

function at({ y, height }: Place): CSSProperties {
  return { top: y, height };
}

function rowKey(row: Row): string {
  switch (row.kind) {
    case "ports":
      return `ports ${row.input?.name ?? ""} ${row.output?.name ?? ""}`;
    case "param":
      return `param ${row.port.name}`;
    case "lost":
      return `lost ${row.input ?? ""} ${row.output ?? ""} ${row.value === undefined}`;
    case "skeleton":
      return `skeleton ${row.index}`;
    case "fold":
    case "find":
    case "more":
      return row.kind;
  }
}

function portTitle(port: Port): string {
  return port.title || port.name;
}

interface PortsRowProps extends Place {
  input: Port | null;
  output: Port | null;
  types: NodePorts["types"];
}

const PortsRow = memo(function PortsRow({ y, height, input, output, types }: PortsRowProps) {
  return (
    <div className="node-row justify-between gap-3" style={at({ y, height })}>
      {input ? (
        <span className="port-label min-w-0 pl-3" data-port={input.name} data-side="target">
          <PortHandle name={input.name} title={portTitle(input)} type={input.type} side="target" y={ROW / 2} />
          <span className="truncate">{portTitle(input)}</span>
          {input.required === true && <RequiredMark />}
        </span>
      ) : (
        <span />
      )}
      {output && (
        <span className="port-label min-w-0 justify-end pr-3 text-right" data-port={output.name} data-side="source">
          <span className="truncate">{portTitle(output)}</span>
          <PortHandle
            name={output.name}
            title={portTitle(output)}
            type={types?.[output.name] ?? output.type}
            side="source"
            y={ROW / 2}
          />
        </span>
      )}
    </div>
  );
});

function RequiredMark() {
  return (
    <span aria-hidden className="required-mark ml-0.5 text-muted">
      *
    </span>
  );
}

interface ParamRowProps extends Place {
  nodeId: string;
  port: Port;
  connected: boolean;
  tall: boolean;
  value?: JsonValue;
}

const ParamRow = memo(function ParamRow({ y, height, nodeId, port, connected, tall, value }: ParamRowProps) {
  const changed = !connected && isChanged(port, value);
  const title = portTitle(port);
  const label = (
    <span
      className={cx("flex min-w-0 items-center", changed ? "text-strong" : "text-muted", tall ? "h-6" : "h-7")}
      data-changed={changed ? "" : undefined}
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (changed) dispatch(setParam(nodeId, port.name, undefined, title));
      }}
    >
      <span className="truncate">{title}</span>
    </span>
  );
  return (
    <div
      className={cx("node-row", tall ? "flex-col items-stretch px-3" : "param-row gap-2 px-3")}
      style={at({ y, height })}
      data-param={port.name}
      data-port={port.name}
      data-side="target"
      data-widget={port.widget?.kind}
    >
      <PortHandle
        name={port.name}
        title={title}
        type={port.type}
        side="target"
        y={(tall ? 24 : ROW) / 2}
        quiet={!connected}
      />
      {label}
      {!connected && (
        <div className="nodrag nopan min-w-0">
          <ParamWidget nodeId={nodeId} port={port} value={value} />
        </div>
      )}
    </div>
  );
});

interface FoldRowProps extends Place {
  nodeId: string;
  count: number;
  changed: number;
  open: boolean;
}

const FoldRow = memo(function FoldRow({ y, height, nodeId, count, changed, open }: FoldRowProps) {
  const fold = () => {
    if (open) setFold(nodeId, WHOLE_FOLD);
    dispatch(setAdvanced(nodeId, !open));
  };
  return (
    <div className="node-row px-1.5" style={at({ y, height })}>
      <FoldButton open={open} onClick={fold}>
        {text.canvas.advanced(count)}
        {changed > 0 && <span className="text-strong">· {text.canvas.changed(changed)}</span>}
      </FoldButton>
    </div>
  );
});

function FoldButton({ open, onClick, children }: { open: boolean; onClick: () => void; children: ReactNode }) {
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      className="nodrag flex h-6 items-center gap-1 rounded px-1 text-xs text-muted hover:text-strong"
      aria-expanded={open}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden />
      {children}
    </button>
  );
}

/** Ports without a control, when they are many: they are for edges, which find them folded, too. */
const MoreRow = memo(function MoreRow({ y, height, nodeId, count, open }: Place & MoreRowProps) {
  return (
    <div className="node-row px-1.5" style={at({ y, height })}>
      <FoldButton open={open} onClick={() => setFold(nodeId, { more: !open })}>
        {text.canvas.morePorts(count)}
      </FoldButton>
    </div>
  );
});

interface MoreRowProps {
  nodeId: string;
  count: number;
  open: boolean;
}

/** The search among many advanced ports. */
const FindRow = memo(function FindRow({ y, height, nodeId, found }: Place & { nodeId: string; found: number }) {
  const { find } = useFold(nodeId);
  return (
    <div className="node-row gap-2 px-3" style={at({ y, height })}>
      <SearchInput
        className="find-ports nodrag nopan nokey min-w-0 flex-1"
        label={text.canvas.findPort}
        value={find}
        onChange={(find) => setFold(nodeId, { find })}
      />
      {find !== "" && <span className="text-xs text-muted">{text.canvas.foundPorts(found)}</span>}
    </div>
  );
});

function LostRow({ y, height, row }: Place & { row: Extract<Row, { kind: "lost" }> }) {
  const { input, output, value } = row;
  if (value !== undefined && input !== null) {
    return (
      <div
        className="node-row gap-2 px-3 text-muted"
        style={at({ y, height })}
        title={text.canvas.lostValue}
        data-lost=""
      >
        <span className="truncate line-through decoration-muted/60">{input}</span>
        <span className="ml-auto max-w-3/5 truncate font-mono text-xs">{JSON.stringify(value)}</span>
      </div>
    );
  }
  return (
    <div
      className="node-row justify-between px-3 text-muted"
      style={at({ y, height })}
      title={input !== null ? text.canvas.lostInput : text.canvas.lostOutput}
      data-lost=""
    >
      <span className="truncate line-through decoration-muted/60">{input}</span>
      <span className="truncate line-through decoration-muted/60">{output}</span>
      {input !== null && <PortHandle name={input} title={input} type="any" side="target" y={ROW / 2} lost />}
      {output !== null && <PortHandle name={output} title={output} type="any" side="source" y={ROW / 2} lost />}
    </div>
  );
}
