/** Answers that the page asked for before the rest of it was evaluated: each serves the first request for its address. */

const asked = new Map<string, Promise<Response>>();

/** Asks for what the page will need first: the node types, and the saved graph that the address names. */
export function askAhead({ hash }: Location): void {
  const [, graph] = /^#\/g\/([^/]+)$/.exec(hash) ?? [];
  for (const path of ["/api/catalogue", ...(graph === undefined ? [] : [`/api/graphs/${graph}`])]) {
    const answer = fetch(path);
    // Who takes the answer hears of its failure.
    answer.catch(() => undefined);
    asked.set(new URL(path, location.href).href, answer);
  }
}

/** The answer to this request, if it was asked for ahead. */
export function takeAhead({ method, url }: Request): Promise<Response> | undefined {
  const answer = method === "GET" ? asked.get(url) : undefined;
  asked.delete(url);
  return answer;
}

/** Forgets what nobody took: it is new only while the page begins. */
export function dropAhead(): void {
  asked.clear();
}
