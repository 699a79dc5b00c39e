import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDERS = ["engine", "agents", "history", "durable-objects", "worker", "client", "console"];

type Arrows = { may: string[]; mayNot: string[] };

/** What each folder of `src` may import, and what of the rest it is tempted to. */
const ARROWS: Record<string, Arrows> = {
  protocol: {
    may: ["zod", "./ids", "../protocol/ids"],
    mayNot: [...others("protocol"), "hono", "ai", "@ai-sdk/openai", "jose", "node:fs"],
  },
  engine: {
    may: ["./fold", "../protocol/turn", "../../protocol/turn"],
    mayNot: [...others("engine"), "zod", "cloudflare:workers", "drizzle-orm/d1", "hono", "jose"],
  },
  agents: {
    may: ["./failure", "../protocol/turn", "ai", "@ai-sdk/openai-compatible", "zod"],
    mayNot: [...others("agents"), "cloudflare:workers", "hono", "hono/jwt", "drizzle-orm/d1"],
  },
  history: {
    may: ["./schema", "../protocol/turn", "drizzle-orm", "drizzle-orm/d1", "zod"],
    mayNot: [
      ...others("history"),
      "cloudflare:workers",
      "hono/jwt",
      "ai",
      "@ai-sdk/openai",
      "jose",
    ],
  },
  "durable-objects": {
    may: [
      ...["../../protocol/turn", "../../engine/fold", "../../agents/failure", "../../history/rows"],
      ...["../user-room/api", "cloudflare:workers", "zod"],
    ],
    mayNot: ["../../worker/app", "../../client/room", "../../console/app", "hono", "jose"],
  },
  worker: {
    may: [
      "../protocol/turn",
      "../history/tasks",
      "../durable-objects/task-room/api",
      "hono",
      "jose",
    ],
    mayNot: [
      ...["../engine/fold", "../agents/failure", "../client/room", "../console/app"],
      ...["../durable-objects/task-room/task-room", "../durable-objects/storage", "ai"],
    ],
  },
  client: {
    may: ["./connection", "../protocol/turn", "../engine/fold"],
    mayNot: [
      ...["../engine/decide", "../engine", "../agents/failure", "../history/tasks"],
      ...["../durable-objects/task-room/api", "../worker/app", "../console/app", "hono", "ws"],
    ],
  },
  console: {
    may: ["./view", "../client/room", "../protocol/turn"],
    mayNot: [
      ...["../engine/fold", "../agents/failure", "../history/tasks"],
      ...["../durable-objects/task-room/api", "../worker/app", "hono", "drizzle-orm/d1", "jose"],
    ],
  },
};

const report = z.object({
  diagnostics: z.array(z.object({ location: z.object({ path: z.string() }) })),
});

const cases = Object.entries(ARROWS).flatMap(([folder, { may, mayNot }]) => [
  ...may.map((path) => ({ folder, path, verdict: "may" })),
  ...mayNot.map((path) => ({ folder, path, verdict: "may not" })),
]);

/** Every way to name another module. */
const forms = (path: string) =>
  [
    `import type { A } from "${path}";`,
    `export * from "${path}";`,
    `await import("${path}");`,
    "",
  ].join("\n");

// A linter knows these only by the name of their object, which is harmless.
const IMPURE = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/;

const PROTOCOL_VALUE = /^(?:import|export) (?!type\b)[^;]*?from "(?:\.\.\/)+protocol\//m;

const scratch = mkdtempSync(join(tmpdir(), "taskroom-arrows-"));
const complaints = new Map<string, number>();

beforeAll(() => {
  for (const name of ["biome.json", ".gitignore"])
    copyFileSync(join(ROOT, name), join(scratch, name));
  for (const [i, { folder, path }] of cases.entries()) write(fileOf(folder, i), forms(path));
  write("src/worker/index.ts", 'export { A } from "../durable-objects/task-room/task-room";\n');
  for (const { location } of lint().diagnostics) {
    complaints.set(location.path, (complaints.get(location.path) ?? 0) + 1);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("imports go down the arrows only", () => {
  it.each(cases.map((item, i) => ({ ...item, i })))("$folder $verdict import $path", (item) => {
    const expected = item.verdict === "may" ? 0 : 3;
    expect(complaints.get(fileOf(item.folder, item.i)) ?? 0).toBe(expected);
  });

  it("lets the entry export the objects", () => {
    expect(complaints.get("src/worker/index.ts")).toBeUndefined();
  });

  it("knows every folder of the house", () => {
    const present = readdirSync(join(ROOT, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(Object.keys(ARROWS)).toEqual(expect.arrayContaining(present));
  });
});

it("the engine asks no clock and throws no dice", () => {
  const folder = join(ROOT, "src/engine");
  const impure = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => IMPURE.test(readFileSync(join(folder, name), "utf8")));
  expect(impure).toEqual([]);
});

it("the client takes nothing but types from the protocol, so that its bundle holds no schema", () => {
  const folder = join(ROOT, "src/client");
  const values = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => PROTOCOL_VALUE.test(readFileSync(join(folder, name), "utf8")));
  expect(values).toEqual([]);
  expect('import {\n  A,\n} from "../protocol/a";').toMatch(PROTOCOL_VALUE);
});

function lint(): z.infer<typeof report> {
  const biome = join(ROOT, "node_modules", ".bin", "biome");
  const args = [
    "lint",
    "--only=style/noRestrictedImports",
    "--reporter=json",
    "--max-diagnostics=none",
  ];
  const { stdout } = spawnSync(biome, [...args, "."], { cwd: scratch, encoding: "utf8" });
  return report.parse(JSON.parse(stdout));
}

function fileOf(folder: string, i: number): string {
  return `src/${folder}/case-${i}.ts`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), text);
}

function others(own: string): string[] {
  return FOLDERS.filter((folder) => folder !== own).flatMap((folder) => [
    `../${folder}/anything`,
    `../../${folder}`,
  ]);
}
