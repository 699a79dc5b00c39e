import * as z from "zod";
import type { Command } from "../../protocol/commands";
import { noteAck } from "../../protocol/commands/chat-note";
import { historyPage } from "../../protocol/commands/history-sync";
import { sendAck } from "../../protocol/commands/send-ack";
import type { ErrorCode } from "../../protocol/errors";
import { turnId } from "../../protocol/ids";
import { hasOlder, roomState } from "../../protocol/room-state";
import { type Content, json } from "../description";
import { named } from "../named";
import { ANSWER, IDS, QUESTION, ROOM_STATE } from "../samples";

export type CommandNote = {
  summary: string;
  description?: string;
  /** The example's `data`; absent where the command has none. */
  data?: Record<string, unknown>;
  /** What the ack's `data` is. */
  ack: Content;
  /** Besides those that any command can get. */
  errors?: readonly ErrorCode[];
};

/** What any command can be answered. */
export const ANY_COMMAND: readonly ErrorCode[] = [
  "invalid_request",
  "not_found",
  "rate_limited",
  "internal",
];

const nothing = named("EmptyAck", z.object({}));
const turnAck = named("TurnAck", z.object({ turnId }));
const joined = named(
  "JoinAck",
  z.object({ headSeq: z.int(), epoch: z.string(), state: roomState.optional(), hasOlder }),
);
const sent = named("SendAck", sendAck);
const turn = json(turnAck, { turnId: IDS.turn });

/** What each command of a task's room is for; the frames themselves are in `command`. */
export const COMMANDS: Record<Command["type"], CommandNote> = {
  "chat:send": {
    summary: "Say something to the team",
    description:
      "Acknowledged once the message is durable. The same `clientMessageId` of the same user " +
      "gives the same ids and `duplicate: true`; with other content, `conflict`. `attachments` are " +
      "ids of your own files, at most ten; `content` may then be empty. A message with files is never " +
      "guidance: with `onBusy: guide` it waits for a turn of its own.",
    data: { content: "Say hello", clientMessageId: "c-1", onBusy: "enqueue" },
    ack: json(sent, {
      messageId: IDS.question,
      turnId: IDS.turn,
      duplicate: false,
    }),
    errors: [
      ...(["forbidden", "conflict", "turn_active", "queue_full"] as const),
      ...(["task_cancelled", "quota_exceeded", "unavailable"] as const),
    ],
  },
  "chat:cancel": {
    summary: "Stop a turn",
    description:
      "By default the active one. Acknowledged also when there is nothing to stop; then `turnId` " +
      "is `null`.",
    data: { turnId: IDS.turn, reason: "Enough" },
    ack: json(named("CancelAck", z.object({ turnId: turnId.nullable() })), { turnId: IDS.turn }),
    errors: ["forbidden"],
  },
  "chat:retry": {
    summary: "Try a failed or interrupted turn again",
    description: "It goes to the queue's tail and starts at its first step that is not COMPLETED.",
    data: { turnId: IDS.turn },
    ack: turn,
    errors: ["forbidden", "invalid_transition", "queue_full", "task_cancelled", "quota_exceeded"],
  },
  "chat:regenerate": {
    summary: "Have a completed turn's message answered anew",
    description:
      "A new turn for the same message; the old answers leave once it begins. While one is open for the " +
      "message, that is the answer, with `duplicate: true`.",
    data: { turnId: IDS.earlier },
    ack: json(sent, { messageId: IDS.question, turnId: IDS.turn, duplicate: false }),
    errors: [
      ...(["forbidden", "invalid_transition", "conflict", "queue_full"] as const),
      ...(["task_cancelled", "quota_exceeded", "unavailable"] as const),
    ],
  },
  "chat:edit": {
    summary: "Say something else instead of an earlier message",
    description:
      "By its sender or an owner. It and all that follows it in its thread is superseded, and the new " +
      "message's turn runs. `turn_active` while a turn of the thread is open, unless `onBusy` is `interrupt`.",
    data: { messageId: IDS.replaced, content: "Say hello twice", clientMessageId: "c-2" },
    ack: json(sent, { messageId: IDS.question, turnId: IDS.turn, duplicate: false }),
    errors: [
      ...(["forbidden", "conflict", "turn_active", "queue_full"] as const),
      ...(["task_cancelled", "quota_exceeded", "unavailable"] as const),
    ],
  },
  "chat:note": {
    summary: "Leave a note for the next turn",
    description: "A message that begins no turn; the next turn's model is told it.",
    data: { content: "The customer is called Ada", clientMessageId: "c-3" },
    ack: json(named("NoteAck", noteAck), { messageId: IDS.question, duplicate: false }),
    errors: ["forbidden", "conflict", "task_cancelled", "unavailable"],
  },
  "chat:guide": {
    summary: "Steer the running turn",
    description: "`chat:guided` says later whether it took effect.",
    data: { content: "Shorter, please" },
    ack: turn,
    errors: ["forbidden", "conflict", "queue_full", "task_cancelled"],
  },
  "chat:typing": {
    summary: "Show that you are typing, or no more",
    data: { typing: true },
    ack: json(nothing, {}),
    errors: ["forbidden"],
  },
  "turn:confirm": {
    summary: "Answer a step, or a call of a tool, that waits for a person",
    description:
      "`approve: false` to a step interrupts the turn. With `toolCallId` one call is meant, with " +
      "`round` and `index` this very one, else the first of that id that waits: a no is told to " +
      "the model, and the turn goes on once all are answered.",
    data: { turnId: IDS.turn, step: "deploy", approve: true },
    ack: turn,
    errors: ["forbidden", "invalid_transition"],
  },
  "tool:output": {
    summary: "Give what the client made of a call",
    description: "Of a tool of `clientTools`; one of `output` and `error` is needed.",
    data: { turnId: IDS.turn, toolCallId: "call_1", output: { city: "Lisbon" } },
    ack: turn,
    errors: ["forbidden", "invalid_transition"],
  },
  "task:join": {
    summary: "Get the room's events on this connection again",
    description:
      "Connecting joins. With `after` what was missed comes before the ack; without it the ack " +
      "has the state. `conflict`: the connection left before it had caught up.",
    data: { after: 4, epoch: IDS.epoch },
    ack: json(joined, { headSeq: 4, epoch: IDS.epoch, state: ROOM_STATE }),
    errors: ["conflict"],
  },
  "task:leave": {
    summary: "Stop this connection's events without closing it",
    ack: json(nothing, {}),
  },
  "history:sync": {
    summary: "Read a page of messages",
    description:
      "As `GET /api/v1/messages`; a message still being written is not in it, and one that was superseded " +
      "only with `superseded: true`.",
    data: { before: ANSWER.id, limit: 50 },
    ack: json(named("HistoryPage", historyPage), {
      messages: [QUESTION],
      hasMore: false,
      headSeq: 4,
    }),
    errors: ["unavailable"],
  },
};
