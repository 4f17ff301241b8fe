/** The node types there are, as the server last told. */
import { replaceEqualDeep } from "@tanstack/react-query";
import { create } from "zustand";
import { api, ApiError, unwrap } from "@/api/client";
import type { CatalogueView, NodePorts, NodeType, Problem } from "@/api/types";
import { paletteEntries, type PaletteEntry } from "@/graph/search";

export interface Catalogue {
  readonly types: readonly NodeType[];
  readonly byType: ReadonlyMap<string, NodeType>;
  readonly entries: readonly PaletteEntry[];
  /** By pack, why it could not be loaded. */
  readonly packProblems: Readonly<Record<string, Problem>>;
  /** False until the server has answered once. */
  readonly loaded: boolean;
}

const useStore = create<Catalogue>(() => catalogueOf({ revision: 0, types: [] }, false));

export function useCatalogue(): Catalogue {
  return useStore();
}

/** The node type with this name, if the server has it. */
export function useNodeType(type: string | undefined): NodeType | undefined {
  return useStore((state) => (type === undefined ? undefined : state.byType.get(type)));
}

export function catalogue(): Catalogue {
  return useStore.getState();
}

/** Takes over what the server says; types that did not change stay the same objects. */
function setCatalogue(view: CatalogueView): void {
  const before = useStore.getState();
  const types = replaceEqualDeep(before.types, view.types);
  const packProblems = replaceEqualDeep(before.packProblems, view.problems ?? {});
  if (types === before.types && packProblems === before.packProblems && before.loaded) return;
  useStore.setState(catalogueOf({ ...view, types, problems: packProblems }, true));
}

let loading: Promise<void> | null = null;
let again = false;

/** Asks the server; a call while it is being asked makes it ask once more after that. */
export async function loadCatalogue(): Promise<void> {
  again = loading !== null;
  loading ??= ask().finally(() => (loading = null));
  await loading;
}

async function ask(): Promise<void> {
  do {
    again = false;
    try {
      setCatalogue(await unwrap(api.GET("/api/catalogue")));
    } catch (error) {
      // The next connection loads it; until then the canvas goes by what it knows.
      if (!(error instanceof ApiError)) throw error;
      return;
    }
  } while (again);
}

const usualPorts = new WeakMap<NodeType, NodePorts>();

/** The ports of a type before anything is known of the node: the same object each time. */
export function portsOfType(type: NodeType): NodePorts {
  const known = usualPorts.get(type);
  if (known !== undefined) return known;
  const { inputs = [], outputs = [] } = type.interface ?? {};
  const types = Object.fromEntries(outputs.map((port) => [port.name, port.type]));
  const ports: NodePorts = { inputs, outputs, pending: type.dynamic ?? false, types, mapped: [] };
  usualPorts.set(type, ports);
  return ports;
}

function catalogueOf(view: CatalogueView, loaded: boolean): Catalogue {
  return {
    types: view.types,
    byType: new Map(view.types.map((type) => [type.type, type])),
    entries: paletteEntries([...view.types]),
    packProblems: view.problems ?? {},
    loaded,
  };
}
