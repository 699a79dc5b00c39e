// `npm run reproject`: has rooms write their tasks again into databases that have lost rows.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";
import { knownPage, reprojected } from "../src/protocol/operator/reproject";
import { mintToken } from "./local-identity";

const USAGE = `Usage: npm run reproject -- --task ID… | --all [--user ID… --users FILE --objects FILE]
  --task     one task; may be repeated
  --all      every task that a database knows or that the home of a known user lists, and so on with
             the users that these tasks name
  --user     a user who may have been forgotten by every database; may be repeated
  --users    a file with one such user a line
  --objects  a file with the ids of the rooms' objects, one a line, as the platform's API lists them
  --url      the service (default: http://localhost:8787)
  --token    with scope admin (default: one made from .dev.vars)`;

const AT_ONCE = 20;
const text = { type: "string" } as const;
const several = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;
const options = {
  ...{ task: several, all: flag, user: several, users: text, objects: text },
  ...{ url: text, token: text, help: flag },
} as const;
const { values } = parseArgs({ options });
const { url = "http://localhost:8787" } = values;
const sum = { tasks: 0, messages: 0, empty: 0 };
const incomplete: string[] = [];
const unreachable: string[] = [];
const tasks = new Set<string>();
const users = new Set<string>();
const token = values.token ?? (await ownToken());

if (values.help || !(values.all || values.task || values.objects)) console.log(USAGE);
else process.exitCode = await reproject();

/** Ends with 0 where every room that was found has written its task. */
async function reproject(): Promise<number> {
  try {
    await rewrite("taskIds", fresh(tasks, values.task ?? []));
    await rewrite("objectIds", linesOf(values.objects));
    if (values.all) await walk();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("It stopped. Run it again: what was written is not harmed by that.");
    return 1;
  }
  console.log(`${sum.tasks} tasks written again, with ${sum.messages} messages.`);
  if (sum.empty > 0) console.log(`${sum.empty} rooms have no task: never made, or erased.`);
  for (const line of incomplete) console.log(line);
  for (const id of unreachable) console.error(`${id} could not be written: run it again.`);
  return unreachable.length > 0 ? 1 : 0;
}

/** The databases first, then home after home: each may name users whom no database knows any more. */
async function walk(): Promise<void> {
  users.add("");
  for (const one of [...(values.user ?? []), ...linesOf(values.users)]) users.add(one);
  // A set goes on with what is added on the way.
  for (const userId of users) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = new URLSearchParams({ ...(userId && { userId }), ...(cursor && { cursor }) });
      const page: z.infer<typeof knownPage> = await ask(knownPage, `tasks?${query}`);
      for (const one of page.userIds) users.add(one);
      await rewrite("taskIds", fresh(tasks, page.taskIds));
      cursor = page.nextCursor;
    }
  }
}

async function rewrite(by: "taskIds" | "objectIds", ids: string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const body = { [by]: ids.slice(from, from + AT_ONCE) };
    const done = await ask(reprojected, "reproject", body);
    sum.tasks += done.rewritten.length;
    sum.empty += done.empty.length;
    unreachable.push(...done.unreachable);
    for (const { taskId, messages, members, databaseOnly } of done.rewritten) {
      sum.messages += messages;
      for (const one of members) users.add(one);
      if (!databaseOnly) continue;
      const { beforeSeq, stored } = databaseOnly;
      incomplete.push(
        `${taskId}: messages before seq ${beforeSeq} only the database can have; ${stored} are there.`,
      );
    }
  }
}

/** Those that were not asked for yet. */
function fresh(known: Set<string>, ids: string[]): string[] {
  const rest = ids.filter((id) => !known.has(id));
  for (const id of rest) known.add(id);
  return [...new Set(rest)];
}

function linesOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => line.trim() || []);
}

/** Throws what the service says where it refuses. */
async function ask<T>(schema: z.ZodType<T>, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/api/v1/history/${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return schema.parse(answer);
  const { detail } = z.looseObject({ detail: z.string() }).parse(answer);
  throw new Error(`${response.status}: ${detail}`);
}

async function ownToken(): Promise<string> {
  return (await mintToken({ sub: "reproject", scope: "admin", ttlSeconds: 3600 })) ?? "";
}
