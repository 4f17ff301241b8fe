/** Puts a text on the clipboard, also on pages that were not loaded over HTTPS or from this machine. */
export async function copyText(text: string): Promise<void> {
  if ("clipboard" in navigator) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed opacity-0";
  // An open dialog would take the focus back from anywhere else.
  (before?.closest("[role=dialog]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy"); // the only way browsers leave to such pages
  area.remove();
  if (before instanceof HTMLElement) before.focus();
}
