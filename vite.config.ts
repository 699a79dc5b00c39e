import { join } from "node:path";
import { defineConfig } from "vite";

const root = import.meta.dirname;

/** The console: the greater part of `dist/site`, which is served as assets. */
export default defineConfig({
  root: join(root, "src/console"),
  publicDir: join(root, "public"),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: join(root, "dist/site"),
    emptyOutDir: true,
    target: "es2023",
    // The page's policy allows scripts from files only, and no data: URL among them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
