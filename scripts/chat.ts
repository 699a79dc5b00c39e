// `npm run chat`: a terminal client for one task's room.

import { createClient, type Taskroom, TaskroomError } from "../src/client/index";
import { type ChatOptions, readChatOptions, USAGE } from "./chat/options";
import { ChatProgram } from "./chat/program";
import { reasonOf } from "./chat/reasons";
import { DEV_VARS } from "./dev-vars";
import { mintToken } from "./local-identity";

/** A person watches: half a minute of silence is long. */
const MAX_WAIT_MS = 10_000;

const options = readChatOptions(process.argv.slice(2));
if (typeof options === "string") {
  console.error(`${options}\n\n${USAGE}`);
  process.exitCode = 2;
} else if (!options) console.log(USAGE);
else await chat(options);

async function chat(wanted: ChatOptions): Promise<void> {
  const token = wanted.token ?? (await localToken());
  if (!token)
    return fail(`No --token was given, and ${DEV_VARS} has no AUTH_JWT_SECRET to make one.`);
  const taskroom = createClient({
    url: wanted.url,
    // A local token is made anew for every connection, so that it never expires under way.
    token: async () => wanted.token ?? (await localToken()) ?? token,
    timing: { maxBackoffMs: MAX_WAIT_MS },
  });
  const taskId = wanted.task ?? (await newTask(taskroom, wanted));
  if (taskId) new ChatProgram(taskroom, taskId, wanted).start();
}

/** Makes a task; where something is in the way, says what. */
async function newTask(
  { tasks }: Taskroom,
  { url, team }: ChatOptions,
): Promise<string | undefined> {
  try {
    const body = { ...(team && { teamRef: team }) };
    return (await tasks.create(body, { idempotencyKey: crypto.randomUUID() })).id;
  } catch (error) {
    const code = error instanceof TaskroomError ? error.code : undefined;
    if (code === "network") fail(`No server answers at ${url}. Start one with: npm start`);
    else if (code === "bad_answer") fail(`${url} is not a Taskroom.`);
    else fail(reasonOf(error));
    return undefined;
  }
}

function localToken(): Promise<string | undefined> {
  return mintToken({ sub: "dev", name: "Developer", ttlSeconds: 86_400 });
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
