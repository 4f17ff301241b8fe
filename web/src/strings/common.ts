/** Texts used in several areas. */
export const common = {
  product: "Blockloom",
  cancel: "Cancel",
  close: "Close",
  copy: "Copy",
  copied: "Copied",
  delete: "Delete",
  details: "Details",
  download: "Download",
  loading: "Loading",
  rename: "Rename",
  retry: "Try again",
  undo: "Undo",
};
