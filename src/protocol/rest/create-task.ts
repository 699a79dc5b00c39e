import * as z from "zod";
import { content } from "../content";
import { metadata } from "../json";
import { LIMITS } from "../limits";
import { anyRef } from "../refs";
import { labels, taskKey, title } from "../task";
import { givenHistory } from "./given-history";
import { putMember } from "./put-member";

export const createTask = z.strictObject({
  key: taskKey.optional(),
  title: title.optional(),
  teamRef: anyRef.optional(),
  prompt: content.optional(),
  labels: labels.optional(),
  metadata: metadata.optional(),
  members: z.array(putMember).max(LIMITS.members).optional(),
  history: givenHistory.optional(),
  ephemeral: z.boolean().optional(),
});
export type CreateTask = z.infer<typeof createTask>;
