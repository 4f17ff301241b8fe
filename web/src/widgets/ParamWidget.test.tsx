/** Each kind of control changes the graph as it should. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JsonValue, Port } from "@/api/types";
import { emptyDoc, nodeById } from "@/graph/document";
import { seedControl } from "@/graph/seeds";
import { setDownload } from "@/store/downloads";
import { activeTab, openTab, undo, useNode } from "@/store/editor";
import { ParamWidget } from "./ParamWidget";

beforeEach(() => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(Response.json({ models: [{ repo: "org/near", size: 1, pipeline: true }], files: [] })),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Shown({ port }: { port: Port }) {
  const value = useNode("n")?.params[port.name];
  return <ParamWidget nodeId="n" port={port} value={value} />;
}

function show(port: Port, value?: JsonValue, type = "test.node") {
  const params = value === undefined ? {} : { [port.name]: value };
  openTab({ ...emptyDoc(), nodes: [{ id: "n", type, params, position: { x: 0, y: 0 } }] });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Shown port={port} />
    </QueryClientProvider>,
  );
}

const stored = (name: string) => nodeById(activeTab().doc, "n")?.params[name];
const text = (kind: "text" | "multiline" | "json" | "combobox"): Port => ({
  name: "p",
  title: "Prompt",
  type: kind === "json" ? "json" : "string",
  default: kind === "json" ? null : "",
  widget: { kind },
});
const seed: Port = {
  name: "seed",
  title: "Seed",
  type: "int",
  default: 0,
  widget: { kind: "seed", min: 0, max: 2 ** 53 - 1, step: 1 },
};

test("text is stored while it is typed and follows undo", () => {
  show(text("text"), "a");
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Prompt" });
  fireEvent.change(field, { target: { value: "a cat" } });
  expect(stored("p")).toBe("a cat");
  act(() => void undo());
  expect(field.value).toBe("a");
});

test("Ctrl+Up weighs the selected words of a prompt and leaves them selected", () => {
  show(text("multiline"), "a red cat");
  const area = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Prompt" });
  area.setSelectionRange(2, 5);
  fireEvent.keyDown(area, { key: "ArrowUp", ctrlKey: true });
  fireEvent.keyDown(area, { key: "ArrowUp", ctrlKey: true });
  expect(stored("p")).toBe("a (red:1.1) cat");
  expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe("red");
});

test("typing a prompt is never altered", () => {
  show(text("multiline"));
  const prompt = "a ((red:1.2) \\( cat:,  )";
  fireEvent.change(screen.getByRole("textbox", { name: "Prompt" }), { target: { value: prompt } });
  expect(stored("p")).toBe(prompt);
});

test("JSON is stored on leaving when it is valid; else line and column are told", () => {
  show(text("json"));
  const area = screen.getByRole("textbox", { name: "Prompt" });
  fireEvent.change(area, { target: { value: "[1,\n 2" } });
  fireEvent.blur(area);
  expect(stored("p")).toBeUndefined();
  expect(area.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("tooltip").textContent).toContain("line 2, column 3");
  fireEvent.change(area, { target: { value: "[1,\n 2]" } });
  fireEvent.blur(area);
  expect(stored("p")).toEqual([1, 2]);
});

test("an option keeps its type", () => {
  show({ name: "p", title: "Side", type: "json", default: 1, widget: { kind: "select", options: [1, "1", null] } });
  fireEvent.click(screen.getByRole("combobox", { name: "Side" }));
  fireEvent.click(screen.getAllByRole("option")[1] ?? document.body);
  expect(stored("p")).toBe("1");
});

test("a repo is suggested from the models on this machine and committed on pick", async () => {
  const port: Port = {
    name: "repo",
    title: "Repo",
    type: "string",
    default: "demo",
    widget: { kind: "repo", options: ["demo"] },
  };
  show(port, undefined, "diffusion.pipeline");
  const field = screen.getByRole("combobox", { name: "Repo" });
  field.focus();
  fireEvent.change(field, { target: { value: "near" } });
  await screen.findByRole("option", { name: "org/near" });
  expect(stored("repo")).toBeUndefined();
  fireEvent.keyDown(field, { key: "ArrowDown" });
  fireEvent.keyDown(field, { key: "Enter" });
  expect(stored("repo")).toBe("org/near");
});

test("a repo of parts is suggested where parts are wanted, and not where a pipeline is", async () => {
  const models = [
    { repo: "org/adapter", size: 1, pipeline: false },
    { repo: "org/adapted", size: 1, pipeline: true },
  ];
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ models, files: [] })));
  const port: Port = { name: "repo", title: "Repo", type: "string", widget: { kind: "repo" } };
  show(port, undefined, "diffusion.ip_adapter");
  fireEvent.change(screen.getByRole("combobox", { name: "Repo" }), { target: { value: "ada" } });
  await screen.findByRole("option", { name: "org/adapter" });
  cleanup();
  show(port, undefined, "diffusion.pipeline");
  fireEvent.change(screen.getByRole("combobox", { name: "Repo" }), { target: { value: "ada" } });
  await screen.findByRole("option", { name: "org/adapted" });
  expect(screen.queryByRole("option", { name: "org/adapter" })).toBeNull();
});

test("a repo that is being downloaded shows how far that is, and can be loaded again when it failed", () => {
  show({ name: "repo", title: "Repo", type: "string", widget: { kind: "repo" } }, "org/far@v1", "diffusion.custom");
  expect(screen.getByRole("button", { name: "Load" })).toBeTruthy();
  act(() => setDownload({ kind: "download_progress", repo: "org/far", done: 30, total: 120, state: "running" }));
  const progress = screen.getByRole("progressbar", { name: "Downloading org/far" });
  expect([progress.getAttribute("aria-valuenow"), progress.textContent]).toEqual(["25", "25 %"]);
  act(() => setDownload({ kind: "download_progress", repo: "org/far", done: 30, total: 120, state: "failed" }));
  expect(screen.getByRole("button", { name: "Load" })).toBeTruthy();
});

test("the die takes another seed", () => {
  show(seed, 7);
  fireEvent.click(screen.getByRole("button", { name: "New random seed" }));
  expect(stored("seed")).not.toBe(7);
  expect(Number.isSafeInteger(stored("seed"))).toBe(true);
});

test("what becomes of a seed after a run is chosen in a menu", async () => {
  show(seed, 7);
  fireEvent.keyDown(screen.getByRole("button", { name: /After a run/ }), { key: "Enter" });
  fireEvent.click(await screen.findByRole("menuitemcheckbox", { name: "Count up by one" }));
  const node = nodeById(activeTab().doc, "n");
  expect(node && seedControl(node, "seed")).toBe("increment");
  expect(stored("seed")).toBe(7);
});

test("a seed left to chance becomes a number when it is to be kept", async () => {
  show({ ...seed, default: null }, null);
  expect(screen.getByRole<HTMLInputElement>("spinbutton", { name: "Seed" }).value).toBe("");
  fireEvent.keyDown(screen.getByRole("button", { name: /After a run/ }), { key: "Enter" });
  fireEvent.click(await screen.findByRole("menuitemcheckbox", { name: "Keep the seed" }));
  expect(typeof stored("seed")).toBe("number");
});

test("a picture is named, and cleared again", () => {
  show({ name: "image", title: "Image", type: "string", default: null, widget: { kind: "image" } });
  const field = screen.getByRole("combobox", { name: "Image: name in the input folder" });
  fireEvent.change(field, { target: { value: "cats/one.png" } });
  fireEvent.keyDown(field, { key: "Enter" });
  expect(stored("image")).toBe("cats/one.png");
  fireEvent.click(screen.getByRole("button", { name: "Image: clear" }));
  expect(stored("image")).toBeUndefined();
});
