import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it("is one file under 16 KiB gzip, without zod, and depends on nothing", () => {
    const code = readFileSync(join(BUILT, "index.js"));
    expect(gzipSync(code).byteLength).toBeLessThan(MOST_BYTES);
    expect(code.toString()).not.toMatch(/\bzod\b|ZodError|^import /m);
    expect(
      readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
    ).toEqual(["taskroom"]);
    const types = readdirSync(join(BUILT, "types"), { recursive: true, encoding: "utf8" });
    for (const name of types.filter((item) => item.endsWith(".ts"))) {
      expect(readFileSync(join(BUILT, "types", name), "utf8"), name).not.toMatch(/zod|: any\b/);
    }
  });

  it("is imported by Node as it is", () => {
    const script = `
      import { createClient, TaskroomError } from "taskroom/client";
      const taskroom = createClient({ url: "http://localhost:1", token: "t" });
      const error = await taskroom.tasks.list().catch((reason) => reason);
      console.log(error instanceof TaskroomError, error.code);`;
    write(project, "try.mjs", script);
    expect(run(project, "node", "try.mjs")).toBe("true network\n");
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

  it("is used in its guide as its types have it", () => {
    const blocks = [...guide("client.md").matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThan(3);
    for (const [i, [, extension, code]] of blocks.entries()) {
      write(project, `guide-${i}.${extension}`, code ?? "");
    }
    // Preact's own types of what the guide takes from React.
    const paths = { react: [join(ROOT, "node_modules/preact/compat")] };
    const jsx = { jsx: "react-jsx", jsxImportSource: join(ROOT, "node_modules/preact"), paths };
    const lib = ["es2022", "dom"];
    expect(typecheck(project, { ...BUNDLED, ...jsx, lib, types: [], skipLibCheck: true })).toBe("");
  });

  it("says of every type what the protocol says", () => {
    const files = readdirSync(join(BUILT, "types"), { recursive: true, encoding: "utf8" });
    const modules = files.filter((file) => /^(?:protocol|resources)\/.*\.d\.ts$/.test(file));
    const checks = modules.flatMap((file) => {
      const module = file.replace(".d.ts", "");
      const text = readFileSync(join(BUILT, "types", file), "utf8");
      const names = [...text.matchAll(/^export type (\w+) = /gm)].map(([, name]) => name);
      return names.map(
        (name) =>
          `same<import("../client/types/${module}").${name}, import("../../src/${module}").${name}>(true);`,
      );
    });
    expect(checks.length).toBeGreaterThan(50);
    const same = `declare function same<A, B>(is: [A] extends [B] ? ([B] extends [A] ? true : false) : false): void;
      // @ts-expect-error the check itself can fail
      same<{ a: string }, { a?: string }>(true);`;
    write(scratch, "same.ts", [same, ...checks].join("\n"));
    const types = ["@cloudflare/workers-types/experimental"];
    const options = { ...BUNDLED, lib: ["es2024"], types, skipLibCheck: true };
    expect(typecheck(scratch, options)).toBe("");
  });
});
