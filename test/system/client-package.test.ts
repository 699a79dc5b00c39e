import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeclaredModule } from "../../scripts/client/declared-module";
import { ROOT } from "../support/command";
import { guide, pasted } from "../support/guide";

const MOST_BYTES = 16 * 1024;

/** Where the guide's first line puts it. */
const BUILT = join(ROOT, "dist", "client");

let said: string | undefined;
/** Within the repository, where the types that they are compared with are. */
let scratch: string;
/** A project that has nothing but the package. */
let project: string;

beforeAll(async () => {
  [said] = await pasted("client.md");
  scratch = mkdtempSync(join(ROOT, "dist", "client-test-"));
  project = mkdtempSync(join(tmpdir(), "taskroom-consumer-"));
  const packed = run(ROOT, "npm", "pack", BUILT, "--pack-destination", project).trim();
  write(project, "package.json", { name: "consumer", private: true, type: "module" });
  run(project, "npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed}`);
});
afterAll(() => {
  for (const folder of [scratch, project]) rmSync(folder, { recursive: true, force: true });
});

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function write(folder: string, name: string, content: string | object): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
}

/** What the compiler complains about. */
function typecheck(folder: string, compilerOptions: object): string {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const options = { ...strict, noEmit: true, skipLibCheck: false, target: "es2022" };
  write(folder, "tsconfig.json", { compilerOptions: { ...options, ...compilerOptions } });
  try {
    return run(folder, join(ROOT, "node_modules/.bin/tsc"), "-p", ".");
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

const BUNDLED = { module: "esnext", moduleResolution: "bundler" };

/** A page that also has React, and whatever else the guides name: the types of those are found here. */
const IN_REACT = {
  ...BUNDLED,
  ...{ lib: ["es2023", "dom", "dom.iterable"], types: [], skipLibCheck: true, jsx: "react-jsx" },
  paths: {
    vite: [join(ROOT, "node_modules/vite/dist/node/index.d.ts")],
    "*": ["test/clients/node_modules/@types/*", "node_modules/*"].map((path) => join(ROOT, path)),
  },
};

/** Of the generic types. */
const INSTANCES = [
  ...["ghosts", "models", "shells", "bots", "teams"].flatMap((name) =>
    ["ResourceIn", "NewResource", "NextResource"].map((type) => `${type}<"${name}">`),
  ),
  ...['RoomEventOf<"chat:done">', 'UserRoomEventOf<"task:created">', "Page<string>"],
];

const CONSUMER = `
import {
  type ClientTool,
  createClient,
  isOutcomeUnknown,
  type RoomState,
  type StreamUse,
  streamUses,
  TaskroomError,
} from "taskroom/client";

const taskroom = createClient({
  url: "https://taskroom.example",
  token: async () => "token",
  fetch: (url, init) => fetch(url, init),
  WebSocket,
});
const room = taskroom.connect("task_1");
room.on("chat:chunk", ({ data }) => data.delta.length + data.offset);
room.on("*", (event) => event.type === "turn:status" && event.data.status === "WAITING");
// @ts-expect-error no such event
room.on("chat:nothing", () => undefined);
const state: RoomState | undefined = room.getSnapshot().room;
const titles: string[] = state ? [state.task.title] : [];
const { connection } = room.getSnapshot();
if (connection.state === "waiting") titles.push(new Date(connection.retryAt).toISOString());
// @ts-expect-error only a waiting one has a time
connection.retryAt;
const use = { turnId: "turn_1", toolCallId: "call_1" };
room.confirm({ ...use, step: "s", approve: false, note: "too much" });
room.output({ ...use, output: { city: "Lisbon" } });
room.output({ ...use, error: "no place" });
// @ts-expect-error one of the two is needed
room.output(use);
taskroom.turns.giveOutput("task_1", "turn_1", { toolCallId: "call_1", output: null });
const clientTools: ClientTool[] = [{ name: "where", inputSchema: { type: "object" } }];
room.send("Where am I?", { clientTools });
taskroom.tasks.execute("task_1", { input: "Where am I?", clientTools });
for (const stream of state?.streams ?? []) {
  const asked: StreamUse | undefined = streamUses(stream).find(({ approval }) => approval === "asked");
  if (asked && !isOutcomeUnknown(asked)) titles.push(stream.text.slice(0, asked.textOffset));
}
const team = { collaboration: "solo" as const, members: [{ role: "a", botRef: "system/assistant" }] };
taskroom.resources("teams").create({ metadata: { name: "mine" }, spec: team }).then(({ spec }) => {
  const name: string | undefined = spec.members[0]?.botRef.name;
  return name;
}, (error: unknown) => error instanceof TaskroomError && error.issues?.[0]?.path);
export { titles };
`;

describe("the package of the client", () => {
  it("is built and used as its guide has it pasted", () => {
    expect(said).toContain("> Hello, room");
    expect(said).toMatch(/\nopen COMPLETED 2\n$/);
  });

  it("is two files for each way to load it: the client under 16 KiB gzip and alone, the hooks beside it", () => {
    const files = ["client", "react"].flatMap((name) =>
      ["js", "cjs", "d.ts", "d.cts"].map((ending) => `${name}.${ending}`),
    );
    expect(readdirSync(BUILT).sort()).toEqual(["LICENSE", "package.json", ...files].sort());
    const code = readFileSync(join(BUILT, "client.js"));
    expect(gzipSync(code).byteLength).toBeLessThan(MOST_BYTES);
    expect(importsIn("client.js")).toEqual([]);
    expect(importsIn("client.cjs")).toEqual([]);
    expect(importsIn("react.js")).toEqual(["./client.js", "react"]);
    expect(importsIn("react.cjs")).toEqual(["./client.cjs", "react"]);
    expect(importsIn("client.d.ts")).toEqual([]);
    expect(importsIn("react.d.cts")).toEqual(["./client.cjs", "react"]);
    for (const file of files) {
      expect(readFileSync(join(BUILT, file), "utf8"), file).not.toMatch(/\bzod\b|ZodError|: any\b/);
    }
    expect(
      readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
    ).toEqual(["taskroom"]);
  });

  it("says at its head that hooks are no work for a server's components", () => {
    for (const file of ["react.js", "react.cjs"]) {
      expect(readFileSync(join(BUILT, file), "utf8")).toMatch(/^"use client";\n/);
    }
  });

  it.each([
    ["a module", "mjs", 'import { createClient, TaskroomError } from "taskroom/client";'],
    ["a script", "cjs", 'const { createClient, TaskroomError } = require("taskroom/client");'],
  ])("is loaded by %s of Node as it is", (_, ending, load) => {
    const script = `${load}
      const taskroom = createClient({ url: "http://localhost:1", token: "t" });
      taskroom.tasks.list().catch((error) => console.log(error instanceof TaskroomError, error.code));`;
    write(project, `try.${ending}`, script);
    expect(run(project, "node", `try.${ending}`)).toBe("true network\n");
  });

  it.each([
    ["a page", { ...BUNDLED, lib: ["es2022", "dom"], types: [] }],
    [
      "Node",
      {
        ...{ module: "nodenext", moduleResolution: "nodenext", lib: ["es2024"], types: ["node"] },
        typeRoots: [join(ROOT, "node_modules/@types")],
        // The types of Node do not pass a check of their own.
        skipLibCheck: true,
      },
    ],
    [
      "a Worker",
      {
        ...BUNDLED,
        lib: ["es2024"],
        types: [join(ROOT, "node_modules/@cloudflare/workers-types")],
      },
    ],
  ])("has types that stand alone in the strictest project of %s", (_, options) => {
    write(project, "consumer.ts", CONSUMER);
    expect(typecheck(project, options)).toBe("");
  });

  it.each(["client.md", "react.md", "web-app.md"])("is used in %s as its types have it", (page) => {
    const blocks = [...guide(page).matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThan(2);
    for (const [i, [, extension, code]] of blocks.entries()) {
      write(project, `${page}-${i}.${extension}`, code ?? "");
    }
    expect(typecheck(project, IN_REACT)).toBe("");
  });

  it("says of every type what the sources say", () => {
    const built = new DeclaredModule(readFileSync(join(BUILT, "client.d.ts"), "utf8"));
    const generic = built.statements.filter(({ isGeneric }) => isGeneric);
    const names = exportedNames(built).filter(
      (name) => !generic.some((it) => it.typeName === name),
    );
    expect(names.length).toBeGreaterThan(50);
    const types = [...names.filter((name) => name !== "Taskroom"), ...INSTANCES];
    const [there, here] = ['import("../client/client").', 'import("../../src/client/index").'];
    const checks = [
      ...types.map((type) => `same<${there}${type}, ${here}${type}>(true);`),
      // What depends on a name that is not said yet is compared by its instances.
      `same<Omit<${there}Taskroom, "resources">, Omit<${here}Taskroom, "resources">>(true);`,
    ];
    const same = `declare function same<A, B>(is: [A] extends [B] ? ([B] extends [A] ? true : false) : false): void;
      // @ts-expect-error the check itself can fail
      same<{ a: string }, { a?: string }>(true);`;
    write(scratch, "same.ts", [same, ...checks].join("\n"));
    const options = { ...BUNDLED, lib: ["es2024"], skipLibCheck: true };
    const workers = ["@cloudflare/workers-types/experimental"];
    expect(typecheck(scratch, { ...options, types: workers })).toBe("");
  });
});

/** Types among what a module exports in lists. */
function exportedNames({ statements }: DeclaredModule): string[] {
  return statements.flatMap(({ node }) => {
    if (node.type !== "ExportNamedDeclaration") return [];
    return node.specifiers.flatMap(({ exported, exportKind }) => {
      const isType = node.exportKind === "type" || exportKind === "type";
      return isType && exported.type === "Identifier" ? exported.name : [];
    });
  });
}

/** What a built file loads. */
function importsIn(file: string): string[] {
  const found = readFileSync(join(BUILT, file), "utf8").matchAll(
    /^import [^;]*? from "([^"]+)"|\brequire\("([^"]+)"\)/gm,
  );
  return [...found].map(([, module, required]) => module ?? required ?? "").sort();
}
