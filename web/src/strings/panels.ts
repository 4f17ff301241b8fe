/** Texts of the system, settings and shortcuts dialogs. */
const system = {
  title: "System",
  description: "The worker that holds models and runs nodes, its memory, and the disk.",
  worker: "Worker",
  state: "State",
  states: {
    starting: "Starting",
    ready: "Ready",
    restarting: "Restarting",
    stopped: "Stopped",
    failed: "Failed",
  },
  device: "Device",
  memory: "Memory",
  deviceMemory: "Device memory",
  processMemory: "Worker process",
  resultsMemory: "Results kept in memory",
  of: (used: string, total: string) => `${used} of ${total}`,
  models: "Loaded models",
  noModels: "None. A run loads what it needs.",
  unload: "Unload",
  unloadModel: (name: string) => `Unload ${name}`,
  unloadAll: "Unload all",
  disk: "Disk",
  results: "Cached results",
  resultsText: "Saves running nodes again whose inputs did not change.",
  artifacts: "Pictures, videos and uploads",
  artifactsText: "The oldest make room when the limit is reached.",
  free: "Free",
  freeResults: "Free cached results",
  about: "About",
  version: "Blockloom",
  python: "Python",
  platform: "System",
  uptime: "Running for",
  clients: "Open windows",
  data: "Data folder",
  input: "Input folder",
  output: "Output folder",
  offline: "Offline: nothing is downloaded",
  packs: "Node packs that could not be loaded",
  failed: "The server does not answer",
  freed: "The cached results are gone.",
  freeFailed: "It could not be freed.",
  copyPath: (name: string) => `Copy ${name.toLowerCase()}`,
};

const settings = {
  title: "Settings",
  description: "Kept in this browser.",
  appearance: "Appearance",
  theme: "Theme",
  themes: { system: "As the system", light: "Light", dark: "Dark" },
  canvas: "Canvas",
  grid: "Show the grid",
  snap: "Snap to the grid",
  minimap: "Show the minimap",
  edges: "Edges",
  edgeStyles: { bezier: "Curved", step: "Stepped", straight: "Straight" },
  running: "While running",
  previews: "Show previews",
  previewRate: "Previews per second",
};

const shortcuts = {
  title: "Keyboard shortcuts",
  description: "On a Mac, Cmd stands for Ctrl.",
  groups: [
    {
      title: "Run",
      items: [
        ["Ctrl+Enter", "Run"],
        ["Ctrl+Shift+Enter", "Run to the selected nodes"],
      ],
    },
    {
      title: "Add",
      items: [
        ["Space", "Add a node"],
        ["Tab", "Add a node at the pointer"],
        ["N", "Add a note"],
        ["G", "Group the selection"],
      ],
    },
    {
      title: "Edit",
      items: [
        ["Ctrl+Z", "Undo"],
        ["Ctrl+Shift+Z", "Redo"],
        ["Ctrl+S", "Save"],
        ["Ctrl+C", "Copy"],
        ["Ctrl+X", "Cut"],
        ["Ctrl+V", "Paste"],
        ["Ctrl+D", "Duplicate"],
        ["Alt+Drag", "Duplicate by dragging"],
        ["Arrows", "Move the selection"],
        ["Shift+Arrows", "Move the selection by 1 px"],
        ["Delete", "Delete the selection"],
        ["B", "Bypass"],
        ["M", "Mute"],
        ["L", "Lay out"],
        ["Enter", "Go to the first field of the selected node"],
        ["E", "Expand a pipeline or a stage"],
        ["Shift+E", "Collapse blocks into one node"],
      ],
    },
    {
      title: "Look",
      items: [
        ["F", "Fit everything"],
        [".", "Zoom to the selection"],
        ["/", "Search in the workflow"],
        ["Ctrl+A", "Select all"],
        ["Esc", "Select nothing, close"],
        ["?", "Show these shortcuts"],
      ],
    },
    {
      title: "Picture",
      items: [
        ["+", "Zoom in"],
        ["−", "Zoom out"],
        ["0", "Fit or actual size"],
        ["←", "Previous picture"],
        ["→", "Next picture"],
      ],
    },
  ],
} satisfies {
  title: string;
  description: string;
  groups: { title: string; items: [keys: string, what: string][] }[];
};

export const panels = { system, settings, shortcuts };
