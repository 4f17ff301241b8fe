/** What an update of a graph's repos would take. */
import { beforeEach, expect, test } from "vitest";
import { loadDoc } from "@/graph/document";
import { FakeServer, json } from "@/store/testing";
import { newestLock } from "./newest";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

const lock = (repos: Record<string, string>) => ({
  repos: Object.fromEntries(Object.entries(repos).map(([repo, commit]) => [repo, { commit }])),
});
const doc = loadDoc({
  format: "blockloom/1",
  nodes: [
    { id: "load", type: "diffusion.pipeline", params: { repo: "org/model" } },
    { id: "more", type: "diffusion.custom", params: { repo: "org/code@main" } },
  ],
  lock: lock({ "org/model": "m1", "org/code@main": "c1", "org/gone": "g1" }),
});
const compiled = (found: Record<string, string>, problems: object[] = []) =>
  json({ nodes: {}, order: [], problems, revision: 1, lock: lock(found) });

test("what the graph no longer uses is dropped", async () => {
  server.on("POST /api/compile", () => compiled({ "org/model": "m2", "org/code@main": "c2" }));
  expect(await newestLock(doc)).toEqual(lock({ "org/model": "m2", "org/code@main": "c2" }));
  expect(server.asked[0]?.query.get("latest")).toBe("true");
});

test("the commit of code that nobody has approved yet is read of its repo", async () => {
  const problem = { code: "needs_approval", message: "org/code brings code.", node: "more", port: "repo" };
  server.on("POST /api/compile", () => compiled({ "org/model": "m2" }, [problem]));
  server.on("GET /api/blocks/org%2Fcode", ({ query }) => json({ commit: `${query.get("revision")}2` }));
  expect(await newestLock(doc)).toEqual(lock({ "org/model": "m2", "org/code@main": "main2", "org/gone": "g1" }));
});

test("while a node has an error, its repo stays as it is", async () => {
  const problem = { code: "missing_repo", message: "org/code is not there.", node: "more", port: "repo" };
  server.on("POST /api/compile", () => compiled({ "org/model": "m2" }, [problem]));
  expect(await newestLock(doc)).toEqual(lock({ "org/model": "m2", "org/code@main": "c1", "org/gone": "g1" }));
});
