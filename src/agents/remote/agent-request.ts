import type { StepRequest } from "../../resources/step";
import { inWords } from "../model/context";
import { ownHeaders } from "../model/own-headers";
import type { Resume } from "./resume";
import { signatureHeaders } from "./signature";

/** Never the shell's to say, signed or not: what an agent reads here is always ours. */
const RESERVED = [
  ...["accept", "idempotency-key", "taskroom-attempt"],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"],
];

/** `key`: the idempotency key, which is an earlier run's where that is gone on from. */
export type Asked = { request: StepRequest; resume: Resume | undefined; key: string };

/** Throws where the shell's own headers or the secret cannot be used. */
export async function agentRequest(
  { request, resume, key }: Asked,
  own: Record<string, string>,
  secret: string | undefined,
): Promise<{ method: string; headers: Headers; body: string }> {
  const body = bodyOf(request, resume);
  const headers = ownHeaders(own, RESERVED);
  headers.set("accept", "application/json, text/event-stream");
  headers.set("content-type", "application/json");
  headers.set("idempotency-key", key);
  headers.set("taskroom-attempt", String(request.attempt));
  if (secret !== undefined) {
    // One id per attempt: a receiver that refuses replays must not refuse a retry, which has
    // another body; what must not happen twice is told by the idempotency key.
    const id = `${key}:${request.attempt}`;
    const message = { id, timestamp: Math.floor(Date.now() / 1000), body };
    const signature = await signatureHeaders(message, secret);
    for (const [name, value] of Object.entries(signature)) headers.set(name, value);
  }
  return { method: "POST", headers, body };
}

function bodyOf(request: StepRequest, resume: Resume | undefined): string {
  const { taskId, turnId, step, phase, attempt, run, input, prompt, config } = request;
  const { bot } = config;
  const context = request.context.flatMap(({ uses = [], ...message }) => {
    // Of a phase that left no result there is nothing else to tell.
    const told = message.phase === undefined ? [] : uses.map(inWords);
    const content = [...told, message.content].join("\n\n");
    return content.trim() === "" ? [] : [{ ...message, content }];
  });
  return JSON.stringify({
    ...{ taskId, turnId, step, phase, attempt, run, input, prompt, context, bot },
    ...(resume && { resume: { text: resume.text, state: resume.state } }),
  });
}
