import { OPENAI } from "../../operations/openai";
import { served } from "../../worker/serving/face";
import { chat } from "./chat/handler";
import { conversations } from "./conversations/handlers";
import { errorsAs } from "./errors";
import { models } from "./models";
import { responses } from "./responses/handlers";

/** The rooms as OpenAI's clients know theirs. */
export const openai = served(OPENAI, {
  errorsAs,
  handlers: { models, chat, responses, conversations },
});
