/** How the canvas is built, served while it is developed, and tested. */
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = process.env["BLOCKLOOM_URL"] ?? "http://127.0.0.1:8188";

/** The font that the first words are drawn in: else it is asked for when they are, and they change before the eyes. */
const preloadFont: Plugin = {
  name: "preload-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => file.includes("inter-latin-wght-normal"))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: "" },
          injectTo: "head",
        })),
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadFont],
  resolve: { alias: { "@": `${import.meta.dirname}/src` } },
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": { target: SERVER, ws: true } } },
  // Property tests take seconds on a busy machine.
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], testTimeout: 30_000 },
});
