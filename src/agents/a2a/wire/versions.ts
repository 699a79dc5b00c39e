import * as z from "zod";
import type { Fields } from "../../model/wire/json";

export const version = z.enum(["1.0", "0.3"]);
export type Version = z.infer<typeof version>;

export type Call = { method: string; params: Fields };

/** What is sent: `id` is the agent's own, of a task. */
export type Calls = {
  send(message: { id: string; text: string }): Call;
  sendAndLeave(message: { id: string; text: string }): Call;
  subscribe(id: string): Call;
  get(id: string): Call;
  cancel(id: string): Call;
};

const TEXT = ["text/plain"];

const NEW: Calls = {
  send: (message) => ({
    method: "SendStreamingMessage",
    params: {
      message: newMessage(message),
      configuration: { acceptedOutputModes: TEXT, historyLength: 0 },
    },
  }),
  sendAndLeave: (message) => ({
    method: "SendMessage",
    params: {
      message: newMessage(message),
      configuration: { acceptedOutputModes: TEXT, historyLength: 0, returnImmediately: true },
    },
  }),
  subscribe: (id) => ({ method: "SubscribeToTask", params: { id } }),
  get: (id) => ({ method: "GetTask", params: { id, historyLength: 0 } }),
  cancel: (id) => ({ method: "CancelTask", params: { id } }),
};

const OLD: Calls = {
  send: (message) => ({
    method: "message/stream",
    params: { message: oldMessage(message), configuration: { acceptedOutputModes: TEXT } },
  }),
  sendAndLeave: (message) => ({
    method: "message/send",
    params: {
      message: oldMessage(message),
      configuration: { acceptedOutputModes: TEXT, blocking: false },
    },
  }),
  subscribe: (id) => ({ method: "tasks/resubscribe", params: { id } }),
  get: (id) => ({ method: "tasks/get", params: { id, historyLength: 0 } }),
  cancel: (id) => ({ method: "tasks/cancel", params: { id } }),
};

/** The methods of each version, as its JSON-RPC binding calls them. */
export const CALLS: Record<Version, Calls> = { "1.0": NEW, "0.3": OLD };

function newMessage({ id, text }: { id: string; text: string }): Fields {
  return { messageId: id, role: "ROLE_USER", parts: [{ text }] };
}

function oldMessage({ id, text }: { id: string; text: string }): Fields {
  return { kind: "message", messageId: id, role: "user", parts: [{ kind: "text", text }] };
}
