/** All changes a person can make to a graph. Each is pure, and returns the doc itself where it changes nothing. */
export { readReplacement, replaceNodes } from "./edit-blocks";
export { renameDoc, replaceDoc, setLock } from "./edit-doc";
export { connect, disconnect, insertOnEdge, moveOntoEdge, setPoints } from "./edit-edges";
export { addGroup, addNote, updateGroup, updateNote } from "./edit-frames";
export { addedIds, arrange, duplicateItems, moveItems, pasteItems, removeItems } from "./edit-items";
export { addNode, renameNode, resizeNode, setAdvanced, setCollapsed, setMode, setParam } from "./edit-nodes";
