import { inject } from "vitest";
import * as z from "zod";
import { answer } from "./model-script";
import { type ModelServer, startModelServer } from "./model-server";
import { Server } from "./server";
import { toolTeam } from "./tool-team";
import type { Visitor } from "./visitor";
import { WireUser } from "./wire-client";

const made = z.object({ id: z.string() });

export type Begun = { visitor: Visitor; models: ModelServer; id: string };

/** Somebody in the room of a task that has a question, "How many?", and this answer to it. */
export async function askedRoom(visitor: Visitor, first: string, body = {}): Promise<Begun> {
  const models = await startModelServer();
  const user = await WireUser.of(new Server(inject("shared").production), visitor.userId);
  const teamRef = await toolTeam(user, models, {});
  models.script(answer(first));
  const given = { teamRef, prompt: "How many?", ...body };
  const response = await visitor.api("POST", "/tasks", given);
  const { id } = made.parse(await response.json());
  await visitor.page.goto(`${visitor.url}/tasks/${id}`);
  await visitor.page.locator("li.assistant").getByText(first).waitFor();
  return { visitor, models, id };
}
