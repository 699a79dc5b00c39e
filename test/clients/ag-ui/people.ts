import { HttpAgent } from "@ag-ui/client";
import * as z from "zod";
import type { ModelServer } from "../../support/model-server";
import { modelTeam } from "../../support/model-team";
import type { Server } from "../../support/server";
import { toolTeam } from "../../support/tool-team";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";

/** Somebody with AG-UI's clients, and a team whose words come from a script. */
export type Person = { user: WireUser; team: string; url: string; token: string };

/** `mcpServers`: the team has these tool servers. */
export async function person(
  server: Server,
  name: string,
  models: ModelServer,
  mcpServers?: Record<string, object>,
): Promise<Person> {
  const user = await WireUser.of(server, name);
  const team = mcpServers
    ? await toolTeam(user, models, mcpServers)
    : await modelTeam(user, models);
  return { user, team, url: server.url, token: await server.token(name) };
}

/** AG-UI's own client, unmodified. */
export function agentOf({ team, url, token }: Person, options: object = {}): HttpAgent {
  const headers = { Authorization: `Bearer ${token}` };
  return new HttpAgent({ url: `${url}/ag-ui/${team}`, headers, ...options });
}

export function say(agent: HttpAgent, content: string): string {
  const id = crypto.randomUUID();
  agent.addMessage({ id, role: "user", content });
  return id;
}

export type Told = { types: string[]; end: { [member: string]: unknown } };

/** What a run is told: the types of its events, and its last event. */
export function listening() {
  const told: Told = { types: [], end: {} };
  const onEvent = ({ event }: { event: { type: string } }) => {
    told.types.push(event.type);
    told.end = { ...event };
  };
  return { told, subscriber: { onEvent } };
}

type Parameters = NonNullable<globalThis.Parameters<HttpAgent["runAgent"]>[0]>;

/** A run of the client until it is over. */
export async function played(agent: HttpAgent, parameters: Parameters = {}): Promise<Told> {
  const { told, subscriber } = listening();
  await agent.runAgent(parameters, subscriber);
  return told;
}

const texts = z.looseObject({ role: z.string(), content: z.string().optional() });

/** What is shown, as role and words. */
export function shown(messages: readonly { role: string }[]): [string, string][] {
  return messages.map((one) => {
    const { role, content = "" } = texts.parse(one);
    return [role, content];
  });
}

const messages = z.object({
  items: z.array(z.looseObject({ role: z.string(), content: z.string() })),
});
const turns = z.object({ items: z.array(z.looseObject({ id: z.string(), status: z.string() })) });
const tasks = z.object({ items: z.array(z.looseObject({ id: z.string() })) });

/** What REST answers. These clients' zod is not the service's: its schemas are not handed over. */
async function read({ user }: Person, path: string): Promise<unknown> {
  return (await ask(user, "GET", path)).json();
}

/** Throws where the call did not succeed. */
export async function ask(
  user: WireUser,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const response = await user.call(method, path, body);
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return response;
}

/** The task of a thread that has a name of the client's. */
export async function taskOf(person: Person, threadId: string): Promise<string> {
  const key = encodeURIComponent(`agui:${threadId}`);
  const find = async () => tasks.parse(await read(person, `/tasks?key=${key}`)).items[0]?.id;
  return until(`thread ${threadId} is there`, find);
}

export async function messagesOf(person: Person, taskId: string) {
  return messages.parse(await read(person, `/messages?taskId=${taskId}`)).items;
}

/** Newest first. */
export async function turnsOf(person: Person, taskId: string) {
  return turns.parse(await read(person, `/tasks/${taskId}/turns`)).items;
}
