/** A piece of Markdown on the canvas, edited by a double click. */
import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useState, type CSSProperties } from "react";
import { arrange, updateNote } from "@/graph/commands";
import { dispatch } from "@/store/editor";
import { text } from "@/strings";
import { Markdown } from "@/ui/Markdown";
import type { NoteNode } from "./flowTypes";
import { onRename } from "./renaming";
import { tintColour } from "./tints";
import { useResize } from "./useResize";

function NoteFrameView({ id, selected, data: { note } }: NodeProps<NoteNode>) {
  const [editing, setEditing] = useState(false);
  useEffect(() => onRename(id, () => setEditing(true)), [id]);
  const resize = useResize((place) => dispatch(arrange({ [id]: place }, text.canvas.commandNames.resizeNote)));
  const style: CSSProperties & Record<"--tint", string> = { "--tint": tintColour(note.tint), ...resize.size };
  return (
    <section className="note-frame" style={style} data-note={id} onDoubleClick={() => setEditing(true)}>
      <NodeResizer isVisible={selected} minWidth={120} minHeight={48} {...resize.handlers} />
      {editing ? (
        <textarea
          className="nodrag nowheel nokey size-full resize-none bg-transparent font-mono text-xs outline-none"
          aria-label={text.canvas.noteText}
          defaultValue={note.text}
          autoFocus
          onBlur={(event) => {
            setEditing(false);
            dispatch(updateNote(id, { text: event.currentTarget.value }));
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      ) : note.text.trim() === "" ? (
        <p className="text-muted">{text.canvas.emptyNote}</p>
      ) : (
        <div className="prose-note">
          <Markdown>{note.text}</Markdown>
        </div>
      )}
    </section>
  );
}

export const NoteFrame = memo(
  NoteFrameView,
  (before, after) => before.data.note === after.data.note && before.selected === after.selected,
);
