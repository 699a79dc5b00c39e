import { AG_UI } from "./ag-ui/face";
import { AI_SDK } from "./ai-sdk/face";
import { OPENAI } from "./openai";
import type { Face } from "./operation";
import { REST } from "./rest";

/** Every protocol that the service speaks; each is served and described, or it does not compile. */
export const FACES = {
  rest: REST,
  openai: OPENAI,
  aiSdk: AI_SDK,
  agUi: AG_UI,
} as const satisfies Record<string, Face>;
