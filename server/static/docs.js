// The API reference, drawn from the OpenAPI document.

function make(tag, content = [], attributes = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...[content].flat());
  return element;
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return make("a", name, { href: `#schema-${name}` });
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return make("span", options.flatMap((option, index) => (index ? [" | ", typeOf(option)] : [typeOf(option)])));
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array") return make("span", ["list of ", typeOf(schema.items ?? {})]);
  return schema.format === "binary" ? "file" : schema.type ?? "any";
}

function table(rows) {
  return make("table", rows.map((cells) => make("tr", cells.map((cell) => make("td", cell)))));
}

function contentRows(name, content) {
  return Object.entries(content ?? {}).map(([mime, { schema }]) => [name, typeOf(schema), mime]);
}

function operation(path, method, about) {
  const rows = [
    ...(about.parameters ?? []).map((p) => [make("code", p.name), typeOf(p.schema), `${p.in}: ${p.description ?? ""}`]),
    ...contentRows("body", about.requestBody?.content),
    ...Object.entries(about.responses).flatMap(([status, answer]) => {
      const found = contentRows(status, answer.content);
      return found.length ? found : [[status, "", answer.description]];
    }),
  ];
  const title = make("summary", [make("span", method.toUpperCase(), { class: "method" }), make("code", path), ` ${about.summary}`]);
  return make("details", [title, make("p", about.description ?? ""), table(rows)]);
}

function schema(name, about) {
  const rows = Object.entries(about.properties ?? {}).map(([field, value]) => [make("code", field), typeOf(value), value.description ?? ""]);
  const title = make("summary", make("code", name));
  return make("details", [title, make("p", about.description ?? ""), rows.length ? table(rows) : make("p", typeOf(about))], { id: `schema-${name}` });
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.open = true;
}

const spec = await (await fetch("/api/openapi.json")).json();
document.getElementById("about").textContent = spec.info.description;
document.getElementById("content").replaceChildren(
  make("h2", "Routes"),
  ...Object.entries(spec.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => operation(path, method, about))),
  make("h2", "Schemas"),
  ...Object.entries(spec.components.schemas).sort(([a], [b]) => a.localeCompare(b)).map(([name, about]) => schema(name, about)),
);
addEventListener("hashchange", openTarget);
openTarget();
