import * as z from "zod";
import { type Metadata, metadata } from "../../../operations/openai/fields";
import { refText } from "../../../protocol/refs";
import type { Task } from "../../../protocol/task";
import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { publicOrigin } from "../../../worker/public-url";
import type { Begun } from "../asking/asking";
import { REQUEST_LABEL } from "../asking/repeat";
import { conversationId, responseId } from "../ids";
import type { ResponseFacts } from "./response";

/** What a turn keeps of the request that it answers. */
const kept = z.object({
  openai: z.object({ metadata: metadata.catch({}), previous: z.string().nullable().catch(null) }),
});

export function keptOf(metadata: Metadata, previous: string | null): Turn["metadata"] {
  return { openai: { metadata, previous } };
}

export function factsOf(c: AppContext, { task, turn }: Begun): ResponseFacts {
  const { openai } = kept.safeParse(turn.metadata).data ?? {};
  return {
    id: responseId({ taskId: task.id, turnId: turn.id }),
    conversation: conversationId(task.id),
    origin: publicOrigin(c),
    model: refText(task.teamRef),
    previousResponseId: openai?.previous ?? null,
    metadata: openai?.metadata ?? taskMetadata(task),
  };
}

/** A task that a request made keeps that request's metadata itself. */
function taskMetadata(task: Task): Metadata {
  return REQUEST_LABEL in task.labels ? textsIn(task.metadata) : {};
}

/** What of a task's metadata the protocol can show: texts. */
export function textsIn(metadata: Task["metadata"]): Metadata {
  const texts: Metadata = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}
