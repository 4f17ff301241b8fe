/** What the store's tests share: a small server that answers `fetch`, and graphs. */
import { vi } from "vitest";
import type { Run } from "@/api/types";
import { loadDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { useEditor, newTab, type Tab } from "@/store/tabs";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/** Answers `fetch` by method and path; what nobody prepared is 404. Remembers what was asked. */
export class FakeServer {
  readonly asked: Asked[] = [];
  readonly #answers = new Map<string, Answer>();

  constructor() {
    vi.stubGlobal("fetch", (request: Request) => this.#serve(request));
  }

  on(route: string, answer: Answer): this {
    this.#answers.set(route, answer);
    return this;
  }

  /** Bodies of the requests to a route, oldest first. */
  bodies(route: string): unknown[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route).map(({ body }) => body);
  }

  async #serve(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const asked = { method: request.method, path: pathname, query: searchParams, headers: request.headers, body };
    this.asked.push(asked);
    const answer = this.#answers.get(`${request.method} ${pathname}`);
    return answer?.(asked) ?? problem(404, "not_found", `There is nothing at ${pathname}.`);
  }
}

export function json(data: unknown, init: ResponseInit = {}): Response {
  return Response.json(data, init);
}

export function problem(status: number, code: string, message: string, more: object = {}): Response {
  return json({ title: "", status, detail: message, problems: [{ code, message, ...more }] }, { status });
}

/** A promise that the test resolves itself. */
export function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

/** Nodes in a row, each feeding the next. */
export function chain(...ids: readonly string[]): Doc {
  return loadDoc({
    format: "blockloom/1",
    name: "Chain",
    nodes: ids.map((id) => ({ id, type: "test.step", params: { n: 1 } })),
    edges: ids
      .slice(1)
      .map((id, index) => ({ source: ids[index], sourceHandle: "out", target: id, targetHandle: "in" })),
  });
}

/** Makes a tab with the document the only one. */
export function onlyTab(doc: Doc, fields: Partial<Tab> = {}): Tab {
  const tab = newTab(doc, fields);
  useEditor.setState({ tabs: [tab], activeTab: tab.id });
  return tab;
}

export function runOf(fields: Partial<Run> = {}): Run {
  return { id: "r1", created: 1, outputs: {}, state: "queued", seq: 0, targets: [], ...fields };
}
