import { descentHeaders } from "../../protocol/depth";
import type { StepRequest } from "../../resources/step";
import { inWords } from "../model/context";
import { ownHeaders } from "../model/own-headers";
import type { HandedFiles } from "./handed-files";
import type { Resume } from "./resume";
import { signatureHeaders } from "./signature";

/** Never the shell's to say, signed or not: what an agent reads here is always ours. */
const RESERVED = [
  ...["accept", "idempotency-key", "taskroom-attempt", "taskroom-depth", "taskroom-tasks"],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"],
];

/** `key`: the idempotency key, which is an earlier run's where that is gone on from. */
export type Asked = {
  request: StepRequest;
  files: HandedFiles;
  resume: Resume | undefined;
  key: string;
};

/** Throws where the shell's own headers or the secret cannot be used. */
export async function agentRequest(
  { request, files, resume, key }: Asked,
  own: Record<string, string>,
  secret: string | undefined,
): Promise<{ method: string; headers: Headers; body: string }> {
  const body = bodyOf(request, files, resume);
  const headers = ownHeaders(own, RESERVED);
  headers.set("accept", "application/json, text/event-stream");
  headers.set("content-type", "application/json");
  headers.set("idempotency-key", key);
  headers.set("taskroom-attempt", String(request.attempt));
  for (const [name, value] of Object.entries(descentHeaders(request.descent))) {
    headers.set(name, value);
  }
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

function bodyOf(request: StepRequest, files: HandedFiles, resume: Resume | undefined): string {
  const { taskId, turnId, step, phase, attempt, run, input, prompt, config } = request;
  const { bot } = config;
  const attachments = files.get(-1);
  const context = request.context.flatMap(({ uses = [], attachments: _, ...message }, at) => {
    const carried = files.get(at);
    // Of a phase that left no result there is nothing else to tell.
    const told = message.phase === undefined ? [] : uses.map(inWords);
    const content = [...told, message.content].join("\n\n");
    if (content.trim() === "" && !carried) return [];
    return [{ ...message, content, ...(carried && { attachments: carried }) }];
  });
  return JSON.stringify({
    ...{ taskId, turnId, step, phase, attempt, run, input, prompt, attachments, context, bot },
    ...(resume && { resume: { text: resume.text, state: resume.state } }),
  });
}
