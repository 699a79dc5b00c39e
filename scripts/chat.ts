// `npm run chat`: a terminal client for one task's room.

import { type ChatOptions, readChatOptions, USAGE } from "./chat/options";
import { ChatProgram } from "./chat/program";
import { createTask, type Server } from "./chat/rest";
import { DEV_VARS } from "./dev-vars";
import { mintToken } from "./local-identity";

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
  const server: Server = {
    url: wanted.url,
    // A local token is made anew for every connection, so that it never expires under way.
    token: async () => wanted.token ?? (await localToken()) ?? token,
  };
  const task = wanted.task ? { id: wanted.task } : await createTask(server, wanted.team);
  if ("problem" in task) return fail(task.problem);
  new ChatProgram(server, task.id, wanted).start();
}

function localToken(): Promise<string | undefined> {
  return mintToken({ sub: "dev", name: "Developer", ttlSeconds: 86_400 });
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}
