import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

type Arrows = {
  /** Folders of `src` from which values and types may be taken. */
  folders: string[];
  /** Folders from which types alone may be taken. */
  types?: string[];
  /** Packages; one that ends in `/` stands for its whole scope. */
  packages: string[] | "any";
};

/** What each folder of `src` may import besides itself. */
const ARROWS: Record<string, Arrows> = {
  protocol: { folders: [], packages: ["zod"] },
  platform: { folders: ["protocol"], packages: ["zod"] },
  resources: { folders: ["protocol", "platform"], packages: ["zod"] },
  engine: { folders: ["protocol"], types: ["resources"], packages: [] },
  agents: {
    folders: ["protocol", "resources", "platform"],
    packages: ["@ai-sdk/", "ai", "eventsource-parser", "workers-ai-provider", "zod"],
  },
  files: { folders: ["protocol", "platform"], packages: ["zod"] },
  // The deployer's own: whatever an agent of theirs needs of ours.
  own: { folders: ["protocol", "resources", "platform", "agents"], packages: "any" },
  history: {
    folders: ["protocol", "resources", "platform"],
    packages: ["drizzle-orm", "zod"],
  },
  "durable-objects": {
    folders: ["protocol", "resources", "platform", "engine", "agents", "own", "history", "files"],
    packages: ["cloudflare:workers", "itty-durable", "zod"],
  },
  operations: { folders: ["protocol", "resources"], packages: ["zod"] },
  "api-docs": { folders: ["protocol", "resources", "operations"], packages: ["zod"] },
  worker: {
    folders: ["protocol", "resources", "platform", "history", "operations", "files"],
    packages: ["cloudflare:workers", "hono", "jose", "zod"],
  },
  // Other people's clients at the same rooms: whatever they ask, they ask as the worker does.
  faces: {
    folders: ["protocol", "resources", "platform", "operations", "worker", "files"],
    packages: ["@modelcontextprotocol/server", "hono", "zod"],
  },
  client: { folders: [], types: ["protocol", "resources"], packages: [] },
  "client-react": { folders: ["client"], packages: ["react"] },
  console: {
    folders: ["client"],
    types: ["protocol"],
    packages: ["dompurify", "highlight.js", "katex", "marked", "preact", "uplot"],
  },
};

/** Arrows that need a reason of their own. */
const BESIDES: { from: RegExp; to: RegExp }[] = [
  // The entry exports the objects' classes; the rest of the worker knows what they answer.
  { from: /^worker\/index$/, to: /^durable-objects\// },
  { from: /^worker\//, to: /^durable-objects\/[a-z-]+\/api$/ },
  // The entry hands the rest of the worker the names of the deployer's agents.
  { from: /^worker\/index$/, to: /^own\/agents$/ },
  // And how a resource is tried.
  { from: /^worker\/index$/, to: /^agents\/trial\/trials$/ },
  // The app mounts every face; nothing else of the worker knows one.
  { from: /^worker\/app$/, to: /^faces\/[a-z0-9-]+\/face$/ },
  // What the worker says of whoever opens a socket is read by both rooms.
  { from: /^worker\//, to: /^durable-objects\/sockets\/arrival$/ },
  // Words about runtimes, and no schema.
  { from: /^engine\//, to: /^resources\/runtimes$/ },
  // Every screen is the same function of the same log.
  { from: /^client\//, to: /^engine\/fold\/fold$/ },
  // A text that is being written has its tools where its message will have them.
  { from: /^client\/room\/stream-uses$/, to: /^protocol\/tools\/rounds$/ },
  // A page keeps to the wire's own bounds, and draws what the server serves to be shown.
  { from: /^console\/room\/files\//, to: /^(protocol\/limits|files\/types)$/ },
  // What an event makes of a list of tasks is one rule for every page that shows one.
  { from: /^console\/tasks\/use-tasks$/, to: /^client-react\/tasks\/changed$/ },
  // What a room would refuse as blank, a page refuses at once.
  { from: /^client\//, to: /^protocol\/blank$/ },
];

/** Past so many files of its own a folder has sub-folders. */
const FOLDER_FILES = 25;
const FILE_LINES = 400;

type Import = { from: string; to: string; isType: boolean; specifier: string };

const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"),
);
const modules = new Set(files.map(nameOf));
const imports = files.flatMap((file) => importsOf(file, read(file)));

describe("imports go down the arrows only", () => {
  it.each(Object.keys(ARROWS))("%s", (folder) => {
    const own = imports.filter(({ from }) => from.startsWith(`${folder}/`));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((item) => !mayGo(item)).map(shown)).toEqual([]);
  });

  it("knows every folder of the house", () => {
    const present = new Set(files.map((file) => file.split("/")[0]));
    expect(new Set(Object.keys(ARROWS))).toEqual(present);
  });

  it.each([
    ["a value", 'import { a } from "../worker/app";'],
    ["a type", 'import type { A } from "../worker/app";'],
    ["several lines", 'import {\n  a,\n  b,\n} from "../worker/app";'],
    ["an export", 'export * from "../worker/app";'],
    ["a later import", 'await import("../worker/app");'],
    ["an effect", 'import "../worker/app";'],
    ["a package", 'import { Hono } from "hono/tiny";'],
    ["a package's type", 'import type { Hono } from "hono";'],
  ])("sees one that runs back up: %s", (_, text) => {
    const found = importsOf("engine/case.ts", text);
    expect(found).toHaveLength(1);
    expect(found.filter(mayGo)).toEqual([]);
  });

  it("tells types from values", () => {
    const verdict = (text: string) => importsOf("client/case.ts", text).map(mayGo);
    expect(verdict('import type { Task } from "../protocol/task";')).toEqual([true]);
    expect(verdict('import { task } from "../protocol/task";')).toEqual([false]);
  });
});

it("a user's room takes nothing of a task's room but what its interface is made of", () => {
  const own = imports.filter(({ from }) => from.startsWith("durable-objects/user-room/"));
  const taken = own.filter(({ to }) => to.startsWith("durable-objects/task-room/"));
  expect(taken.filter(({ isType, to }) => !isType || !to.endsWith("/api")).map(shown)).toEqual([]);
});

describe("rooms stay small", () => {
  it("no folder has more files of its own than a newcomer can take in", () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > FOLDER_FILES)).toEqual([]);
  });

  it("no file is longer than its reader's patience", () => {
    const long = files.filter((file) => read(file).split("\n").length > FILE_LINES);
    expect(long).toEqual([]);
  });

  it("no files import each other in a circle", () => {
    const inside = new Map<string, string[]>();
    for (const { from, to } of imports) {
      if (modules.has(to)) inside.set(from, [...(inside.get(from) ?? []), to]);
    }
    expect(circles(inside)).toEqual([]);
    const planted = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(circles(planted)).toEqual([["b", "c"]]);
  });
});

// A linter knows these only by the name of their object, which is harmless.
const IMPURE = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/;

it("the engine asks no clock and throws no dice", () => {
  const engine = files.filter((file) => file.startsWith("engine/"));
  expect(engine.filter((file) => IMPURE.test(read(file)))).toEqual([]);
});

function mayGo({ from, to, isType, specifier }: Import): boolean {
  const own = from.split("/")[0] ?? "";
  const arrows = ARROWS[own];
  if (!arrows) return false;
  if (!specifier.startsWith(".")) {
    if (arrows.packages === "any") return true;
    return arrows.packages.some((name) =>
      name.endsWith("/")
        ? specifier.startsWith(name)
        : specifier === name || specifier.startsWith(`${name}/`),
    );
  }
  const folder = to.split("/")[0] ?? "";
  if (folder === own || arrows.folders.includes(folder)) return true;
  if (isType && arrows.types?.includes(folder)) return true;
  return BESIDES.some((arrow) => arrow.from.test(from) && arrow.to.test(to));
}

function importsOf(file: string, text: string): Import[] {
  const forms = /\b(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"]+)"|\bimport\(?\s*"([^"]+)"/g;
  return [...text.matchAll(forms)].map(([, type, named, bare]) => {
    const specifier = named ?? bare ?? "";
    const to = specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
    return { from: nameOf(file), to: nameOf(to), isType: type !== undefined, specifier };
  });
}

/** Tarjan's strongly connected components of more than one module. */
function circles(inside: Map<string, string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (at: string): void => {
    index.set(at, index.size);
    low.set(at, index.get(at) ?? 0);
    stack.push(at);
    for (const next of inside.get(at) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(at, Math.min(low.get(at) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(at) !== index.get(at)) return;
    const component = stack.splice(stack.indexOf(at));
    if (component.length > 1) found.push(component.sort());
  };
  for (const start of inside.keys()) if (!index.has(start)) visit(start);
  return found;
}

function nameOf(file: string): string {
  return file.replace(/\.tsx?$/, "");
}

function shown({ from, specifier }: Import): string {
  return `${from} imports ${specifier}`;
}

function read(file: string): string {
  return readFileSync(join(ROOT, "src", file), "utf8");
}
