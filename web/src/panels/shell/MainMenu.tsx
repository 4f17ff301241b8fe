/** The menu at the right end of the top bar: what can be done with the whole workflow. */
import {
  BookOpen,
  Copy,
  Download,
  FilePen,
  FileUp,
  History,
  Keyboard,
  Menu as MenuIcon,
  RefreshCw,
  Save,
  SquareCode,
  Terminal,
  Undo2,
} from "lucide-react";
import { asCurl, asPython } from "@/graph/export";
import { text } from "@/strings";
import { activeTab, openTab, reopenClosed, useEditor, useTab } from "@/store/editor";
import { saveTab } from "@/store/saving";
import { openDialog } from "@/store/ui";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItem } from "@/ui/Menu";
import { copyText, saveAsFile } from "./exporting";
import { useChooseFiles } from "./useChooseFiles";

const words = text.shell.menu;

export function MainMenu({ onRename }: { onRename: (tab: string) => void }) {
  const saved = useTab((tab) => tab.saved?.id ?? null);
  const anyClosed = useEditor(({ closed }) => closed.length > 0);
  const chooseFiles = useChooseFiles();
  return (
    <Menu
      align="end"
      trigger={<IconButton label={text.shell.bar.menu} icon={MenuIcon} />}
      items={[
        ...fileItems({ saved, anyClosed, onRename, chooseFiles }),
        "separator",
        ...copyItems(),
        "separator",
        ...helpItems(),
      ]}
    />
  );
}

interface FileItems {
  saved: string | null;
  anyClosed: boolean;
  onRename: (tab: string) => void;
  chooseFiles: () => void;
}

function fileItems({ saved, anyClosed, onRename, chooseFiles }: FileItems): readonly MenuItem[] {
  return [
    { label: words.save, icon: Save, shortcut: "Ctrl+S", onSelect: () => void saveTab() },
    // After the menu has given the focus back to its button, which would end the editing at once.
    { label: words.rename, icon: FilePen, onSelect: () => setTimeout(() => onRename(activeTab().id), 0) },
    { label: words.duplicate, icon: Copy, onSelect: duplicate },
    {
      label: words.history,
      icon: History,
      disabled: saved === null,
      onSelect: () => saved !== null && openDialog({ kind: "history", graph: saved }),
    },
    { label: words.reopen, icon: Undo2, disabled: !anyClosed, onSelect: () => void reopenClosed() },
    { label: text.canvas.blocks.update, icon: RefreshCw, onSelect: () => openDialog({ kind: "update" }) },
    "separator",
    { label: words.import, icon: FileUp, onSelect: chooseFiles },
    { label: words.export, icon: Download, onSelect: () => saveAsFile(activeTab().doc) },
  ];
}

function copyItems(): readonly MenuItem[] {
  const { origin } = window.location;
  return [
    { label: words.curl, icon: Terminal, onSelect: () => void copyText(asCurl(activeTab().doc, origin), "curl") },
    {
      label: words.python,
      icon: SquareCode,
      onSelect: () => void copyText(asPython(activeTab().doc, origin), "Python"),
    },
  ];
}

function helpItems(): readonly MenuItem[] {
  return [
    { label: words.shortcuts, icon: Keyboard, shortcut: "?", onSelect: () => openDialog({ kind: "shortcuts" }) },
    { label: words.docs, icon: BookOpen, onSelect: () => void window.open("/api/docs", "_blank", "noopener") },
  ];
}

function duplicate(): void {
  const { doc } = activeTab();
  openTab({ ...doc, name: text.shell.workflows.copyOf(doc.name) });
}
