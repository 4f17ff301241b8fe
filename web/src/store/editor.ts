/** The face of the editor: the open tabs, what is in them, and what can be done to them. */
export { copySelection, cutSelection, pasteText } from "@/store/clipboard";
export { dispatch, redo, select, setViewport, undo } from "@/store/editing";
export { nodePorts, useNode, useNodePorts, useNodeProblems, useParamValue, useProblems } from "@/store/nodes";
export { activateTab, closeTab, isBlank, moveTab, openTab, reopenClosed } from "@/store/tablist";
export { resolveConflict } from "@/store/resolve";
export {
  activeOf,
  activeTab,
  tabOf,
  useEditor,
  useTab,
  type Conflict,
  type Editor,
  type Saved,
  type Tab,
} from "@/store/tabs";
