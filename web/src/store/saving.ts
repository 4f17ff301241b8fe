/** The face of saving: to the server, from it, and what to do if somebody else saved too. */
export { announce } from "@/store/announce";
export { graphId, saveAsNew, saveTab } from "@/store/autosave";
export { openRun, openSaved, openTemplate } from "@/store/open";
export { resolveConflict } from "@/store/resolve";
