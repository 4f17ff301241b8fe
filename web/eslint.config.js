/** Lint rules: TypeScript strict, React's hooks, and which folder may import which. */
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

const layers = {
  api: [],
  strings: [],
  graph: ["api"],
  ui: ["strings"],
  store: ["graph", "api", "strings"],
  widgets: ["store", "graph", "ui", "strings", "api"],
  canvas: ["widgets", "store", "graph", "ui", "strings", "api"],
  panels: ["canvas", "widgets", "store", "graph", "ui", "strings", "api"],
};

const walls = Object.entries(layers).map(([folder, allowed]) => ({
  files: [`src/${folder}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: Object.keys(layers)
          .filter((other) => other !== folder && !allowed.includes(other))
          .map((other) => ({ group: [`@/${other}`, `@/${other}/*`], message: `${folder} may not import ${other}.` })),
      },
    ],
  },
}));

export default ts.config(
  { ignores: ["dist", "node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  ts.configs.strict,
  hooks.configs.flat.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: { "@typescript-eslint/consistent-type-imports": "error", "react-hooks/incompatible-library": "off" },
  },
  ...walls,
);
