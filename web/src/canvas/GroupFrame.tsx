/** A titled box behind nodes. Only its title and borders take the pointer, so that one can work inside it. */
import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useState, type CSSProperties } from "react";
import { arrange, updateGroup } from "@/graph/commands";
import { dispatch } from "@/store/editor";
import { text } from "@/strings";
import type { GroupNode } from "./flowTypes";
import { onRename } from "./renaming";
import { tintColour } from "./tints";
import { useResize } from "./useResize";

function GroupFrameView({ id, selected, data: { group } }: NodeProps<GroupNode>) {
  const [editing, setEditing] = useState(false);
  useEffect(() => onRename(id, () => setEditing(true)), [id]);
  const resize = useResize((place) => dispatch(arrange({ [id]: place }, text.canvas.commandNames.resizeGroup)));
  const style: CSSProperties & Record<"--tint", string> = { "--tint": tintColour(group.tint), ...resize.size };
  return (
    <section className="group-frame" style={style} aria-label={group.title} data-group={id}>
      <NodeResizer isVisible={selected} minWidth={120} minHeight={80} {...resize.handlers} />
      <header className="group-title" onDoubleClick={() => setEditing(true)}>
        {editing ? (
          <input
            className="nodrag nokey w-full rounded bg-sunken px-1 outline-none"
            aria-label={text.canvas.groupTitle}
            defaultValue={group.title}
            autoFocus
            onFocus={(event) => event.currentTarget.select()}
            onBlur={(event) => {
              setEditing(false);
              dispatch(updateGroup(id, { title: event.currentTarget.value.trim() || text.canvas.newGroup }));
            }}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
            }}
          />
        ) : (
          <span className="truncate">{group.title}</span>
        )}
      </header>
    </section>
  );
}

export const GroupFrame = memo(
  GroupFrameView,
  (before, after) => before.data.group === after.data.group && before.selected === after.selected,
);
