import * as z from "zod";
import { type ErrorCode, refusal } from "../../protocol/errors";
import { timestamp } from "../../protocol/time";
import { named, pascal } from "../named";
import type { DescribedOperation } from "../operation";

/** One frame of a WebSocket. */
export type Frame = {
  /** Unique over all sockets. */
  id: string;
  /** The `type`, where it has one. */
  name: string;
  summary: string;
  description?: string;
  schema: z.ZodType;
  example: unknown;
};

export type CommandFrame = Frame & { ack: Frame; errors: readonly ErrorCode[] };

/** A WebSocket endpoint: what both descriptions of it are made from. */
export type Socket = {
  id: string;
  title: string;
  description: string;
  /** The upgrade. */
  operation: DescribedOperation;
  /** Has sessions, whose recovery tokens can be presented in the subprotocol list. */
  sessions?: true;
  commands: readonly CommandFrame[];
  events: readonly Frame[];
};

/** An event as it goes over the wire; numbered where it is of the log. */
export function eventSchema(type: string, data: z.ZodType, numbered: boolean) {
  const seq = numbered ? { seq: z.int().min(1) } : {};
  return z.object({ type: z.literal(type), ...seq, ts: timestamp, data });
}

/** What every socket's frames may be besides commands and events. */
export const PING: Frame = {
  id: "Ping",
  name: "ping",
  summary: "The text `ping`, no JSON: keeps the session alive without waking the room",
  schema: z.literal("ping"),
  example: "ping",
};

export const PONG: Frame = {
  id: "Pong",
  name: "pong",
  summary: "The text `pong`, no JSON: the answer to `ping`",
  schema: z.literal("pong"),
  example: "pong",
};

export const ERROR_FRAME: Frame = {
  id: "ErrorFrame",
  name: "error",
  summary: "A command was refused; the connection lives",
  description: "`ref` is the frame's `id`, absent where the frame had none that could be read.",
  schema: named(
    "ErrorFrame",
    z.object({
      type: z.literal("error"),
      ref: z.string().optional(),
      error: refusal,
    }),
  ),
  example: {
    type: "error",
    ref: "1",
    error: { code: "queue_full", message: "20 turns are waiting already." },
  },
};

export function ackFrame(command: string, data: z.ZodType, example: unknown): Frame {
  const id = `${pascal(command)}Ack`;
  return {
    id,
    name: "ack",
    summary: `The answer to \`${command}\``,
    schema: named(`${id}Frame`, z.object({ type: z.literal("ack"), ref: z.string(), data })),
    example: { type: "ack", ref: "1", data: example },
  };
}

/** Several events in one frame, in their order. */
export function batchFrame(prefix: string, events: readonly Frame[]): Frame {
  const id = `${prefix}Batch`;
  const [one, ...others] = events;
  const any = z.union([one?.schema ?? z.never(), ...others.map(({ schema }) => schema)]);
  return {
    id,
    name: "batch",
    summary: "Several events packed in one frame, in their order",
    schema: named(id, z.object({ type: z.literal("batch"), data: z.array(any) })),
    example: { type: "batch", data: events.slice(1, 3).map(({ example }) => example) },
  };
}
