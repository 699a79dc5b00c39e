import { defineConfig } from "drizzle-kit";

/** `drizzle-kit generate` writes `migrations/` from the schema; wrangler applies them. */
export default defineConfig({
  dialect: "sqlite",
  schema: "./src/history/schema.ts",
  out: "./migrations",
});
