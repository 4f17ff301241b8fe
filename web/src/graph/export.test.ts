/** Graphs as JSON, curl and Python; the last is read by a real Python. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { connect, setLock, setMode, setParam } from "./commands";
import { asCurl, asJson, asPython } from "./export";
import { parseDoc } from "./document";
import { draw, edge } from "./testing";

const steps = [
  connect(edge("encode->denoise"), { many: false }),
  setParam("encode", "prompt", 'it\'s "red" \\ \n $HOME 絵 🙂'),
  setParam("denoise", "settings", { on: true, off: false, none: null, list: [1, 2.5, 1e21], empty: {} }),
  setParam("denoise", "seed", 7),
  setMode(["show"], "muted"),
  setLock({ repos: { demo: { commit: "c0ffee" } } }),
];
const doc = steps.reduce((each, step) => step.apply(each), draw("encode denoise show"));
const bare = {
  format: "blockloom/1",
  name: "Untitled",
  nodes: doc.nodes.map(({ id, type, params, mode }) => ({ id, type, params, ...(mode && { mode }) })),
  edges: doc.edges,
  lock: doc.lock,
};

test("JSON is the document", () => {
  expect(parseDoc(asJson(doc))).toEqual(doc);
  expect(asJson(doc).endsWith("}\n")).toBe(true);
});

test("curl posts the graph word for word", () => {
  const lines = asCurl(doc, "http://127.0.0.1:8188").split("\n");
  expect(lines[0]).toBe(
    "curl -s 'http://127.0.0.1:8188/api/runs?wait=60' -H 'Content-Type: application/json' --data-binary @- <<'END'",
  );
  expect(lines.slice(-2)).toEqual(["END", ""]);
  expect(JSON.parse(lines.slice(1, -2).join("\n"))).toEqual({ graph: bare });
});

test("Python reads back what was written", () => {
  const script = asPython(doc, "http://127.0.0.1:8188");
  // A stand-in for the package, which this machine need not have: it prints what it is given.
  const stand = [
    "import json, sys, types",
    "class Graph:",
    "    model_validate = staticmethod(lambda graph: graph)",
    "class Client:",
    "    def __init__(self, url): self.url = url",
    "    def __enter__(self): return self",
    "    def __exit__(self, *rest): pass",
    "    def run(self, graph, overrides):",
    "        print(json.dumps([self.url, graph, overrides]))",
    "        return {}",
    "sys.modules['blockloom'] = types.SimpleNamespace(Client=Client, Graph=Graph)",
  ];
  const printed = execFileSync("python3", ["-"], { input: `${stand.join("\n")}\n${script}`, encoding: "utf8" });
  const overrides = { "encode.prompt": doc.nodes[0]?.params["prompt"], "denoise.seed": 7 };
  expect(JSON.parse(printed)).toEqual(["http://127.0.0.1:8188", bare, overrides]);
});

test("an empty graph is fine too", () => {
  expect(asPython(draw(""), "http://h")).toContain("overrides = {}\n");
});
