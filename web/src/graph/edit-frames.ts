/** Commands on groups and notes. */
import { changed, patched } from "./edit";
import { idMaker } from "./ids";
import type { Command, Group, Note } from "./types";

/** Adds a group; one whose id is taken gets a fresh one. */
export function addGroup(group: Group): Command {
  return {
    name: "add a group",
    apply: (doc) => ({ ...doc, groups: [...doc.groups, { ...group, id: idMaker(doc)(group.id) }] }),
  };
}

export function updateGroup(id: string, patch: Partial<Omit<Group, "id">>): Command {
  return {
    name: "title" in patch ? "rename the group" : "tint" in patch ? "tint the group" : "change the group",
    merge: `group ${id} ${Object.keys(patch).join(" ")}`,
    apply: (doc) =>
      patched(doc, { groups: changed(doc.groups, new Set([id]), (group) => patched<Group>(group, patch)) }),
  };
}

/** Adds a note; one whose id is taken gets a fresh one. */
export function addNote(note: Note): Command {
  return {
    name: "add a note",
    apply: (doc) => ({ ...doc, notes: [...doc.notes, { ...note, id: idMaker(doc)(note.id) }] }),
  };
}

export function updateNote(id: string, patch: Partial<Omit<Note, "id">>): Command {
  return {
    name: "text" in patch ? "edit the note" : "tint" in patch ? "tint the note" : "change the note",
    merge: `note ${id} ${Object.keys(patch).join(" ")}`,
    apply: (doc) => patched(doc, { notes: changed(doc.notes, new Set([id]), (note) => patched<Note>(note, patch)) }),
  };
}
