import { expect, test } from "vitest";
import { removeItems, renameDoc, setParam } from "@/graph/commands";
import { emptyDoc } from "@/graph/document";
import {
  activeTab,
  closeTab,
  copySelection,
  dispatch,
  openTab,
  pasteText,
  redo,
  reopenClosed,
  select,
  setViewport,
  undo,
  useEditor,
} from "@/store/editor";
import { chain, onlyTab } from "@/store/testing";

test("undo and redo say what they did, and keep the view", () => {
  const { doc } = onlyTab(chain("a", "b"));
  dispatch(setParam("a", "n", 2));
  const after = activeTab().doc;
  const viewport = { x: 5, y: 5, zoom: 2 };
  setViewport(viewport);
  expect(undo()).toMatch(/n/);
  expect(activeTab().doc).toEqual({ ...doc, viewport });
  redo();
  expect(activeTab().doc).toEqual({ ...after, viewport });
  expect([redo(), activeTab().dirty]).toEqual([null, true]);
});

test("a command that changes nothing leaves no step", () => {
  const { doc } = onlyTab(chain("a"));
  dispatch(setParam("a", "n", 1));
  expect(activeTab()).toMatchObject({ doc, dirty: false });
  expect(undo()).toBeNull();
});

test("what was removed is no longer selected", () => {
  onlyTab(chain("a", "b"));
  select(["a", "b"]);
  select(["a.out->b.in"], "add");
  dispatch(removeItems({ nodes: ["b"] }));
  expect([...activeTab().selection]).toEqual(["a"]);
  select(["a"], "toggle");
  expect(activeTab().selection.size).toBe(0);
});

test("copied nodes are pasted beside, with their edges, and selected", () => {
  onlyTab(chain("a", "b"));
  select(["a", "b"]);
  expect(pasteText(copySelection() ?? "")).toBe(true);
  const { doc, selection } = activeTab();
  expect([doc.nodes.length, doc.edges.length, [...selection]]).toEqual([4, 2, ["a_2", "b_2"]]);
  expect(pasteText("plain words")).toBe(false);
});

test("a graph opens in the place of an untouched tab, and beside any other", () => {
  onlyTab(emptyDoc());
  openTab(chain("a"));
  expect(useEditor.getState().tabs).toHaveLength(1);
  openTab(chain("b"));
  expect(useEditor.getState().tabs).toHaveLength(2);
});

test("a closed tab opens again as it was", () => {
  const first = onlyTab(chain("a"));
  dispatch(renameDoc("Mine"));
  closeTab(first.id);
  expect(activeTab().doc.nodes).toEqual([]);
  expect(reopenClosed()).toBe(true);
  expect(activeTab()).toMatchObject({ id: first.id, doc: { name: "Mine" } });
  expect(undo()).toMatch(/Mine/);
  expect(reopenClosed()).toBe(false);
});
