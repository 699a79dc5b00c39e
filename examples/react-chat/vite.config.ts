import { defineConfig } from "vite";

/** The page and the service have one origin: no other has to be allowed. */
export default defineConfig({
  server: { proxy: { "/api/v1": { target: "http://localhost:8787", ws: true } } },
});
