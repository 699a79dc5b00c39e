import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { keepTemporaryInMemory } from "./scripts/memory-folder";
import { LongestFirst } from "./test/speed/longest-first";

keepTemporaryInMemory();

const migrations = await readD1Migrations("./migrations");

// The package is @cloudflare/vitest-plugin, the renamed successor of vitest-pool-workers.
const workerd = cloudflareTest({
  wrangler: { configPath: "./test/worker/wrangler.toml" },
  miniflare: {
    // All modules and counts go over a socket between vitest and each runtime: packing costs more.
    compatibilityFlags: ["no_web_socket_compression"],
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
/** Twice the cores: most of these files drive processes of their own, and wait for them. */
const FIRST = { maxWorkers: 4, sequence: { groupOrder: 0 } };
/** As many as cores: each worker is a runtime, and loads all modules. The checks run beside it. */
const LAST = { maxWorkers: 2, sequence: { groupOrder: 1 } };
/** A condition that has not come by then does not come. */
const LATE_MS = 60_000;

/** Packages that go to each runtime as one small file each, not module by module; the first is ESM marked as CommonJS. */
const BUNDLED = [
  ...["itty-durable", "ai", "@ai-sdk/anthropic", "@ai-sdk/openai"],
  ...["@ai-sdk/provider", "workers-ai-provider", "zod", "jose"],
  ...["drizzle-orm", "drizzle-orm/d1", "drizzle-orm/sqlite-core", "hono", "hono/factory"],
  ...["hono/cors", "eventsource-parser", "eventsource-parser/stream", "fast-check"],
];

const REACT = `${import.meta.dirname}/test/clients/node_modules/react`;

/** The maps of packages stay here: a third of what is sent to each runtime would be these. */
const withoutMaps = {
  name: "packages-without-maps",
  transform: (code: string, id: string) =>
    id.includes("/deps_ssr/") ? { code, map: { mappings: "" as const } } : undefined,
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // An object of the last file may still be at work when vitest leaves: that is no test's failure.
    onUnhandledError: ({ name, message }) =>
      name !== "EnvironmentTeardownError" || !message.includes("Closing rpc"),
    // Every turn writes lines of its own; they matter where a test fails.
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          ...FIRST,
          include: ["test/unit/**/*.test.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          // Most of these files take longer to load than to run.
          isolate: false,
          // itty-durable ships ESM that is marked as CommonJS.
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        plugins: [workerd, withoutMaps],
        test: {
          name: "workers",
          ...LAST,
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          // A condition that comes late on a busy machine is no failure.
          expect: { poll: { timeout: LATE_MS } },
          isolate: false,
          include: ["test/workers/**/*.test.ts"],
          globalSetup: ["test/support/built-site.ts", "test/speed/warm-modules.ts"],
          setupFiles: ["test/support/fresh-storage.ts"],
          deps: {
            optimizer: {
              ssr: {
                enabled: true,
                include: BUNDLED,
                rolldownOptions: { output: { minify: true } },
              },
            },
          },
          // With it, every file is sent all modules of the one before.
          fsModuleCache: false,
        },
      },
      {
        test: {
          name: "system",
          ...FIRST,
          // Each file would start a process of its own.
          isolate: false,
          include: ["test/system/**/*.test.ts"],
          globalSetup: ["test/system/setup.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          expect: { poll: { timeout: LATE_MS } },
        },
      },
      {
        // React is that of the tests: the one that renders is the one whose hooks are called.
        resolve: {
          alias: [
            { find: /^react$/, replacement: `${REACT}/index.js` },
            { find: /^react\/(jsx-.*)$/, replacement: `${REACT}/$1.js` },
            { find: "taskroom/client", replacement: `${import.meta.dirname}/src/client/index.ts` },
            {
              find: "taskroom/react",
              replacement: `${import.meta.dirname}/src/client-react/index.ts`,
            },
          ],
        },
        oxc: { jsx: { runtime: "automatic", importSource: "react" } },
        test: {
          name: "react",
          ...FIRST,
          isolate: false,
          include: ["test/clients/react/**/*.test.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          expect: { poll: { timeout: LATE_MS } },
        },
      },
      {
        test: {
          name: "clients",
          ...FIRST,
          isolate: false,
          include: ["test/clients/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/clients/react/**"],
          globalSetup: ["test/system/setup.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          expect: { poll: { timeout: LATE_MS } },
        },
      },
      {
        test: {
          name: "browser",
          ...FIRST,
          isolate: false,
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
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
