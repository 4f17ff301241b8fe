/** What is shown of the advanced ports of each node that are folded out; kept as long as the page is open. */
import { create } from "zustand";
import { WHOLE_FOLD, type FoldView } from "@/graph/measure";
import { activeTab, useTab } from "@/store/tabs";

type Views = ReadonlyMap<string, FoldView>;

const useFolds = create<{ readonly views: Views }>(() => ({ views: new Map() }));

/** All views; by tab and node. */
export function useFoldViews(): Views {
  return useFolds((folds) => folds.views);
}

export function foldOf(views: Views, tab: string, node: string): FoldView {
  return views.get(`${tab} ${node}`) ?? WHOLE_FOLD;
}

/** The view of a node of the active tab. */
export function useFold(node: string): FoldView {
  const tab = useTab((tab) => tab.id);
  return useFolds((folds) => foldOf(folds.views, tab, node));
}

/** Changes the view of a node of the active tab. */
export function setFold(node: string, change: Partial<FoldView>): void {
  const { id: tab } = activeTab();
  useFolds.setState(({ views }) => ({
    views: new Map(views).set(`${tab} ${node}`, { ...foldOf(views, tab, node), ...change }),
  }));
}
