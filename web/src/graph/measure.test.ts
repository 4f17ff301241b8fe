/** Where rows and handles of a node lie. */
import { describe, expect, it } from "vitest";
import type { NodePorts, Port } from "@/api/types";
import type { GraphNode } from "@/graph/types";
import { ALONE, FOOTER, HEADER, measure, ROW, widgetHeight } from "./measure";

const node: GraphNode = { id: "n", type: "t", params: {}, position: { x: 0, y: 0 } };
const port = (name: string, more: Partial<Port> = {}): Port => ({ name, type: "image", ...more });
const steps = port("steps", { type: "int", widget: { kind: "number" }, default: 20 });
const prompt = port("prompt", { type: "string", widget: { kind: "multiline" } });
const ports: NodePorts = { inputs: [port("a"), port("b"), steps], outputs: [port("out")] };

describe("measure", () => {
  it("lets an output share the row of an input", () => {
    const box = measure(node, ports, ALONE);
    expect(box.rows.map((row) => row.kind)).toEqual(["ports", "ports", "param"]);
    expect(box.height).toBe(HEADER + 3 * ROW + 8);
    expect(box.handles).toEqual([
      { id: "a", side: "target", x: 0, y: HEADER + 4 + ROW / 2 },
      { id: "out", side: "source", x: 240, y: HEADER + 4 + ROW / 2 },
      { id: "b", side: "target", x: 0, y: HEADER + 4 + ROW * 1.5 },
      { id: "steps", side: "target", x: 0, y: HEADER + 4 + ROW * 2.5 },
    ]);
  });

  it("keeps a connected prompt to one row", () => {
    const only: NodePorts = { inputs: [prompt] };
    const open = measure(node, only, ALONE);
    const connected = measure(node, only, { ...ALONE, inputs: ["prompt"] });
    expect([open.width, connected.width]).toEqual([320, 320]);
    expect(connected.height).toBe(HEADER + ROW + 8);
    expect(open.height - connected.height).toBe(24 + 84 + 8 - ROW);
  });

  it("gives a long label its room, and two long titles a line each", () => {
    const scale = port("guidance_scale", { title: "Guidance scale", type: "float", widget: { kind: "number" } });
    expect(measure(node, { inputs: [steps] }, ALONE).label).toBe(83);
    expect(measure(node, { inputs: [steps, scale] }, ALONE).label).toBeGreaterThan(95);
    const longer = { ...scale, title: "ControlNet conditioning scale" };
    expect(measure(node, { inputs: [longer] }, ALONE)).toMatchObject({ width: 320, label: 187 });
    const long = port("negative_pooled_prompt_embeds");
    const rows = measure(node, { inputs: [long], outputs: [port("out"), long] }, ALONE).rows;
    expect(rows).toMatchObject([
      { input: long, output: null },
      { input: null, output: { name: "out" } },
      { input: null, output: long },
    ]);
  });

  it("keeps short advanced JSON to one line", () => {
    const sigmas = port("sigmas", { type: "json", advanced: true, widget: { kind: "json" } });
    const height = (value: number[]) =>
      measure({ ...node, params: { sigmas: value }, advanced: true }, { inputs: [sigmas] }, ALONE).height;
    expect(height([1, 0]) - height([])).toBe(0);
    expect(height(Array.from({ length: 20 }, () => 0.5)) - height([])).toBe(24 + 84 + 8 - ROW);
  });

  it("searches many advanced ports, and folds those without a control once more", () => {
    const param = (name: string) => port(name, { type: "int", advanced: true, widget: { kind: "number" } });
    const bare = (name: string) => port(name, { type: "tensor", advanced: true });
    const inputs = [...["eta", "crop", "size"].map(param), ...["a", "b", "c", "d"].map(bare)];
    const many: NodePorts = { inputs, outputs: ["x", "y", "z", "eta_out"].map(bare) };
    const kinds = (find: string, more: boolean) =>
      measure({ ...node, advanced: true }, many, { ...ALONE, fold: { find, more } }).rows.map((row) => row.kind);
    expect(kinds("", false)).toEqual(["fold", "find", "param", "param", "param", "more"]);
    expect(kinds("", true).filter((kind) => kind === "ports")).toHaveLength(4);
    expect(kinds("ETA", false)).toEqual(["fold", "find", "param", "ports"]);
  });

  it("folds advanced ports, but not those with an edge", () => {
    const folded: NodePorts = { inputs: [port("x", { advanced: true }), port("y", { advanced: true })] };
    const box = measure(node, folded, { ...ALONE, inputs: ["y"] });
    expect(box.rows.map((row) => row.kind)).toEqual(["ports", "fold"]);
    expect(box.handles.map((handle) => handle.id)).toEqual(["y"]);
    const open = measure({ ...node, advanced: true }, folded, { ...ALONE, inputs: ["y"] });
    expect(open.handles.map((handle) => handle.id)).toEqual(["y", "x"]);
  });

  it("counts changed params among the folded ones", () => {
    const eta = port("eta", { advanced: true, type: "float", widget: { kind: "number" }, default: 0 });
    const box = measure({ ...node, params: { eta: 0.5 } }, { inputs: [eta] }, ALONE);
    expect(box.rows[0]).toMatchObject({ kind: "fold", count: 1, changed: 1, open: false });
  });

  it("does not count what the preset set as changed", () => {
    const block = port("block", { advanced: true, type: "string", widget: { kind: "text" }, default: "" });
    const box = measure(
      { ...node, params: { block: "decode" } },
      { inputs: [block] },
      { ...ALONE, given: { block: "decode" } },
    );
    expect(box.rows[0]).toMatchObject({ kind: "fold", changed: 0 });
  });

  it("is as wide before the first picture as with it", () => {
    const latents: NodePorts = { outputs: [port("latents", { type: "latents" })] };
    const pictured = measure(node, latents, { ...ALONE, media: { count: 1, aspect: 1 } });
    expect([measure(node, latents, ALONE).width, pictured.width]).toEqual([320, 320]);
  });

  it("gives edges without a port, and values without a port, a row of their own", () => {
    const box = measure(
      { ...node, params: { old: 1 } },
      { inputs: [] },
      { ...ALONE, inputs: ["gone"], outputs: ["lost"] },
    );
    expect(box.rows.map((row) => row.kind)).toEqual(["lost", "lost", "lost"]);
    expect(box.handles.map((handle) => handle.id)).toEqual(["gone", "lost"]);
  });

  it("does not call a value lost while the interface is pending", () => {
    const box = measure({ ...node, params: { old: 1 } }, { pending: true }, ALONE);
    expect(box.rows.map((row) => row.kind)).toEqual(["skeleton", "skeleton"]);
  });

  it("expects the ports that edges name while the interface is pending", () => {
    const around = { ...ALONE, inputs: ["image_latents"], outputs: ["latents"] };
    const [row] = measure(node, { pending: true }, around).rows;
    expect(row).toMatchObject({ kind: "ports", input: { title: "Image latents" }, output: { name: "latents" } });
  });

  it("puts picture, sentence and footer around the rows", () => {
    const box = measure(node, ports, { ...ALONE, media: { count: 1, aspect: 1 }, problem: true, footer: true });
    expect(box.problem?.y).toBe(HEADER);
    expect(box.preview).toEqual({ y: HEADER + 48, height: 240 });
    expect(box.footer).toEqual({ y: box.height - FOOTER, height: FOOTER });
  });

  it("stacks all handles at the header of a collapsed node", () => {
    const box = measure({ ...node, collapsed: true }, ports, { ...ALONE, inputs: ["a"], outputs: ["out"] });
    expect(box.height).toBe(HEADER);
    expect(box.handles.map((handle) => handle.y)).toEqual([15, 15]);
  });

  it("keeps the width within bounds", () => {
    expect(measure({ ...node, width: 10 }, ports, ALONE).width).toBe(200);
    expect(measure({ ...node, width: 9000 }, ports, ALONE).width).toBe(560);
  });
});

describe("widgetHeight", () => {
  it("is higher for a picture than for a place to drop one", () => {
    const image = port("image", { widget: { kind: "image" } });
    expect([widgetHeight(image), widgetHeight(image, "abc.png"), widgetHeight(steps)]).toEqual([56, 120, 28]);
  });
});
