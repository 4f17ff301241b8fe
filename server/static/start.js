// The first page: run a template, watch it, see its pictures.

const find = (id) => document.getElementById(id);
let graph = null;
let promptNode = null;
let runId = null;

async function call(path, options) {
  const answer = await fetch(`/api${path}`, options);
  const text = await answer.text();
  const data = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(data?.detail ?? answer.statusText);
  return data;
}

function say(text, isError = false) {
  find("status").textContent = text;
  find("status").classList.toggle("error", isError);
}

async function loadTemplates() {
  const { templates } = await call("/templates");
  if (!templates.length) return say("There are no templates here.");
  const options = templates.map(({ name, title }) => new Option(title, name, false, name === "text_to_image"));
  find("template").append(...options);
  await choose();
}

async function choose() {
  const name = find("template").value;
  graph = await call(`/templates/${name}`);
  promptNode = graph.nodes.find((node) => typeof node.params?.prompt === "string") ?? null;
  find("prompt-row").hidden = promptNode === null;
  find("prompt").value = promptNode?.params.prompt ?? "";
  find("go").disabled = false;
  showCommand();
  say("Ready.");
}

function overrides() {
  return promptNode ? { [`${promptNode.id}.prompt`]: find("prompt").value } : {};
}

function showCommand() {
  const body = { overrides: overrides() };
  find("curl").textContent =
    `curl -s ${location.origin}/api/templates/${find("template").value} |\n` +
    `  jq '{graph: ., overrides: ${JSON.stringify(body.overrides).replaceAll("'", "'\\''")}}' |\n` +
    `  curl -s '${location.origin}/api/runs?wait=60' -d @-`;
}

async function submit(event) {
  event.preventDefault();
  find("go").disabled = true;
  find("pictures").replaceChildren();
  say("Starting …");
  try {
    const body = JSON.stringify({ graph, overrides: overrides() });
    const run = await call("/runs", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    runId = run.id;
    find("cancel").hidden = find("progress").hidden = false;
    find("progress").removeAttribute("value");
    await follow(run.id);
    show(await call(`/runs/${run.id}`));
  } catch (error) {
    say(error.message, true);
  } finally {
    find("go").disabled = false;
    find("cancel").hidden = find("progress").hidden = true;
  }
}

function follow(id) {
  return new Promise((resolve) => {
    const source = new EventSource(`/api/runs/${id}/events`);
    const on = (kind, act) => source.addEventListener(kind, (message) => act(JSON.parse(message.data)));
    on("node_started", ({ node }) => say(`Running ${node} …`));
    on("node_progress", ({ node, step, total }) => {
      find("progress").value = step / total;
      say(`Running ${node}: ${step} of ${total}`);
    });
    on("run_finished", () => { source.close(); resolve(); });
  });
}

function show(run) {
  const seconds = (run.finished - (run.started ?? run.created)).toFixed(1);
  if (run.state === "succeeded") say(`Done in ${seconds} s.`);
  else say([run.problem?.message, run.problem?.remedy].filter(Boolean).join(" ") || run.state, true);
  const values = Object.values(run.outputs ?? {}).flatMap((ports) => Object.values(ports));
  const pictures = values.flatMap((value) => value.items ?? [value]).filter((value) => value.artifact?.mime.startsWith("image/"));
  find("pictures").replaceChildren(...[...new Set(pictures.map((value) => value.artifact.id))].map((id) => {
    const picture = new Image();
    picture.src = `/api/artifacts/${id}`;
    picture.alt = find("prompt").value;
    return picture;
  }));
}

find("run").addEventListener("submit", submit);
find("cancel").addEventListener("click", () => call(`/runs/${runId}`, { method: "DELETE" }));
find("template").addEventListener("change", () => choose().catch((error) => say(error.message, true)));
find("prompt").addEventListener("input", showCommand);
loadTemplates().catch((error) => say(error.message, true));
