import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run chat -- [options] [message]
  --url URL      the server (default: http://localhost:8787)
  --task ID      joins this task instead of making one
  --team NS/NAME the team of the new task (default: system/assistant)
  --token TOKEN  who you are (default: a token of user "dev", made from .dev.vars)
  --once         sends the message, shows the answer and ends`;

export type ChatOptions = {
  url: string;
  task: string | undefined;
  team: string | undefined;
  token: string | undefined;
  once: boolean;
  message: string;
};

/** The options, a complaint about them, or nothing when help is wanted. */
export function readChatOptions(args: string[]): ChatOptions | string | undefined {
  const parsed = parse(args);
  if (typeof parsed === "string") return parsed;
  const { help, url = "http://localhost:8787", once = false, task, team, token } = parsed.values;
  if (help) return undefined;
  const message = parsed.positionals.join(" ").trim();
  if (once && !message) return "--once needs a message";
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) return `--url ${url} is not an address`;
  if (team && !/^.+\/[^/]+$/.test(team)) return `--team ${team} is not of the form namespace/name`;
  if (task && !/^task_[0-9a-z]{26}$/.test(task)) return `--task ${task} is not a task's id`;
  // What else would be no token in a header, and none in a list of subprotocols.
  if (token && !/^[\w.-]+$/.test(token)) return "--token is neither a JWT nor an API key";
  if (task && team) return "--team is for a new task; the one of --task has its own";
  return { url: new URL(url).origin, task, team, token, once, message };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = { url: text, task: text, team: text, token: text, once: flag, help: flag };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
