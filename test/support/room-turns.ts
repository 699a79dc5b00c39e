import * as z from "zod";
import type { Frame } from "./frames";
import type { RoomClient } from "./room-client";
import type { ScriptedModel } from "./scripted-model";

const status = z.looseObject({ turnId: z.string().optional(), status: z.string() });

/** Fits a `turn:status` or `task:status` frame that says so. */
export function says(type: "turn:status" | "task:status", wanted: string) {
  return (frame: Frame) => frame.type === type && status.parse(frame.data).status === wanted;
}

/** One whole turn: sent, answered with `text`, ended. */
export async function converse(
  client: RoomClient,
  model: ScriptedModel,
  text: string,
): Promise<void> {
  const before = model.attempts.length;
  const from = client.frames.all.length;
  await client.ask("chat:send", { content: `about ${text}` });
  const attempt = await model.attempt(before + 1);
  attempt.say(text);
  attempt.finish();
  await client.frames.next(says("turn:status", "COMPLETED"), from);
}
