import type * as z from "zod";
import type { Scope } from "../../protocol/identity";
import { anything, cancelTask, getTask, listTasks, sendMessage, subscribeToTask } from "./params";

/** A method of the protocol: what it takes, and what the credential must allow. */
export type Method = { scope: Scope; params: z.ZodType };

/** The methods of A2A 1.0, in the words of its JSON-RPC binding. */
export const METHODS = {
  SendMessage: { scope: "write", params: sendMessage },
  SendStreamingMessage: { scope: "write", params: sendMessage },
  GetTask: { scope: "read", params: getTask },
  ListTasks: { scope: "read", params: listTasks },
  CancelTask: { scope: "write", params: cancelTask },
  SubscribeToTask: { scope: "read", params: subscribeToTask },
  CreateTaskPushNotificationConfig: { scope: "read", params: anything },
  GetTaskPushNotificationConfig: { scope: "read", params: anything },
  ListTaskPushNotificationConfigs: { scope: "read", params: anything },
  DeleteTaskPushNotificationConfig: { scope: "read", params: anything },
  GetExtendedAgentCard: { scope: "read", params: anything },
} as const satisfies Record<string, Method>;
export type MethodName = keyof typeof METHODS;

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
