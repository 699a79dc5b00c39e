import type * as z from "zod";
import type { Scope } from "../../protocol/identity";
import {
  anything,
  cancelTask,
  createPush,
  getTask,
  listPushes,
  listTasks,
  namedPush,
  sendMessage,
  subscribeToTask,
} from "./params";

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
  CreateTaskPushNotificationConfig: { scope: "write", params: createPush },
  GetTaskPushNotificationConfig: { scope: "read", params: namedPush },
  ListTaskPushNotificationConfigs: { scope: "read", params: listPushes },
  DeleteTaskPushNotificationConfig: { scope: "write", params: namedPush },
  GetExtendedAgentCard: { scope: "read", params: anything },
} as const satisfies Record<string, Method>;
export type MethodName = keyof typeof METHODS;

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
