/** A graph as text to take away: the document, and commands that run it on this server. */
import type { JsonValue } from "@/api/types";
import { saveDoc } from "./document";
import { isList, isObject, type JsonObject } from "./json";
import type { Doc } from "./types";

/** The document as a file. */
export function asJson(doc: Doc): string {
  return `${JSON.stringify(saveDoc(doc), null, 2)}\n`;
}

/** A shell command that runs the graph and waits for its outputs. */
export function asCurl(doc: Doc, origin: string): string {
  const body = JSON.stringify({ graph: bare(doc) }, null, 2);
  const url = quoted(`${origin}/api/runs?wait=60`);
  return `curl -s ${url} -H 'Content-Type: application/json' --data-binary @- <<'END'\n${body}\nEND\n`;
}

/** A Python script that runs the graph and saves the pictures it makes beside itself. */
export function asPython(doc: Doc, origin: string): string {
  return `from pathlib import Path

from blockloom import Client, Graph

graph = Graph.model_validate(
${literal(bare(doc), 1)}
)
overrides = ${literal(suggestions(doc), 0).trimStart()}

with Client(${literal(origin, 0)}) as client:
    outputs = client.run(graph, overrides)
    for node, ports in outputs.items():
        for port, value in ports.items():
            for number, item in enumerate(value.items or [value]):
                if item.artifact is not None:
                    name = f"{node}_{port}_{number}{Path(item.artifact.id).suffix}"
                    Path(name).write_bytes(client.download(item))
                    print(name)
`;
}

/** What the engine reads of a graph: neither the view nor fields that only the canvas knows. */
function bare(doc: Doc): JsonObject {
  const { format = "", name = "" } = saveDoc({ ...doc, nodes: [], edges: [] });
  const nodes = doc.nodes.map(({ id, type, params, mode }) => ({ id, type, params, ...(mode && { mode }) }));
  const edges = doc.edges.map(({ source, sourceHandle, target, targetHandle }) => {
    return { source, sourceHandle, target, targetHandle };
  });
  return { format, name, nodes, edges, ...(Object.keys(doc.lock).length > 0 && { lock: doc.lock }) };
}

/** The values that a person changes most, as they are now: an example of overrides. */
function suggestions(doc: Doc): JsonObject {
  const pairs = doc.nodes.flatMap(({ id, params }) =>
    Object.entries(params).flatMap(([name, value]): [string, JsonValue][] =>
      name === "prompt" || name === "seed" ? [[`${id}.${name}`, value]] : [],
    ),
  );
  return Object.fromEntries(pairs);
}

/** `value` as Python source. JSON's texts and numbers are Python's too. */
function literal(value: JsonValue, depth: number): string {
  const indent = "    ".repeat(depth);
  if (isList(value)) {
    if (value.length === 0) return `${indent}[]`;
    return `${indent}[\n${value.map((item) => `${literal(item, depth + 1)},\n`).join("")}${indent}]`;
  }
  if (isObject(value)) {
    const items = Object.entries(value).map(([key, item]) => {
      return `${indent}    ${JSON.stringify(key)}: ${literal(item, depth + 1).trimStart()},\n`;
    });
    return items.length === 0 ? `${indent}{}` : `${indent}{\n${items.join("")}${indent}}`;
  }
  return (
    indent + (value === null ? "None" : value === true ? "True" : value === false ? "False" : JSON.stringify(value))
  );
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
