import * as z from "zod";
import { type LogEvent, type LogEventType, logEvent } from "../../src/protocol/events";
import { type Turn, turn } from "../../src/protocol/turn";
import type { RemoteAgent } from "./remote-agent";
import { until } from "./until";
import type { WireUser } from "./wire-client";

/** A member of a team, but for its bot. */
export type Phase = { role: string; [rule: string]: unknown };

const begun = z.object({ turn });
let teams = 0;

/** A task whose every phase one remote agent carries out; all of it made over REST. */
export async function agentTask(
  user: WireUser,
  agent: RemoteAgent,
  phases: Phase[],
  rules: object = {},
): Promise<string> {
  const name = `agents-${++teams}`;
  const botRef = `${user.name}/${name}`;
  const members = phases.map((phase) => ({ botRef, ...phase }));
  await make(user, "shells", name, { runtime: "http", url: agent.url });
  await make(user, "bots", name, { ghostRef: "system/assistant", shellRef: botRef });
  await make(user, "teams", name, { collaboration: "pipeline", members, ...rules });
  return user.newTask({ teamRef: botRef });
}

async function make(user: WireUser, kind: string, name: string, spec: object): Promise<void> {
  await user.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name }, spec });
}

/** Runs the task's team in the background; gives the turn's id. */
export async function execute(user: WireUser, taskId: string, input = "go"): Promise<string> {
  const answer = await user.ask(begun, "POST", `/tasks/${taskId}/execute`, { input });
  return answer.turn.id;
}

export function readTurn(user: WireUser, taskId: string, turnId: string): Promise<Turn> {
  return user.ask(turn, "GET", `/tasks/${taskId}/turns/${turnId}`);
}

/** The turn once it has ended. */
export function endedTurn(user: WireUser, taskId: string, turnId: string): Promise<Turn> {
  const ended = async () => {
    const now = await readTurn(user, taskId, turnId);
    return now.endedAt === undefined ? undefined : now;
  };
  return until(`turn ${turnId} ends`, ended);
}

const page = z.object({ items: z.array(logEvent), nextCursor: z.string().nullable() });

/** Events of these types, oldest first. */
export async function readEvents<T extends LogEventType>(
  user: WireUser,
  taskId: string,
  ...types: T[]
): Promise<Extract<LogEvent, { type: T }>[]> {
  const query = types.map((type) => `type=${type}`).join("&");
  const { items } = await user.ask(page, "GET", `/tasks/${taskId}/events?limit=200&${query}`);
  const wanted = new Set<string>(types);
  return items.filter((event): event is Extract<LogEvent, { type: T }> => wanted.has(event.type));
}
