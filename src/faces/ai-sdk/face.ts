import { AI_SDK } from "../../operations/ai-sdk/face";
import { served } from "../../worker/serving/face";
import { chat } from "./chat/handlers";
import { inWords } from "./refusal-words";

/** The AI SDK's clients at the service's rooms. */
export const aiSdk = served(AI_SDK, { errorsAs: inWords, handlers: { chat } });
