import OpenAI from "openai";
import type { ModelServer } from "../../support/model-server";
import { modelTeam } from "../../support/model-team";
import type { Server } from "../../support/server";
import { WireUser } from "../../support/wire-client";

/** Somebody with OpenAI's own client, and a team whose words come from a script. */
export type Person = {
  user: WireUser;
  client: OpenAI;
  model: string;
  baseURL: string;
  token: string;
};

export async function person(server: Server, name: string, models: ModelServer): Promise<Person> {
  const user = await WireUser.of(server, name);
  const model = await modelTeam(user, models);
  const token = await server.token(name);
  const baseURL = `${server.url}/openai/v1`;
  return { user, model, token, baseURL, client: new OpenAI({ apiKey: token, baseURL }) };
}
