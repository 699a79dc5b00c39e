import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { ensureConsole } from "./scripts/console-build";

// Both configurations of the worker name the built console as their assets.
await ensureConsole();
const migrations = await readD1Migrations("./migrations");

// The package is @cloudflare/vitest-plugin, the renamed successor of vitest-pool-workers.
const workerd = cloudflareTest({
  wrangler: { configPath: "./test/worker/wrangler.toml" },
  miniflare: {
    bindings: {
      TEST_MIGRATIONS: migrations,
      AUTH_JWT_SECRET: "test-secret-test-secret-test-secret-0123",
      ALLOW_PRIVATE_TARGETS: "true",
      SECRETS_KEY: "dGVzdC1zZWNyZXRzLWtleS10ZXN0LXNlY3JldHMtMDE=",
    },
  },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        plugins: [workerd],
        test: {
          name: "workers",
          testTimeout: 20_000,
          isolate: false,
          include: ["test/workers/**/*.test.ts"],
          setupFiles: ["test/support/fresh-storage.ts"],
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: "istanbul",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.d.ts", "src/console/**"],
      thresholds: { lines: 85 },
    },
  },
});
