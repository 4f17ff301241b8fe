/** Texts of the store: what toasts say, and the page's title. */
export const store = {
  showNode: "Show node",
  runFailed: (name: string) => `${name} failed`,
  title: (name: string) => `${name} · Blockloom`,
  titleRunning: (percent: number, name: string) => `${percent} % · ${name}`,
  noRoom: "The browser's storage is full",
  noRoomText: "Unsaved tabs are no longer kept for a reload. Save them to the server, or close some.",
  saveFailed: "The workflow could not be saved",
  saveOffline: "It is saved as soon as the server can be reached again.",
  goneElsewhere: (name: string) => `${name} was deleted elsewhere`,
  goneElsewhereText: "This tab keeps it. Save to put it on the server again.",
  takeTheirs: "take the other version",
  copyOf: (name: string) => `${name} (copy)`,
  openFailed: "The workflow could not be opened",
  reopen: "Open it again",
  restoreFailed: "A tab could not be restored",
  untitled: "Untitled",
};
