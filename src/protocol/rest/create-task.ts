import * as z from "zod";
import { saysSomethingIn, words } from "../files/words";
import { metadata } from "../json";
import { LIMITS } from "../limits";
import { anyRef } from "../refs";
import { labels, taskKey, title } from "../task";
import { givenHistory } from "./given-history";
import { putMember } from "./put-member";

export const createTask = z
  .strictObject({
    key: taskKey.optional(),
    title: title.optional(),
    teamRef: anyRef.optional(),
    prompt: z.string().max(LIMITS.contentUnits).optional(),
    /** Of the first message; `prompt` may then be empty or left out. */
    attachments: words.attachments,
    labels: labels.optional(),
    metadata: metadata.optional(),
    members: z.array(putMember).max(LIMITS.members).optional(),
    history: givenHistory.optional(),
    ephemeral: z.boolean().optional(),
  })
  .superRefine(saysSomethingIn("prompt"));
export type CreateTask = z.infer<typeof createTask>;
