import * as z from "zod";
import { LIMITS } from "../limits";
import { anyRef } from "../refs";
import { taskKey, taskStatus } from "../task";
import { anyTimestamp } from "../time";
import { flag, page } from "./page";

const labelFilter = z.string().transform((text, context) => {
  const cut = text.indexOf("=");
  if (cut > 0) return { key: text.slice(0, cut), value: text.slice(cut + 1) };
  context.addIssue({ code: "custom", message: "not of the form key=value" });
  return z.NEVER;
});

export const listTasks = z.strictObject({
  ...page,
  status: z.array(taskStatus).max(LIMITS.filterValues).optional(),
  label: z.array(labelFilter).max(LIMITS.filterValues).optional(),
  team: anyRef.optional(),
  createdAfter: anyTimestamp.optional(),
  createdBefore: anyTimestamp.optional(),
  key: taskKey.optional(),
  waiting: flag.optional(),
  /** Whether ephemeral tasks are among them. */
  ephemeral: flag.optional(),
  q: z.string().min(1).max(LIMITS.titleChars).optional(),
});
export type ListTasks = z.infer<typeof listTasks>;
