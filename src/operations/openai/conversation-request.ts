import * as z from "zod";
import { LIMITS } from "../../protocol/limits";
import { metadata, orNull } from "./fields";
import { givenItem } from "./response-request";

/** The body of `POST /conversations`. `metadata.team` names the team that answers in it. */
export const conversationRequest = z.looseObject({
  items: orNull(z.array(givenItem).max(LIMITS.givenMessages)),
  metadata: orNull(metadata),
});
export type ConversationRequest = z.infer<typeof conversationRequest>;
