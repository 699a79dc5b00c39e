import { CHAT } from "./openai/chat";
import { CONVERSATIONS } from "./openai/conversations";
import { MODELS } from "./openai/models";
import { RESPONSES } from "./openai/responses";
import type { Face } from "./operation";

/** The service as OpenAI's clients know theirs: teams are models, turns are responses. */
export const OPENAI = {
  below: ["/openai/v1"],
  via: "openai",
  groups: { models: MODELS, chat: CHAT, responses: RESPONSES, conversations: CONVERSATIONS },
} as const satisfies Face;
