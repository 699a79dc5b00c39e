import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first";

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

/** What takes so long hangs: no measure of speed, which a busy machine has little of. */
const HANGS_MS = 300_000;
/** A condition that has not come by then does not come. */
const LATE_MS = 60_000;
const CLOSING = '[vitest-worker]: Closing rpc while "resolve" was pending';

export default defineConfig({
  test: {
    // The system tests mostly wait for another process.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // A room that an ended file left at work may be loading a module when its shared runtime closes;
    // vitest reports that, and nothing else does so in these words.
    onUnhandledError: ({ message }) => !message?.startsWith(CLOSING),
    // Every turn writes lines of its own; they matter where a test fails.
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: HANGS_MS,
          // Most of these files take longer to load than to run.
          isolate: false,
          // itty-durable ships ESM that is marked as CommonJS.
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        plugins: [workerd],
        test: {
          name: "workers",
          testTimeout: HANGS_MS,
          // A condition that comes late on a busy machine is no failure.
          expect: { poll: { timeout: LATE_MS } },
          isolate: false,
          include: ["test/workers/**/*.test.ts"],
          globalSetup: ["test/support/built-console.ts"],
          setupFiles: ["test/support/fresh-storage.ts"],
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          globalSetup: ["test/system/setup.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          expect: { poll: { timeout: LATE_MS } },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
          // After all others: what is typed must show while a stream comes in, with the machine at hand.
          sequence: { groupOrder: 1 },
          expect: { poll: { timeout: LATE_MS } },
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
        },
      },
    ],
    coverage: {
      provider: "istanbul",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.d.ts", "src/console/**"],
      reporter: ["text"],
      thresholds: { lines: 85 },
    },
  },
});
